"""Publishing a scorecard with other numbers as a new version, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.scorecard import usual_scaling
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.project.applying import apply

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scaling import Scaling
    from weatherglass.config.scorecard import Scorecard

Weights = Mapping[str, float]
OFF = "off"
"""What stands in the file for a signal of the base that the card does without."""
Changes = dict[tuple[Hashable, ...], object]


@dataclass(frozen=True)
class Difference:
    """One option that two versions of a card have differently; empty where a version has it not."""

    option: str
    before: str
    after: str


@dataclass(frozen=True)
class Exchange:
    """Signals that a card has not and is to have, each with its weight, and those that it is to have no more.

    One that comes in has its usual scaling, where none is named.

    They are named `dimension.signal`, and so are those with another scaling.
    """

    added: Weights = field(default_factory=dict)
    removed: Collection[str] = ()
    scalings: Mapping[str, Scaling] = field(default_factory=dict)
    windows: Mapping[str, float] = field(default_factory=dict)
    """Lengths of windows by their option."""

    def scaling_of(self, key: str) -> Scaling:
        """The scaling of a signal that comes in."""
        return self.scalings.get(key) or usual_scaling(key.partition(".")[2])


def publish(
    folder: Path,
    card: Scorecard,
    dimensions: Weights,
    signals: Weights,
    lines: list[float],
    exchange: Exchange | None = None,
) -> Project:
    """Write what differs from a card of the project into its file, and return the project that it then is.

    signals: by `dimension.signal`. Errors: ConfigError when nothing differs, or the file would no longer be right.
    """
    others = exchange or Exchange()
    changes: Changes = {}
    for name, part in card.dimensions.items():
        if dimensions.get(name, part.weight) != part.weight:
            changes["dimensions", name, "weight"] = dimensions[name]
        for signal, one in part.signals.items():
            key = f"{name}.{signal}"
            if key in others.removed:
                changes["dimensions", name, "signals", signal] = OFF
                continue
            at = ("dimensions", name, "signals", signal)
            if signals.get(key, one.weight) != one.weight:
                changes[*at, "weight"] = signals[key]
            scaling = others.scalings.get(key, one.scaling)
            if scaling != one.scaling:
                changes[*at, "scaling"] = scaling.short
    for key, weight in others.added.items():
        name, _, signal = key.partition(".")
        changes["dimensions", name, "signals", signal] = {"weight": weight, "scaling": others.scaling_of(key).short}
    for option, length in others.windows.items():
        if length != getattr(card.windows, option):
            changes["windows", option] = length
    if tuple(lines) != card.tiers.lines:
        changes["tiers", "lines"] = lines
    if not changes:
        raise ConfigError([Mistake("scorecard", card.name, "nothing differs from the card as it is")])
    return with_models(apply(folder, {card.name: changes}), folder)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What two written cards have differently, by option."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        Difference(option, old.get(option, ""), new.get(option, ""))
        for option in dict.fromkeys([*old, *new])
        if old.get(option) != new.get(option)
    ]


def _flat(part: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(part, Mapping):
        return [line for key, value in part.items() for line in _flat(value, f"{path}.{key}" if path else str(key))]
    if isinstance(part, list):
        return [(path, ", ".join(map(str, part)))]
    return [(path, "" if part is None else f"{part:g}" if isinstance(part, float) else str(part))]
