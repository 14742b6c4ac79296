"""Write keys and tokens: shown once, kept as digests, rotated, revoked, and known by when they were used last."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from state.conftest import Clock
from weatherglass.state import Actor, NotFound, State, StateError, Unfit
from weatherglass.state.actor import command_line
from weatherglass.state.tables import METADATA

ME = command_line("ann")


def test_a_key_is_shown_once_and_kept_as_a_digest(state: State) -> None:
    made, secret = state.keys.create(ME, "website")
    assert secret.startswith("wk_") and secret.endswith(made.hint) and ":" not in secret
    with state.database.reading() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(sa.select(table)):
                assert secret not in repr(row)


def test_only_the_secret_opens(state: State) -> None:
    made, secret = state.keys.create(ME, "website")
    assert state.keys.check(secret) == made
    for wrong in ("", secret[:-1], secret.upper(), f"{secret} ", "wk_", "\ud800"):
        assert state.keys.check(wrong) is None


def test_a_key_may_be_for_events_only(state: State) -> None:
    made, secret = state.keys.create(ME, "website", "events")
    _, other = state.keys.create(ME, "warehouse")
    assert made.scope == "events" and state.write_key(secret) is not None
    assert not state.sends_rows(secret) and state.sends_rows(other) and not state.sends_rows("wk_nonsense")
    _, new = state.keys.rotate(ME, made.id)
    assert not state.sends_rows(new) and state.write_key(new) is not None


def test_a_key_is_no_token_and_a_token_is_no_key(state: State) -> None:
    _, key = state.keys.create(ME, "website")
    _, token = state.tokens.create(ME, "notebook", "read")
    assert state.tokens.check(key) is None and state.keys.check(token) is None
    with pytest.raises(Unfit):
        state.keys.create(ME, "website", "read")
    with pytest.raises(Unfit):
        state.tokens.create(ME, "notebook")
    with pytest.raises(Unfit):
        state.tokens.create(ME, "notebook", "events")
    with pytest.raises(NotFound):
        state.keys.get(state.tokens.all()[0].id)


def test_after_a_rotation_the_old_secret_counts_for_the_grace_period(state: State, clock: Clock) -> None:
    made, old = state.keys.create(ME, "website")
    _, new = state.keys.rotate(ME, made.id, dt.timedelta(hours=2))
    for secret in (old, new):
        found = state.keys.check(secret)
        assert found is not None and found.id == made.id
    clock.move(hours=3)
    assert state.keys.check(old) is None and state.keys.check(new) is not None


def test_without_grace_the_old_secret_is_gone_at_once(state: State) -> None:
    made, old = state.keys.create(ME, "website")
    state.keys.rotate(ME, made.id, dt.timedelta())
    assert state.keys.check(old) is None


def test_a_revoked_one_is_refused_at_once_and_for_good(state: State) -> None:
    made, secret = state.keys.create(ME, "website")
    state.keys.rotate(ME, made.id)
    assert state.keys.revoke(ME, made.id).revoked_at is not None
    assert state.keys.check(secret) is None
    assert state.keys.revoke(ME, made.id) == state.keys.get(made.id)
    with pytest.raises(Unfit):
        state.keys.rotate(ME, made.id)


def test_what_another_process_revokes_is_refused_within_seconds(state: State, ready: str, clock: Clock) -> None:
    made, secret = state.keys.create(ME, "website")
    assert state.keys.check(secret) is not None
    with State(ready, clock) as other:
        other.keys.revoke(ME, made.id)
    clock.move(seconds=6)
    assert state.keys.check(secret) is None


def test_whoever_was_known_still_is_while_the_database_does_not_answer(state: State, clock: Clock) -> None:
    made, secret = state.keys.create(ME, "website")
    assert state.keys.at_hand(secret) is None
    assert state.keys.check(secret) == made
    _rename(state, "credentials", "away")
    try:
        clock.move(seconds=6)
        assert state.keys.at_hand(secret) is None
        assert state.keys.check(secret) == state.keys.at_hand(secret) == made
        with pytest.raises(StateError):
            state.keys.check("wk_another")
    finally:
        _rename(state, "away", "credentials")
    state.keys.revoke(ME, made.id)
    assert state.keys.check(secret) is None


def _rename(state: State, table: str, name: str) -> None:
    with state.database.writing() as connection:
        connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_an_expired_token_is_refused(state: State, clock: Clock) -> None:
    _, secret = state.tokens.create(ME, "notebook", "read", clock() + dt.timedelta(days=1))
    assert state.tokens.check(secret) is not None
    clock.move(days=2)
    assert state.tokens.check(secret) is None


def test_the_last_use_is_known_to_the_minute(state: State, clock: Clock) -> None:
    made, secret = state.keys.create(ME, "website")
    assert state.keys.get(made.id).last_used_at is None
    state.keys.check(secret)
    first = clock()
    clock.move(seconds=30)
    state.keys.check(secret)
    assert state.keys.get(made.id).last_used_at == first
    clock.move(seconds=31)
    state.keys.check(secret)
    assert state.keys.get(made.id).last_used_at == clock()


def test_every_change_is_in_the_audit_log_without_a_secret(state: State) -> None:
    made, secret = state.tokens.create(Actor("person", 1, "ann@example.com", "admin", "r-1"), "notebook", "read")
    _, other = state.tokens.rotate(ME, made.id)
    state.tokens.revoke(ME, made.id)
    entries = state.audit.entries(None, 10)
    assert [entry.action for entry in entries] == ["token revoked", "token rotated", "token created"]
    assert entries[-1].actor == "ann@example.com" and entries[-1].request_id == "r-1"
    assert not any(text in repr(entries) for text in (secret, other))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "\ud800"])
def test_a_name_is_a_name(state: State, name: str) -> None:
    with pytest.raises(Unfit):
        state.keys.create(ME, name)
