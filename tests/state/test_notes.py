"""Notes: anybody's to read, one's own to take back."""

from __future__ import annotations

import pytest

from weatherglass.state import Actor, NotFound, State, Unfit
from weatherglass.state.forgetting import forget_account

BEN = Actor("person", 2, "ben@example.com", "write")
ANA = Actor("person", 3, "ana@example.com", "write")
ADMIN = Actor("person", 1, "admin@example.com", "admin")


def test_notes_are_read_the_last_first_and_deleted_by_their_author(state: State) -> None:
    first = state.notes.add(BEN, "acme", "  they <b>renew</b> in May ")
    second = state.notes.add(ANA, "acme", "budget holder left")
    state.notes.add(ANA, "other", "x")
    assert [one.text for one in state.notes.of("acme")] == ["budget holder left", "they <b>renew</b> in May"]
    with pytest.raises(Unfit, match="ben@example"):
        state.notes.delete(ANA, first.id)
    state.notes.delete(BEN, first.id)
    state.notes.delete(ADMIN, second.id)
    assert state.notes.of("acme") == []
    with pytest.raises(NotFound):
        state.notes.delete(BEN, first.id)
    entries = state.audit.entries(None, 10)
    assert [one.action for one in entries].count("note deleted") == 2
    assert "renew" not in repr(entries)


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001, "\x00"])
def test_what_is_no_note(state: State, text: str) -> None:
    with pytest.raises(Unfit, match="a note"):
        state.notes.add(BEN, "acme", text)


def test_an_account_that_is_erased_leaves_no_note(state: State) -> None:
    state.notes.add(BEN, "acme", "x")
    state.notes.add(BEN, "other", "y")
    with state.database.writing() as connection:
        assert forget_account(connection, "acme") == 1
    assert state.notes.of("acme") == [] and state.notes.of("other")
