"""Files of real bytes, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from weatherglass.config.mapping import Sources
from weatherglass.config.reading import parse_project
from weatherglass.engine import DuckDB
from weatherglass.sources import Reading, SourceError, discover, read
from weatherglass.sources.reading import no_lookup
from weatherglass.sources.rows import Lookup

Row = dict[str, Any]


def mapped(yaml: str) -> Sources:
    """The mapping that a project file's `sources:` says."""
    return parse_project("sources:\n" + "\n".join(f"  {line}" for line in yaml.splitlines())).sources


def rows_of(engine: DuckDB, reading: Reading) -> list[Row]:
    """The rows of a reading in the order of its file, every column that holds something, without `row_number`."""
    table = engine.arrow(f"SELECT * FROM {reading.relation} ORDER BY row_number")
    return [
        {name: value for name, value in row.items() if value is not None and name != "row_number"}
        for row in table.to_pylist()
    ]


def names_in(engine: DuckDB) -> list[str]:
    """The tables and views in an engine."""
    tables = "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"
    return [name for (name,) in engine.rows(tables)]


class Bench:
    """A folder to write files in, and an engine to read them with."""

    def __init__(self, folder: Path, engine: DuckDB) -> None:
        self.folder, self.engine = folder, engine

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def reading(
        self,
        name: str,
        content: str | bytes,
        *,
        mapping: str = "",
        zone: str = "UTC",
        lenient: bool = False,
        lookup: Lookup = no_lookup,
        table: str | None = None,
    ) -> Reading:
        """Read one file; of a file that feeds several tables the one named, else the last."""
        files = discover([self.write(name, content)], mapped(mapping) if mapping else None)
        chosen = [file for file in files if table in (None, file.table.name)]
        return read(self.engine, chosen[-1], zone, lookup=lookup, lenient=lenient)

    def rows(self, name: str, content: str | bytes, **options: Any) -> list[Row]:
        return rows_of(self.engine, self.reading(name, content, **options))

    def refused(self, name: str, content: str | bytes, **options: Any) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.reading(name, content, **options)
        assert str(self.folder) in str(caught.value), "an error names the file"
        return caught.value
