"""Which configuration was in force on which day: history stays as it was scored, a change counts from a day on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.config.project import Project as Configuration

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

SETTING = "epochs"
ALWAYS = -1_000_000
"""Before every day."""
FOREVER = 1_000_000_000


@dataclass(frozen=True)
class Epoch:
    """A configuration and the first and last day number it holds for."""

    first: int
    last: int
    project: Project


class Epochs:
    """The configurations of a store's history, oldest first."""

    def __init__(self, starts: list[tuple[int, Project]]) -> None:
        self._starts = starts

    @classmethod
    def read(cls, store: Store) -> Epochs:
        text = store.setting(SETTING)
        stored = json.loads(text) if text else []
        return cls([(first, Configuration.from_json(project)) for first, project in stored])

    def write(self, store: Store) -> None:
        store.remember(SETTING, json.dumps([(first, project.to_json()) for first, project in self._starts]))

    def __bool__(self) -> bool:
        return bool(self._starts)

    @property
    def starts(self) -> list[tuple[int, Project]]:
        """The first day number of each, and what held from then on."""
        return list(self._starts)

    @property
    def projects(self) -> list[Project]:
        return [project for _, project in self._starts]

    def differs(self, project: Project) -> bool:
        """Whether a configuration would give other numbers than the newest."""
        return not self._starts or numbers(self._starts[-1][1]) != numbers(project)

    def started(self, project: Project, day: int) -> Epochs:
        """The same with a configuration in force from a day on, in place of those that began later."""
        kept = [(first, older) for first, older in self._starts if first < day]
        return Epochs([*kept, (day if kept else ALWAYS, project)])

    def only(self, project: Project) -> Epochs:
        """One configuration for every day."""
        return Epochs([(ALWAYS, project)])

    def within(self, first: int, last: int) -> list[Epoch]:
        """The configurations of a stretch of days, each with its part of it."""
        ends = [start - 1 for start, _ in self._starts[1:]] + [FOREVER]
        return [
            Epoch(max(first, start), min(last, end), project)
            for (start, project), end in zip(self._starts, ends, strict=True)
            if start <= last and end >= first
        ]


def numbers(project: Project) -> tuple[object, ...]:
    """All of a configuration that decides numbers, and for whom."""
    cards = [(project.version(card), sorted(card.where.items())) for card in project.scorecards]
    return (project.timezone, cards)
