"""The names of a person who is erased, in the texts about their accounts, and in no other word."""

from __future__ import annotations

import datetime as dt

import pytest

from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.state.naming import Named, forget_names
from weatherglass.state.tasks import Wanted

ME = command_line("test")
DAY = dt.date(2026, 3, 2)


def cleaned(state: State, named: Named, title: str, account: str = "a1") -> str:
    number = state.tasks.make(ME, Wanted(account, title, "Eve", DAY)).id
    with state.database.writing() as connection:
        forget_names(connection, named, "(erased)")
    return state.tasks.get(number).title


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Call Ann Lee today", "Call (erased) today"),
        ("call ANN LEE", "call (erased)"),
        ("Ann Leeson is fine", "Ann Leeson is fine"),
        ("user-17 and user-170", "(erased) and user-170"),
        ("the champion 42 has left, 42 days ago", "the champion (erased) has left, 42 days ago"),
        ("mail ann@example.com (Ann)", "mail (erased) (Ann)"),
    ],
)
def test_only_whole_names_go(state: State, title: str, left: str) -> None:
    named = Named(["user-17", "42"], ["Ann Lee", "ann@example.com"], ["a1"])
    assert cleaned(state, named, title) == left


def test_other_accounts_keep_their_namesakes(state: State) -> None:
    named = Named(["user-17"], ["Ann Lee"], ["a1"])
    assert cleaned(state, named, "Call Ann Lee", "a2") == "Call Ann Lee"
    entries = state.audit.entries(None, 10)
    assert any("Ann Lee" in str(entry.after) for entry in entries), "of another account"


def test_the_audit_log_keeps_its_entries_without_the_name(state: State) -> None:
    number = state.tasks.make(ME, Wanted("a1", "Call Ann Lee", "Eve", DAY)).id
    before = len(state.audit.entries(None, 100))
    with state.database.writing() as connection:
        assert forget_names(connection, Named([], ["Ann Lee"], ["a1"]), "(erased)") == 2
        assert forget_names(connection, Named([], [], ["a1"]), "(erased)") == 0
    entries = state.audit.entries(None, 100)
    assert len(entries) == before
    assert [entry.after["title"] for entry in entries if entry.action == "task made" and entry.after][:1] == [
        "Call (erased)"
    ]
    assert state.tasks.get(number).title == "Call (erased)"
