"""An engine, and a bench with a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sources.bench import Bench

from weatherglass.engine import DuckDB


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    database = DuckDB()
    yield database
    left = database.rows("SELECT name FROM (SHOW ALL TABLES) WHERE name NOT LIKE 'reading_%'")
    assert left == [], "a reading leaves nothing but itself"
    database.close()


@pytest.fixture
def bench(tmp_path: Path, engine: DuckDB) -> Bench:
    return Bench(tmp_path, engine)


