"""What the scorecard's editor proposes: weights, lines, signals, scalings, windows; and what of it cannot be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from weatherglass.config.catalogue import SIGNALS
from weatherglass.config.problems import explained
from weatherglass.config.scaling import Scaling, check_scaling
from weatherglass.config.scorecard import Scorecard, usual_scaling
from weatherglass.config.windows import Windows
from weatherglass.jobs.project.publishing import Exchange
from weatherglass.web.pages.forms import Form
from weatherglass.web.pages.scaling_form import read_scaling, scaling_fields

FIXED = "onboarding"
"""The dimension whose one signal and weight are the house's own."""


@dataclass(frozen=True)
class Mistake:
    """A field that cannot be read, and why."""

    field: str
    told: str


@dataclass
class Proposal:
    """A form of the editor. Signals are named `dimension.signal`."""

    card: str
    dimensions: dict[str, float] = field(default_factory=dict)
    signals: dict[str, float] = field(default_factory=dict)
    lines: list[float] = field(default_factory=list)
    added: dict[str, float] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    scalings: dict[str, Scaling] = field(default_factory=dict)
    """Those that are not as in the card, nor the usual one of a signal that comes in."""
    windows: dict[str, float] = field(default_factory=dict)
    """Those that are not as in the card."""
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The form again."""
        found = [("card", self.card)]
        found += [(f"d:{name}", f"{weight:g}") for name, weight in self.dimensions.items()]
        found += [(f"s:{name}", f"{weight:g}") for name, weight in self.signals.items()]
        found += [(f"a:{name}", f"{weight:g}") for name, weight in self.added.items()]
        found += [(f"x:{name}", "yes") for name in self.removed]
        found += [pair for name, scaling in self.scalings.items() for pair in scaling_fields(name, scaling).items()]
        found += [(f"w:{name}", f"{length:g}") for name, length in self.windows.items()]
        return [*found, *((f"line:{place}", f"{line:g}") for place, line in enumerate(self.lines))]

    @property
    def exchange(self) -> Exchange:
        return Exchange(self.added, self.removed, self.scalings, self.windows)

    @classmethod
    def read(cls, form: Form, card: Scorecard) -> Proposal:
        """The fields of a form; what is not there is as in the card."""
        found = cls(card.name)
        for name, part in card.dimensions.items():
            found.dimensions[name] = found._number(form, f"d:{name}", part.weight)
            for signal, given in part.signals.items():
                key = f"{name}.{signal}"
                found.signals[key] = found._number(form, f"s:{key}", given.weight)
                found._scale(form, key, given.scaling)
            for signal in addable(card)[name]:
                key = f"{name}.{signal}"
                if form.text(f"a:{key}"):
                    found.added[key] = found._number(form, f"a:{key}", 0.0)
                    found._scale(form, key, usual_scaling(signal))
        found.removed = tuple(key for key in found.signals if form.text(f"x:{key}"))
        found.lines = [found._number(form, f"line:{place}", line) for place, line in enumerate(card.tiers.lines)]
        found._measure(form, card.windows)
        found._check(card)
        return found

    def _scale(self, form: Form, key: str, now: Scaling) -> None:
        """Take a signal's scaling, if the form has another."""
        try:
            scaling = read_scaling(form, key, now)
            check_scaling(key.partition(".")[2], scaling)
        except ValidationError as error:
            self.mistakes.append(Mistake(f"k:{key}", explained(error.errors(include_url=False)[0])))
        except ValueError as error:
            self.mistakes.append(Mistake(f"k:{key}", str(error)))
        else:
            if scaling != now:
                self.scalings[key] = scaling

    def _measure(self, form: Form, now: Windows) -> None:
        """Take the windows that the form has otherwise."""
        for option in Windows.model_fields:
            text, whole = form.text(f"w:{option}"), option != "grace"
            if not text:
                continue
            try:
                length: float = int(text) if whole else float(text)
            except ValueError:
                told = f"{text[:40]!r} is no {'whole ' if whole else ''}number"
                self.mistakes.append(Mistake(f"w:{option}", told))
                continue
            if length != getattr(now, option):
                self.windows[option] = length
        try:
            Windows.model_validate({**now.model_dump(), **self.windows})
        except ValidationError as error:
            for one in error.errors(include_url=False):
                at = str(one["loc"][0]) if one["loc"] else next(iter(self.windows))
                self.mistakes.append(Mistake(f"w:{at}", explained(one)))

    def _number(self, form: Form, name: str, instead: float) -> float:
        text = form.text(name)
        if not text:
            return instead
        try:
            found = float(text)
        except ValueError:
            self.mistakes.append(Mistake(name, f"{text[:40]!r} is no number"))
            return instead
        if not math.isfinite(found) or found < 0:
            self.mistakes.append(Mistake(name, f"{text[:40]!r} is none: weights and lines are numbers from 0 on"))
            return instead
        return found

    def _check(self, card: Scorecard) -> None:
        """What the fields are wrong in together."""
        if any(low >= high for low, high in zip(self.lines, self.lines[1:], strict=False)):
            self.mistakes.append(Mistake("line:0", "each tier begins above the one before"))
        for place, line in enumerate(self.lines):
            if line > 100:
                self.mistakes.append(Mistake(f"line:{place}", "a score is at most 100"))
        if not any(self.dimensions.values()):
            self.mistakes.append(
                Mistake(f"d:{next(iter(card.dimensions))}", "no dimension has a weight: give one a weight")
            )
        for name, weight in self.dimensions.items():
            left = [one for key, one in self.signals.items() if key.startswith(f"{name}.") and key not in self.removed]
            left += [one for key, one in self.added.items() if key.startswith(f"{name}.")]
            if weight > 0 and not any(left):
                told = "it has a weight, and none of its signals has: give a signal a weight, or it the weight 0"
                self.mistakes.append(Mistake(f"d:{name}", told))


def addable(card: Scorecard) -> Mapping[str, list[str]]:
    """By dimension of a card, the signals of the catalogue that it does not have."""
    return {
        name: [signal for signal in SIGNALS[name] if signal not in part.signals and name != FIXED]
        for name, part in card.dimensions.items()
    }
