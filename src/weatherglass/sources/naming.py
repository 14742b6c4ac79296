"""Which table a file is, by its name or its folder's."""

from __future__ import annotations

import re
from pathlib import Path

from weatherglass.events.table import Table
from weatherglass.events.tables import TABLES
from weatherglass.sources.matching import squeezed

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json")
PACKED = (".gz", ".zst")

_Words = tuple[str, ...]


def stem(name: str) -> str:
    """A file's name without the endings that say its format and compression."""
    lowered = name.lower()
    for ending in PACKED:
        if lowered.endswith(ending):
            name = name[: -len(ending)]
            lowered = name.lower()
    for ending in ENDINGS:
        if lowered.endswith(ending):
            return name[: -len(ending)]
    return name


def known_by_name(name: str) -> Table | None:
    """The table that a file's name (without endings) names: as a whole, else by the words in it.

    Of several tables the longest run of words counts, then a table's own name before an alias, then the last
    (`ravenstack_churn_events` is outcomes, `account_events_2026` is events).
    """
    if (table := known_exactly(name)) is not None:
        return table
    words = _words(name)
    found = [
        (len(wanted), own, start + len(wanted), table)
        for table in TABLES
        for own, wanted in _spellings(table)
        for start in range(len(words) - len(wanted) + 1)
        if words[start : start + len(wanted)] == wanted
    ]
    return max(found, key=lambda match: match[:3])[3] if found else None


def known_exactly(name: str) -> Table | None:
    """The table whose name or alias this is, whatever its case and separators."""
    shape = squeezed(name)
    return next((table for table in TABLES if shape in {squeezed(word) for word in (table.name, *table.aliases)}), None)


def known_by_folder(path: Path, root: Path) -> Table | None:
    """The table that a file's nearest named folder names, up to the folder `root` in which the search began.

    A folder of a partitioned data set (`date=2026-01-01`) has no name of its own; one above it counts even outside.
    """
    for folder in path.parents:
        if "=" in folder.name:
            continue
        if (table := known_exactly(folder.name)) is not None:
            return table
        if folder in (root, *root.parents):
            break
    return None


def _words(name: str) -> _Words:
    parted = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])|(?<=[a-z])(?=[A-Z])", " ", name)
    return tuple(word for word in re.split(r"[\W_]+", parted.casefold()) if word)


def _spellings(table: Table) -> list[tuple[bool, _Words]]:
    return [(word == table.name, tuple(word.split("_"))) for word in (table.name, *table.aliases)]
