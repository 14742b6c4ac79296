"""Opening a state: made, brought forward, refused; written by many at once."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from weatherglass.state import State, StateError, locate, migrations
from weatherglass.state.actor import SERVICE
from weatherglass.state.database import Database
from weatherglass.state.tables import METADATA


def test_the_steps_make_the_tables_that_the_code_knows(url: str) -> None:
    with State(url) as state, state.database.reading() as connection:
        options = {"version_table": migrations.VERSION_TABLE, "compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_a_state_keeps_what_it_holds(url: str) -> None:
    with State(url) as state:
        _, secret = state.keys.create(SERVICE, "website")
    with State(url) as state:
        assert state.keys.check(secret) is not None


def test_a_newer_state_is_refused_and_left_alone(url: str) -> None:
    State(url).close()
    database = Database(url)
    with database.writing() as connection:
        connection.execute(sa.text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StateError, match="newer Weatherglass"):
        State(url)
    with database.reading() as connection:
        assert migrations.version(connection) == "9999"
    database.close()


def test_many_open_and_write_at_once(url: str) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with State(url) as state:
                for place in range(5):
                    state.keys.create(SERVICE, f"{number}-{place}")
        except BaseException as error:  # noqa: BLE001 (told below)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with State(url) as state:
        assert len(state.keys.all()) == 30
        assert len(state.audit.entries(None, 100)) == 30


def test_the_steps_are_numbered_without_a_gap() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    numbers = sorted(path.name[:4] for path in folder.glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert migrations.newest() == numbers[-1]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    State.open(tmp_path / "new").close()
    assert stat.S_IMODE((tmp_path / "new" / "state.db").stat().st_mode) == 0o600


def test_another_database_by_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert locate(tmp_path) == f"sqlite:///{tmp_path / 'state.db'}"
    monkeypatch.setenv("WEATHERGLASS_STATE_URL", "postgresql://db/wg")
    assert locate(tmp_path) == "postgresql://db/wg"


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "postgresql://me:secret@127.0.0.1:1/none"])
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StateError) as refused:
        State(url)
    assert "secret" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StateError, match="cannot be made"):
        State.open(tmp_path / "new")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StateError):
        State.open(tmp_path)
