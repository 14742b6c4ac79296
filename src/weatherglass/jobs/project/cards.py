"""The scorecards of a running service: published with other numbers; added, meant for others, taken away by segment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.config.reading import FILE_NAME, read_project
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.project import publishing, segmenting
from weatherglass.jobs.project.configuration import Configuration, Noted
from weatherglass.jobs.project.drafting import check_name
from weatherglass.jobs.project.publishing import Exchange, Weights
from weatherglass.jobs.project.what_if import changed
from weatherglass.state.errors import NotFound, Taken, Unfit

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.project.segmenting import Where
    from weatherglass.state import Actor

Versions = Collection[str] | None
MOST_VALUES = 200
"""Of a column that tells a segment."""


@dataclass(frozen=True)
class Numbers:
    """What a card is to have; what is not named stays as it is. Signals are named `dimension.signal`."""

    dimensions: Weights = field(default_factory=dict)
    signals: Weights = field(default_factory=dict)
    lines: Sequence[float] | None = None
    exchange: Exchange = field(default_factory=Exchange)


def card_of(project: Project, name: str) -> Scorecard:
    """A card by its name. Errors: NotFound."""
    card = next((one for one in project.scorecards if one.name == name), None)
    if card is None:
        raise NotFound(f"there is no scorecard {name[:60]!r}")
    return card


def publish(configuration: Configuration, by: Actor, made_from: Versions, name: str, asked: Numbers) -> str:
    """Write other numbers of a card, and score with them from the last finished day on; its version then.

    Errors: NotFound, Unfit, Outdated.
    """
    card_of(configuration.project, name)

    def write(folder: Path) -> tuple[Project, Noted]:
        before = _written(folder)
        card = card_of(before, name)
        lines = list(card.tiers.lines if asked.lines is None else asked.lines)
        # it says of each dimension and signal that is not there that it is not
        changed(before, name, asked.dimensions, asked.signals, lines, asked.exchange)
        new = publishing.publish(folder, card, asked.dimensions, asked.signals, lines, asked.exchange)
        facts = {"version": _version(new, name), "before": before.version(card)}
        return new, Noted("scorecard published", f"scorecard:{name}", after=facts)

    new = configuration.change(by, made_from, write, scores=True)
    assert new is not None, "what differs from nothing is refused"
    return _version(new, name)


def add(configuration: Configuration, by: Actor, made_from: Versions, name: str, where: Where, base: str) -> None:
    """A card for some accounts, tried before all others. Errors: Taken, Unfit, Outdated."""
    check_name(name)
    _check(where)

    def write(folder: Path) -> Project:
        if any(one.name == name for one in _written(folder).scorecards):
            raise Taken(f"there is another scorecard {name!r}; names must differ")
        return segmenting.add_segment(folder, name, where, base)

    _change(configuration, by, made_from, name, write)


def mean(configuration: Configuration, by: Actor, made_from: Versions, name: str, where: Where) -> None:
    """Have a card be for other accounts, where it is not for all others. Errors: NotFound, Unfit, Outdated."""
    if not card_of(configuration.project, name).where:
        raise Unfit(f"the scorecard {name[:60]} is for all who have no other: it names nobody")
    _check(where)
    _change(configuration, by, made_from, name, lambda folder: segmenting.change_segment(folder, name, where))


def take_away(configuration: Configuration, by: Actor, made_from: Versions, name: str) -> None:
    """Take the card of some accounts out, where nothing names it. Errors: NotFound, Unfit, Outdated."""
    card_of(configuration.project, name)
    _change(configuration, by, made_from, name, lambda folder: segmenting.remove_segment(folder, name))


def _change(
    configuration: Configuration, by: Actor, made_from: Versions, name: str, change: Callable[[Path], Project]
) -> None:
    def write(folder: Path) -> tuple[Project, Noted]:
        before, new = _written(folder), change(folder)
        return new, Noted("segment changed", f"scorecard:{name}", _whom(before), _whom(new))

    configuration.change(by, made_from, write, scores=True)


def _check(where: Where) -> None:
    if any(len(values) > MOST_VALUES for values in where.values()):
        raise Unfit(f"a segment is told by at most {MOST_VALUES} values")


def _written(folder: Path) -> Project:
    """The project of the file, which may be ahead of what is used while all accounts are scored."""
    return with_models(read_project(folder / FILE_NAME), folder)


def _whom(project: Project) -> dict[str, Any]:
    return {one.name: {key: list(value) for key, value in one.where.items()} for one in project.scorecards}


def _version(project: Project, name: str) -> str:
    return project.version(card_of(project, name))
