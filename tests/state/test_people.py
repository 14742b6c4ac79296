"""People, passwords, sessions and throttling."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from state.conftest import Clock
from weatherglass.state import NotFound, State, Taken, TooMany, Unfit
from weatherglass.state.actor import command_line
from weatherglass.state.people import Person
from weatherglass.state.sessions import IDLE, LONGEST
from weatherglass.state.tables import people, sessions
from weatherglass.state.throttle import FREE

ME = command_line("ann")
PASSWORD = "correct horse battery"


@pytest.fixture
def ann(state: State) -> Person:
    return state.people.create(ME, " Ann@Example.com ", "Ann", "admin", PASSWORD)


def test_a_password_is_kept_as_argon2id(state: State, ann: Person) -> None:
    with state.database.reading() as connection:
        kept = connection.execute(sa.select(people.c.password)).scalar_one()
    assert kept.startswith("$argon2id$") and PASSWORD not in kept


@pytest.mark.parametrize("password", ["short", "x" * 1025, "aaaaaaaaaaaaaa", "ann@example.com"])
def test_a_weak_password_is_refused(state: State, password: str) -> None:
    with pytest.raises(Unfit):
        state.people.create(ME, "ann@example.com", "Ann", "admin", password)
    assert state.people.all() == []


@pytest.mark.parametrize("email", ["", "ann", "@b", "a@", "a b@c", "a\x00@b", "a@\ud800", f"{'a' * 320}@b"])
def test_an_address_is_an_address(state: State, email: str) -> None:
    with pytest.raises(Unfit):
        state.people.create(ME, email, "Ann", "admin")


def test_an_address_is_one_persons(state: State, ann: Person) -> None:
    assert ann.email == "ann@example.com"
    with pytest.raises(Taken):
        state.people.create(ME, "ANN@example.com", "Another", "viewer")
    assert state.people.by_email("Ann@example.com") == ann


def test_someone_stays_an_admin(state: State, ann: Person) -> None:
    with pytest.raises(Unfit, match="admin"):
        state.people.change(ME, ann.id, role="csm")
    with pytest.raises(Unfit, match="admin"):
        state.people.change(ME, ann.id, active=False)
    assert state.people.get(ann.id).role == "admin"
    ben = state.people.create(ME, "ben@example.com", "Ben", "admin")
    assert state.people.change(ME, ann.id, role="viewer").role == "viewer"
    assert state.people.change(ME, ben.id, name="Benno").name == "Benno"


def test_nobody_is_not_found(state: State) -> None:
    with pytest.raises(NotFound):
        state.people.get(7)
    with pytest.raises(NotFound):
        state.people.set_password(ME, 7, PASSWORD)


def test_signing_in_and_out(state: State, ann: Person) -> None:
    signed_in = state.sessions.sign_in("ann@example.com", PASSWORD, "10.0.0.1", "Firefox")
    assert signed_in is not None
    session, cookie = signed_in
    assert state.sessions.of(cookie) == session and session.person.id == ann.id
    assert session.actor.may("admin") and session.proves(session.csrf) and not session.proves("\ud800")
    state.sessions.end(session)
    assert state.sessions.of(cookie) is None


def test_a_cookie_is_kept_as_a_digest(state: State, ann: Person) -> None:
    _, cookie = state.sessions.begin(ann)
    with state.database.reading() as connection:
        assert cookie not in repr(connection.execute(sa.select(sessions)).all())


def test_a_wrong_password_and_nobody_look_alike(state: State, ann: Person) -> None:
    assert state.sessions.sign_in("ann@example.com", "wrong horse battery") is None
    assert state.sessions.sign_in("nobody@example.com", PASSWORD) is None
    assert state.sessions.sign_in("ann@example.com", "x" * 5000) is None


def test_who_has_no_password_signs_in_elsewhere(state: State, ann: Person) -> None:
    state.people.create(ME, "ben@example.com", "Ben", "viewer")
    assert state.sessions.sign_in("ben@example.com", "") is None


def test_a_session_ends_when_idle_and_in_any_case(state: State, ann: Person, clock: Clock) -> None:
    _, cookie = state.sessions.begin(ann)
    clock.now += IDLE / 2
    assert state.sessions.of(cookie) is not None
    clock.now += IDLE / 2
    assert state.sessions.of(cookie) is not None, "it was used in between"
    clock.now += IDLE
    assert state.sessions.of(cookie) is None
    _, cookie = state.sessions.begin(ann)
    for _ in range(LONGEST // (IDLE / 2)):
        assert state.sessions.of(cookie) is not None
        clock.now += IDLE / 2
    assert state.sessions.of(cookie) is None


@pytest.mark.parametrize("change", ["role", "active", "password"])
def test_a_change_of_rights_signs_out(state: State, ann: Person, change: str) -> None:
    ben = state.people.create(ME, "ben@example.com", "Ben", "csm", PASSWORD)
    _, cookie = state.sessions.begin(ben)
    if change == "role":
        state.people.change(ME, ben.id, role="viewer")
    elif change == "active":
        state.people.change(ME, ben.id, active=False)
    else:
        state.people.set_password(ME, ben.id, "another horse battery")
    assert state.sessions.of(cookie) is None
    if change == "active":
        assert state.sessions.sign_in("ben@example.com", PASSWORD) is None


def test_failures_in_a_row_have_to_wait(state: State, ann: Person, clock: Clock) -> None:
    for _ in range(FREE):
        assert state.sessions.sign_in("ann@example.com", "wrong horse battery", "10.0.0.1") is None
    with pytest.raises(TooMany) as refused:
        state.sessions.sign_in("ann@example.com", PASSWORD, "10.0.0.2")
    with pytest.raises(TooMany):
        state.sessions.sign_in("ben@example.com", PASSWORD, "10.0.0.1")
    clock.move(seconds=refused.value.wait)
    assert state.sessions.sign_in("ann@example.com", PASSWORD, "10.0.0.2") is not None
    assert state.sessions.sign_in("ann@example.com", "wrong horse battery", "10.0.0.3") is None, "counted anew"


def test_many_at_the_same_moment_wait_too(state: State, ann: Person) -> None:
    """A password is looked at for a tenth of a second: whoever tries a hundred meanwhile has had five of them."""

    def guess(number: int) -> bool:
        try:
            return state.sessions.sign_in("ann@example.com", f"wrong horse {number}", "10.0.0.1") is None
        except TooMany:
            return False

    with ThreadPoolExecutor(20) as pool:
        looked_at = sum(pool.map(guess, range(40)))
    assert looked_at == FREE


def test_who_signs_in_counts_for_nobody_else_at_the_address(state: State, ann: Person) -> None:
    for _ in range(3 * FREE):
        assert state.sessions.sign_in("ann@example.com", PASSWORD, "10.0.0.1") is not None
    for _ in range(FREE - 1):
        assert state.sessions.sign_in("ben@example.com", "wrong horse", "10.0.0.1") is None
    assert state.sessions.sign_in("ann@example.com", PASSWORD, "10.0.0.1") is not None
    assert state.sessions.sign_in("cat@example.com", "wrong horse", "10.0.0.1") is None
    with pytest.raises(TooMany):
        state.sessions.sign_in("dan@example.com", "wrong horse", "10.0.0.1")


def test_the_wait_grows(state: State, clock: Clock) -> None:
    waits = []
    for _ in range(FREE + 8):
        try:
            state.throttle.enter("email:ann")
        except TooMany as refused:
            waits.append(refused.wait)
            clock.move(seconds=refused.wait)
            state.throttle.enter("email:ann")
    assert waits == [16, 31, 61, 121, 241, 481, 901, 901]


def test_the_audit_log_knows_no_password(state: State, ann: Person) -> None:
    state.people.set_password(ME, ann.id, "another horse battery")
    entries = state.audit.entries(None, 10)
    assert {entry.action for entry in entries} == {"person created", "password set"}
    assert "horse" not in repr(entries) and "argon2" not in repr(entries)


def test_people_belong_to_teams(state: State) -> None:
    state.people.create(ME, "ada@example.com", "Ada", "admin")
    made = state.people.create(ME, "ana@example.com", "Ana", "csm")
    assert made.team == ""
    assert state.people.change(ME, made.id, team=" North ").team == "North"
    assert state.audit.entries(None, 1)[0].after == {"team": "North"}
    assert state.people.change(ME, made.id, name="Anna").team == "North"
    assert state.people.change(ME, made.id, team="").team == ""
    with pytest.raises(Unfit, match="a team"):
        state.people.change(ME, made.id, team="x" * 201)
