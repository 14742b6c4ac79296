"""Accounts found through the rows of another table, among readings that are still open."""

from __future__ import annotations

from collections.abc import Iterable

from weatherglass.engine.dialect import identifier
from weatherglass.sources.reading import Reading
from weatherglass.sources.rows import Lookup


def lookup_among(readings: Iterable[Reading]) -> Lookup:
    """A lookup that knows the rows of some readings; of rows with the same key the last counts."""
    relations: dict[str, list[Reading]] = {}
    for reading in readings:
        relations.setdefault(reading.table.name, []).append(reading)

    def lookup(table: str) -> str | None:
        known = relations.get(table)
        if not known:
            return None
        key = known[0].table.key[0]
        parts = [
            f"SELECT {identifier(key)}, account_id, {place} AS place, row_number FROM {reading.relation}"
            for place, reading in enumerate(known)
        ]
        return (
            f"(SELECT {identifier(key)}, arg_max(account_id, (place, row_number)) AS account_id "
            f"FROM ({' UNION ALL '.join(parts)}) AS known GROUP BY {identifier(key)})"
        )

    return lookup
