"""The scorecard: which signals make a score, and with what weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from weatherglass.config.catalogue import DIMENSION_OF, DIMENSIONS, MEASURED, SIGNALS
from weatherglass.config.columns import ACCOUNT_TEXTS, COLUMNS
from weatherglass.config.fitted import Fitted
from weatherglass.config.frozen import Flag, Frozen, FrozenMap, Number, Text
from weatherglass.config.problems import Problems, shown, unknown
from weatherglass.config.product import Names
from weatherglass.config.rule import Rule
from weatherglass.config.scaling import Scaling, check_scaling
from weatherglass.config.tiers import Tiers
from weatherglass.config.windows import Windows

Weight = Annotated[Number, Field(ge=0, le=1e9)]


class Signal(Frozen):
    """One measured thing's part in its dimension; weight 0 is computed and shown, and decides nothing."""

    weight: Weight
    scaling: Scaling = Scaling()


class Dimension(Frozen):
    """One side of an account's health: the weighted mean of its signals. Weights need not sum to 1."""

    weight: Weight
    signals: Annotated[Mapping[str, Signal], AfterValidator(FrozenMap)]

    @field_validator("signals", mode="wrap")
    @classmethod
    def _each(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        # One by one, so that a mistake in one signal does not hide those in the others.
        if not isinstance(data, Mapping):
            return handler(data)
        problems, signals = Problems(), {}
        for name, given in data.items():
            with problems.at(name):
                signals[name] = signal = Signal.model_validate(given)
                with problems.at(name, "scaling"):
                    check_scaling(name, signal.scaling)
        problems.raise_any("Dimension")
        return handler(dict(sorted(signals.items(), key=lambda pair: _ORDER.get(pair[0], len(_ORDER)))))

    @model_validator(mode="after")
    def _weighted(self) -> Self:
        if self.weight > 0 and not any(signal.weight > 0 for signal in self.signals.values()):
            raise ValueError("has a weight, and none of its signals has; give a signal a weight above 0")
        return self


_ORDER = {signal: place for place, signal in enumerate(DIMENSION_OF)}


class Corrections(Frozen):
    """What is taken out of velocity because it is not the account's own doing."""

    year: Flag = True
    """The change of the same weeks a year ago."""
    fleet: Flag = True
    """The median change of all accounts."""


LEARNING = ("learned", "hybrid", "hazard")
"""Methods that need a model."""


def usual_scaling(signal: str) -> Scaling:
    """The scaling of a signal that a card does not name."""
    return Scaling(kind="median_grace" if signal in MEASURED else "own")


class Scorecard(Frozen):
    """Everything that makes a score out of signals, for the accounts that match `where`.

    `name` and `where` say whom the card is for; they decide no number and are no part of its version.
    """

    name: Text
    where: Annotated[Mapping[str, Names], AfterValidator(FrozenMap)] = Field(default_factory=FrozenMap)
    """Column of `accounts` -> the values it may have, compared exactly; empty: every account."""
    min_coverage: Annotated[Number, Field(ge=0, le=1)] = 0.5
    """The share of the weight that must have data; less is unscored."""
    dimensions: Annotated[Mapping[str, Dimension], AfterValidator(FrozenMap)]
    """In the order of the catalogue, whatever the order they were given in."""
    tiers: Tiers = Tiers()
    windows: Windows = Windows()
    corrections: Corrections = Corrections()
    seats_unknown: Literal["null", "distinct_users"] = "null"
    """What active_user_ratio is held against where nobody knows the seats: nothing, or the users seen so far."""
    method: Literal["weighted", "rules", "learned", "hybrid", "hazard"] = "weighted"
    """How the signals become a score; learned, hybrid and hazard are weighted until `train` has made their model."""
    rules: tuple[Rule, ...] = ()
    """What the method `rules` does to the weighted score."""
    fitted: Fitted | None = None
    """What `train` found: a part of the card, so that a score's version names its model too."""

    written_as = ("base",)

    @field_validator("where", mode="wrap")
    @classmethod
    def _columns(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(data, Mapping):
            return handler(data)
        problems = Problems()
        for column, allowed in data.items():
            if column not in COLUMNS["accounts"]:
                problems.add(unknown("account column", str(column), ACCOUNT_TEXTS), column)
            elif column not in ACCOUNT_TEXTS:
                problems.add(f"is not a text; a card is chosen by one of {', '.join(ACCOUNT_TEXTS)}", column)
            elif allowed is None or allowed in ([], ()):
                problems.add("name at least one value, or leave the column out", column)
        values = None
        with problems.at():
            values = handler(data)
        problems.raise_any("Scorecard")
        return values

    @field_validator("dimensions", mode="wrap")
    @classmethod
    def _each(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(data, Mapping):
            return handler(data)
        problems, dimensions = Problems(), {}
        for name, given in data.items():
            if name not in SIGNALS:
                problems.add(unknown("dimension", str(name), DIMENSIONS), name)
                continue
            with problems.at(name):
                _check_signals(name, given, problems)
                dimensions[name] = dimension = Dimension.model_validate(given)
                _check_onboarding(name, dimension, problems)
        if not problems and not any(dimension.weight > 0 for dimension in dimensions.values()):
            problems.add("no dimension has a weight; give one a weight above 0")
        problems.raise_any("Scorecard")
        return handler({name: dimensions[name] for name in DIMENSIONS if name in dimensions})

    @model_validator(mode="after")
    def _method(self) -> Self:
        if self.rules and self.method != "rules":
            raise ValueError(f"rules belong to method: rules, and the method is {self.method}")
        if self.method == "rules" and not self.rules:
            raise ValueError("method: rules needs rules; name at least one")
        if self.fitted is not None and self.method not in LEARNING:
            raise ValueError(f"a model belongs to one of {', '.join(LEARNING)}, and the method is {self.method}")
        return self

    @property
    def unsaid(self) -> set[str]:
        """Options that a card without them was written before there were any: they are no part of its version."""
        return {name for name, value in (("rules", self.rules), ("fitted", self.fitted)) if not value}

    @property
    def made_by(self) -> str:
        """The method that makes the scores: weighted while a learning method has no model."""
        return "weighted" if self.method in LEARNING and self.fitted is None else self.method

    @property
    def measured(self) -> dict[str, Scaling]:
        """Every signal that is measured for the card, with its scaling."""
        named = {
            name: signal.scaling for dimension in self.dimensions.values() for name, signal in dimension.signals.items()
        }
        learned = () if self.fitted is None else self.fitted.curves
        asked = [signal for rule in self.rules for signal in rule.signals]
        return {**{name: usual_scaling(name) for name in (*learned, *asked)}, **named}

    @property
    def ranked(self) -> list[tuple[str, str]]:
        """The signals that rank accounts, each with the column whose values make the cohorts."""
        return [
            (name, signal.scaling.cohort)
            for dimension in self.dimensions.values()
            for name, signal in dimension.signals.items()
            if signal.scaling.kind == "percentile" and signal.scaling.cohort
        ]

    def also(self, names: Iterable[str]) -> Self:
        """The same card with further signals of no weight: they are measured, and its scores stay what they are."""
        further = {name: Signal(weight=0, scaling=usual_scaling(name)) for name in names}
        dimensions = {}
        for dimension in DIMENSIONS:
            mine = {name: part for name, part in further.items() if DIMENSION_OF[name] == dimension}
            there = self.dimensions.get(dimension)
            if there is None and not mine:
                continue
            own = {} if there is None else dict(there.signals)
            dimensions[dimension] = Dimension(weight=0 if there is None else there.weight, signals={**mine, **own})
        return self.model_copy(update={"dimensions": FrozenMap(dimensions)})

    def matches(self, account: Mapping[str, object]) -> bool:
        """Whether the card is for an account, given its row of `accounts`; a column that is absent matches nothing."""
        return all(account.get(column) in values for column, values in self.where.items())


def _check_signals(dimension: str, given: object, problems: Problems) -> None:
    signals = given.signals if isinstance(given, Dimension) else isinstance(given, Mapping) and given.get("signals")
    for signal in signals if isinstance(signals, Mapping) else ():
        home = DIMENSION_OF.get(signal)
        if home is None:
            problems.add(unknown("signal", str(signal), SIGNALS[dimension]), dimension, "signals", signal)
        elif home != dimension:
            told = f"is a signal of {home}; the signals of {dimension} are {', '.join(SIGNALS[dimension])}"
            problems.add(told, dimension, "signals", signal)


def _check_onboarding(name: str, dimension: Dimension, problems: Problems) -> None:
    if name != "onboarding":
        return
    why = "onboarding counts by the age of the account, not by weight (see milestones)"
    if dimension.weight != 0:
        problems.add(f"must be 0, not {shown(dimension.weight)}: {why}", name, "weight")
    for signal, part in dimension.signals.items():
        if part.weight != 1:
            problems.add(f"must be 1, not {shown(part.weight)}: {why}", name, "signals", signal, "weight")
