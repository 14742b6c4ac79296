"""An engine, and a bench with a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.bench import Bench, names_in
from weatherglass.engine import DuckDB


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    database = DuckDB()
    yield database
    left = [name for name in names_in(database) if not name.startswith("reading_")]
    assert left == [], "a reading leaves nothing but itself"
    database.close()


@pytest.fixture
def bench(tmp_path: Path, engine: DuckDB) -> Bench:
    return Bench(tmp_path, engine)
