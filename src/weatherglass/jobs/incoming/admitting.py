"""What of the rows that were read is let into the store: nothing that is past its days, or is to be left out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from weatherglass.engine.dialect import identifier
from weatherglass.events.table import Table
from weatherglass.events.tables import EVENTS
from weatherglass.jobs.incoming.redacting import redacted
from weatherglass.sources.rows import names_of
from weatherglass.store.ages import LAST_TIME, PERSONAL, STAYS, Lines

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.events.redacting import Redactor
    from weatherglass.store import Store


class Admission:
    """Lets rows into one store. Rows that are past their days would come back with every export of everything."""

    def __init__(self, store: Store, project: Project, redacting: Redactor | None = None) -> None:
        """redacting: what rows of files go through; what comes over HTTP has gone through it."""
        self._redacting = redacting if store.keeps_events else None
        # what is gone when it is closed keeps nothing for long
        kept = store.keeps_events
        self._lines = Lines(store, project, dt.datetime.now(project.zone).date()) if kept else None

    def facts(self, table: Table, relation: str) -> str:
        """The rows of a relation (a table's columns, `traits`, `row_number`) as they are let in, as a relation."""
        if self._redacting is not None:
            relation = f"({redacted(self._redacting, table, relation)})"
        if self._lines is None or self._lines.of(table.name) is None or table.name not in PERSONAL:
            return relation
        past, personal = self._lines.past(table.name), PERSONAL[table.name]
        names = [*names_of(table), "row_number"]
        young = ", ".join(map(identifier, names))
        old = ", ".join("NULL" if name in personal else identifier(name) for name in names)
        known = _known(table)
        newest = (
            f"row_number() OVER (PARTITION BY account_id ORDER BY coalesce({LAST_TIME[table.name]}, "
            "TIMESTAMP '9999-01-01') DESC, row_number DESC) = 1"
        )
        # of an account of which nothing is held the newest is let in: "none for long" is not "never one"
        first = f"({newest} AND account_id NOT IN (SELECT account_id FROM {identifier(table.name)}))"
        wanted = "true" if table.name == "users" else f"({known} OR {STAYS.get(table.name, 'false')} OR {first})"
        return (
            f"(SELECT {young} FROM {relation} WHERE NOT {past} UNION ALL "
            f"SELECT {old} FROM (SELECT *, {past} AS past, {wanted} AS wanted FROM {relation}) WHERE past AND wanted)"
        )

    def events(self, relation: str, first: Any) -> str | None:
        """Rows of events as they are let in, as a query; None where they are as they were read.

        first: the earliest instant among them.
        """
        past = self.past_events(first)
        if past is None and self._redacting is None:
            return None
        source = relation if past is None else f"(SELECT * FROM {relation} WHERE NOT {past})"
        return f"SELECT * FROM {source}" if self._redacting is None else redacted(self._redacting, EVENTS, source)

    def past_events(self, first: Any) -> str | None:
        """The condition of events that are not let in; None where none is, the earliest being of an instant."""
        if self._lines is None or not self._lines.crossed("events", first):
            return None
        return self._lines.past("events")

    @property
    def events_from(self) -> dt.date | None:
        """The first day whose events are let in."""
        return None if self._lines is None else self._lines.first_days.get("events")


def _known(table: Table) -> str:
    keys = ", ".join(map(identifier, table.key))
    return f"(({keys}) IN (SELECT {'(' + keys + ')' if len(table.key) > 1 else keys} FROM {identifier(table.name)}))"
