"""Segments with scorecards of their own: who they are for, and how the project's file says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.document import parse
from weatherglass.config.editing import listed, removed
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.presets import PRESETS
from weatherglass.config.reading import FILE_NAME, parse_project
from weatherglass.engine.dialect import identifier
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.project.applying import apply, set_options
from weatherglass.jobs.replacing import replace_text

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.store import Store

Where = Mapping[str, Sequence[str]]
"""Column of accounts -> the values it may have."""


@dataclass(frozen=True)
class Segment:
    """A card, and the accounts that it is for: those of no card before it whose columns have one of its values."""

    card: Scorecard
    accounts: int


def segments(store: Store, project: Project) -> list[Segment]:
    """The cards in the order in which they are tried."""
    cases, values = [], {}
    for number, card in enumerate(project.scorecards):
        told = ["true"]
        for place, (column, allowed) in enumerate(card.where.items()):
            name = f"v{number}_{place}"
            values[name] = list(allowed)
            told.append(f"coalesce(list_contains(${name}, {identifier(column)}), false)")
        cases.append(f"WHEN {' AND '.join(told)} THEN {number}")
    counted = dict(
        store.engine.rows(f"SELECT CASE {' '.join(cases)} END AS card, count(*) FROM accounts GROUP BY 1", values)
    )
    return [Segment(card, int(counted.get(number, 0))) for number, card in enumerate(project.scorecards)]


def change_segment(folder: Path, name: str, where: Where) -> Project:
    """Have a card be for other accounts. Errors: ConfigError; the file is as it was then."""
    _check(where)
    return with_models(apply(folder, {name: {("where",): {key: list(one) for key, one in where.items()}}}), folder)


def add_segment(folder: Path, name: str, where: Where, base: str) -> Project:
    """A card for some accounts, tried before all others. Errors: ConfigError; the file is as it was then."""
    _check(where)
    if base not in PRESETS:
        raise _wrong(f"there is no scorecard {base!r} to begin with; there is {', '.join(PRESETS)}")
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8")
    data: Any = parse(text, str(path)).data or {}
    if name in {card.name for card in parse_project(text, str(path)).scorecards}:
        raise _wrong(f"there is another scorecard {name!r}; names must differ")
    card = {"name": name, "base": base, "where": {key: list(one) for key, one in where.items()}}
    if data.get("scorecard") is not None:
        raise _wrong(
            f"{FILE_NAME} has a single scorecard: write it as the last of a list under `scorecards`, with a name, "
            "and segments can be added here"
        )
    if not data.get("scorecards"):
        return with_models(set_options(folder, {("scorecards",): [card]}), folder)
    new = listed(text, ("scorecards",), card)
    project = parse_project(new, str(path))
    replace_text(path, new)
    return with_models(project, folder)


def remove_segment(folder: Path, name: str) -> Project:
    """Take the card of some accounts out: they have the next that is for them.

    Errors: ConfigError for the card of all others, and while something still names the segment.
    """
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8")
    before = parse_project(text, str(path))
    place, card = next((at, one) for at, one in enumerate(before.scorecards) if one.name == name)
    if not card.where:
        raise _wrong(f"the scorecard {name} is for all who have no other: it cannot be taken away")
    users = named_by(before, card)
    if users:
        raise _wrong(f"it is named by {', '.join(users)}: change that first")
    written: Any = parse(text, str(path)).data
    # without any card in it the list would stand in the way of a single one
    last = len(written["scorecards"]) == 1
    new = removed(text, ("scorecards",) if last else ("scorecards", place), str(path))
    project = parse_project(new, str(path))
    replace_text(path, new)
    return with_models(project, folder)


def named_by(project: Project, card: Scorecard) -> list[str]:
    """What of the project speaks of a card's segment: by the card's name, by its values, or as of a part of it."""
    values = {card.name, *card.where.get("segment", ())}
    parts = [
        f"the scorecard {one.name}, which is for a part of it"
        for one in project.scorecards
        if one.name != card.name
        and all(column in one.where and set(one.where[column]) <= set(own) for column, own in card.where.items())
    ]
    plays = [f"the play {name}" for name, one in project.plays.items() if values & set(one.when.segment)]
    audiences = [f"the audience {one.name}" for one in project.audiences if values & set(one.when.segment)]
    channels = [f"the channel {one.name}" for one in project.channels if values & set(one.segments)]
    return [*parts, *plays, *audiences, *channels]


def _check(where: Where) -> None:
    if not where or not all(where.values()):
        raise _wrong("name a column of accounts, and at least one value that it has")
    for column in where:
        if column not in ACCOUNT_TEXTS:
            raise _wrong(f"a segment is told by one of {', '.join(ACCOUNT_TEXTS)}, not by {column!r}")


def _wrong(told: str) -> ConfigError:
    return ConfigError([Mistake("segments", "", told)])
