"""Model files: a learned score with a card that says what it was made of, named by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from weatherglass.config.fitted import Fitted
from weatherglass.config.frozen import Frozen, Number, Text, Whole
from weatherglass.config.version import canonical
from weatherglass.learning.errors import ModelRefused

MOST_BYTES = 20_000_000


class Measured(Frozen):
    """A measure on rows that the model did not learn from, with its interval; None where it is not defined."""

    value: Number | None
    low: Number | None
    high: Number | None


class ModelCard(Frozen):
    """What a model was made of, and how it did."""

    method: Literal["learned", "hybrid", "hazard"]
    scorecard: Text
    base: Text
    """Names everything of the configuration that the signals and the weighted score go by."""
    horizon: Whole
    """Days ahead in which an account was lost or not."""
    source: Text
    """Where it was read from that accounts were lost."""
    seed: Whole
    first_day: Text
    last_day: Text
    """The days of the rows that it learned from."""
    known_to: Text
    """The last day with facts when it was made."""
    rows: Whole
    accounts: Whole
    churns: Whole
    signals: tuple[Text, ...]
    tested_from: Text | None = None
    tested_to: Text | None = None
    metrics: dict[str, Measured]
    """Out of time, of a model fitted in the same way to what was known before."""
    made_with: Text


class Model(Frozen):
    """A model as its file has it."""

    format: Literal[1] = 1
    card: ModelCard
    fitted: Fitted
    spread: dict[str, tuple[Number, ...]]
    """Deciles of the score and of each signal's own score over the rows that it learned from: drift is told by them."""

    @property
    def name(self) -> str:
        """The first 12 hex digits of the hash of the content."""
        return self.digest[:12]

    @property
    def digest(self) -> str:
        """SHA-256 of the content's canonical JSON."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode("ascii")).hexdigest()

    def to_json(self) -> str:
        """The file's text; the same model gives the same bytes."""
        content: dict[str, Any] = {"sha256": self.digest, **self.model_dump(mode="json")}
        return json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def read_model(path: Path) -> Model:
    """The model of a file. It is data and nothing in it is run.

    Errors: ModelRefused when the file is missing, too large, not a model, or does not match its own hash or name.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelRefused(f"{path} is larger than any model; it is not read")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelRefused(f"the model {path} is missing; run `weatherglass train`") from None
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path} is not a model: {error}") from None
    told = content.pop("sha256", None) if isinstance(content, dict) else None
    try:
        # as JSON, for which a list is a tuple
        model = Model.model_validate_json(json.dumps(content))
    except (ValidationError, ValueError) as error:
        raise ModelRefused(f"{path} is not a model of this version: {str(error).splitlines()[0]}") from None
    if model.digest != told or model.name != path.stem:
        raise ModelRefused(f"{path} was changed after it was made, and is not used; run `weatherglass train` again")
    return model
