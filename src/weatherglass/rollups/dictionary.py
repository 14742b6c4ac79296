"""What event names mean under a product's configuration: core actions, features, key features, milestones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from weatherglass.engine import DuckDB

if TYPE_CHECKING:
    from weatherglass.config.project import Project

SILENT = ("identify", "group", "alias")
"""Types that are no activity."""
WORD = 64
"""Features to a word of bits."""


class Dictionary:
    """The event names met so far, as tables that the steps join with."""

    def __init__(self, engine: DuckDB, project: Project) -> None:
        self._engine = engine
        self._product = project.product
        self._milestones = project.milestones
        rows = engine.rows("SELECT name, feature FROM features")
        self._features: dict[str, int] = dict(rows)
        self._core = frozenset(self._product.core_actions)
        self._plain: dict[bool, bool] = {}
        self._uses: dict[str, list[str]] = {}
        for feature, events in self._product.features.items():
            for event in events:
                self._uses.setdefault(event, []).append(feature)
        for feature in sorted(self._product.features):
            self._number(feature)
        self._keep_features(len(rows))

    @property
    def narrow(self) -> bool:
        """Whether all features fit one word."""
        return len(self._features) <= WORD

    @property
    def has_keys(self) -> bool:
        return bool(self._product.key_features)

    @property
    def has_milestones(self) -> bool:
        return any(milestone.events for milestone in self._milestones)

    def learn(self, events: str) -> bool:
        """Take in the names of a relation of events that are not known yet; whether there were any."""
        found = self._engine.rows(
            f"SELECT DISTINCT name, type FROM ({events}) EXCEPT SELECT name, type FROM event_names ORDER BY name, type"
        )
        if not found:
            return False
        self._plain.clear()
        numbered = len(self._features)
        meanings = [self._meaning(name, kind) for name, kind in found]
        self._keep_features(numbered)
        self._append("event_names", [(*key, *meaning[:3]) for key, meaning in zip(found, meanings, strict=True)])
        words = [(*key, word, bits) for key, meaning in zip(found, meanings, strict=True) for word, bits in meaning[3]]
        self._append("feature_events", words)
        return True

    def plain(self, *, typed: bool) -> bool:
        """Whether every known event that a chunk can meet is activity and a core action, so that counting is enough."""
        if typed not in self._plain:
            self._plain[typed] = self._all_count(typed=typed)
        return self._plain[typed]

    def _all_count(self, *, typed: bool) -> bool:
        kind = "true" if typed else "type = 'track'"
        known, other = self._engine.row(
            f"SELECT count(*), count(*) FILTER (WHERE activity = 0 OR core = 0) FROM event_names WHERE {kind}"
        )
        return bool(known) and not other

    def define(self) -> None:
        """Make the tables the steps read: known_events, key_events and milestone_events."""
        everything = (1 << WORD) - 1
        self._engine.execute(
            "CREATE OR REPLACE TEMP TABLE known_events AS SELECT name, type, activity, core, bits, "
            f"CASE WHEN activity = 1 THEN CAST({everything} AS UBIGINT) ELSE CAST(0 AS UBIGINT) END AS slot_mask "
            "FROM event_names"
        )
        keys = [
            (name, kind, feature)
            for name, kind in self._engine.rows("SELECT name, type FROM event_names WHERE activity = 1")
            for feature in self._used(name, kind)
            if feature in self._product.key_features
        ]
        self._table("key_events", "name VARCHAR, type VARCHAR, feature VARCHAR", keys)
        reached = [(event, milestone.name) for milestone in self._milestones for event in milestone.events]
        self._table("milestone_events", "name VARCHAR, milestone VARCHAR", reached)

    def _meaning(self, name: str, kind: str) -> tuple[int, int, int, list[tuple[int, int]]]:
        if kind in SILENT:
            return 0, 0, 0, []
        core = name in self._core if self._core else kind == "track"
        words: dict[int, int] = {}
        for feature in self._used(name, kind):
            number = self._number(feature)
            words[number // WORD] = words.get(number // WORD, 0) | 1 << number % WORD
        return 1, int(core), words.get(0, 0), sorted(words.items())

    def _used(self, name: str, kind: str) -> list[str]:
        if self._product.features:
            return self._uses.get(name, [])
        return [name] if kind == "track" else []

    def _number(self, feature: str) -> int:
        return self._features.setdefault(feature, len(self._features))

    def _keep_features(self, kept: int) -> None:
        """Write down the numbers of features beyond the first `kept`."""
        self._append("features", [(number, feature) for feature, number in self._features.items()][kept:])

    def _append(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            # as lists of values: through Arrow it would import pandas, through one statement a row it takes long
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._engine.execute(f"INSERT INTO {table} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)

    def _table(self, name: str, columns: str, rows: Sequence[tuple[str, ...]]) -> None:
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
        self._append(name, rows)
