"""Who may ask for what: every address of the pages, by every role; and every form, from where it must not come."""

from __future__ import annotations

import datetime as dt

import pytest

from pages.conftest import ME, ROLES, Served
from weatherglass.state.tasks import Wanted
from weatherglass.web.pages.routes import DOORS
from weatherglass.web.pages.routing import Door

MAY = {"read": {"viewer", "csm", "admin"}, "write": {"csm", "admin"}, "admin": {"admin"}}
GETS = [door for door in DOORS if door.method == "GET" and door.needs != "nobody"]
POSTS = [door for door in DOORS if door.method == "POST" and door.needs != "nobody" and door.path != "/logout"]
FIRST = "acc_0001"
ADDRESS = {
    "/account": f"/account?id={FIRST}",
    "/accounts/{account_id:path}": f"/accounts/{FIRST}",
    "/account/change": f"/account/change?id={FIRST}&since=2020-01-01&as_of=2020-01-01",
    "/account/score": f"/account/score?id={FIRST}",
    "/account/beside": f"/account/beside?id={FIRST}",
    "/account/sql": "/account/sql?dimension=product_usage",
    "/tasks/{task:int}": "/tasks/1",
}


@pytest.fixture(autouse=True)
def a_task(served: Served) -> None:
    """A task of the number 1."""
    if not served.state.tasks.queue(None, 1):
        served.state.tasks.make(ME, Wanted(FIRST, "Call them", "ana", dt.date(2030, 1, 1)))


@pytest.mark.parametrize("door", GETS, ids=lambda door: door.path)
def test_pages_are_for_their_roles(served: Served, door: Door) -> None:
    for role in ROLES:
        with served.client(role) as client:
            answer = client.get(ADDRESS.get(door.path, door.path))
        assert answer.status_code == (200 if role in MAY[door.needs] else 403), role
        assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"] or (
            door.path == "/portfolio.csv"
        )
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("door", GETS, ids=lambda door: door.path)
def test_nobody_else_sees_a_page(served: Served, door: Door) -> None:
    with served.client() as client:
        answer = client.get(ADDRESS.get(door.path, door.path))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")
        client.cookies.set("weatherglass_session", "ws_made_up")
        assert client.get(ADDRESS.get(door.path, door.path)).status_code == 303


@pytest.mark.parametrize("door", POSTS, ids=lambda door: door.path)
def test_forms_are_for_their_roles(served: Served, door: Door) -> None:
    for role in ROLES:
        with served.client(role) as client:
            answer = client.post(door.path, data={"csrf": served.csrf(role), "nothing": "that fits"})
        if role in MAY[door.needs]:
            assert answer.status_code in {200, 303, 404, 422}, (role, answer.text[:300])
        else:
            assert answer.status_code == 403, role
            assert "for your role" in answer.text
    with served.client() as client:
        assert client.post(door.path, data={"csrf": "x"}).status_code == 401


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "POST"], ids=lambda door: door.path)
def test_forms_refuse_what_is_not_ours(served: Served, door: Door) -> None:
    role = None if door.needs == "nobody" else "admin"
    with served.client(role) as client:
        token = served.csrf("admin")
        if role is None:
            client.cookies.set("weatherglass_form", token)
        good = {"csrf": token}
        cases: list[tuple[dict[str, str], dict[str, str]]] = [
            ({"other": "field"}, {}),
            ({"csrf": "made-up"}, {}),
            ({"csrf": "\u00e9"}, {}),
            (good, {"Origin": "https://evil.example"}),
            (good, {"Origin": "null"}),
            (good, {"Sec-Fetch-Site": "cross-site"}),
            (good, {"Sec-Fetch-Site": "same-site"}),
        ]
        for data, headers in cases:
            answer = client.post(door.path, data=data, headers=headers)
            assert answer.status_code == 403, (data, headers)
            assert "Not sent from here" in answer.text
        assert client.post(door.path, json=good).status_code == 400


def test_signing_out_ends_the_session(served: Served) -> None:
    person = served.state.people.by_email("viewer@example.com")
    assert person is not None
    session, cookie = served.state.sessions.begin(person)
    with served.client() as client:
        client.cookies.set("weatherglass_session", cookie)
        assert client.get("/").status_code == 200
        assert client.post("/logout", data={"csrf": session.csrf}).headers["location"] == "/login"
        client.cookies.set("weatherglass_session", cookie)
        assert client.get("/").status_code == 303


def test_the_menu_has_what_the_role_may_see(served: Served) -> None:
    for role in ROLES:
        with served.client(role) as client:
            text = client.get("/portfolio").text
        assert ('href="/settings"' in text) == (role == "admin")
        assert 'href="/connect"' not in text
    with served.client("viewer") as client:
        page = client.get(f"/account?id={FIRST}").text
    assert 'action="/account/override"' not in page
