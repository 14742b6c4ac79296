"""Signing in, the first admin, and the codes of the terminal."""

from __future__ import annotations

import pytest

from pages.conftest import ME, PASSWORD, Served, hidden


def test_signing_in_and_where_it_leads(served: Served) -> None:
    with served.client() as client:
        token = hidden(client.get("/login?next=/portfolio?tier=red").text)
        told = {"csrf": token, "email": "csm@example.com", "next": "/portfolio?tier=red"}
        wrong = client.post("/login", data={**told, "password": "wrong"})
        assert wrong.status_code == 401
        assert "No one signs in with this address" in wrong.text
        assert "csm@example.com" in wrong.text
        right = client.post("/login", data={**told, "password": PASSWORD})
        assert (right.status_code, right.headers["location"]) == (303, "/portfolio?tier=red")
        cookie = next(one for one in right.headers.get_list("set-cookie") if one.startswith("weatherglass_session"))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert client.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
def test_signing_in_leads_nowhere_else(served: Served, elsewhere: str) -> None:
    with served.client() as client:
        token = hidden(client.get("/login").text)
        told = {"csrf": token, "email": "csm@example.com", "password": PASSWORD, "next": elsewhere}
        assert client.post("/login", data=told).headers["location"] == "/"


def test_the_first_admin_needs_the_terminal(empty: Served) -> None:
    code = empty.app.state.codes.setup
    with empty.client() as client:
        assert client.get("/").headers["location"] == "/login"
        locked = client.get("/login")
        assert "Nobody may sign in yet" in locked.text
        assert 'name="password"' not in locked.text
        assert client.get("/setup?code=made-up").status_code == 403
        page = client.get(f"/setup?code={code}")
        told = {"csrf": hidden(page.text), "code": code, "name": "Ada", "email": "ada@example.com"}
        good = {"password": PASSWORD, "again": PASSWORD}
        assert client.post("/setup", data={**told, **good, "code": "made-up"}).status_code == 403
        differ = client.post("/setup", data={**told, "password": PASSWORD, "again": "x"})
        assert (differ.status_code, "passwords differ" in differ.text) == (422, True)
        short = client.post("/setup", data={**told, "password": "short", "again": "short"})
        assert short.status_code == 422
        assert empty.state.people.all() == []
        made = client.post("/setup", data={**told, **good})
        assert (made.status_code, made.headers["location"]) == (303, "/connect")
        assert [(one.email, one.role) for one in empty.state.people.all()] == [("ada@example.com", "admin")]
        for path in ("/", "/portfolio", "/cohorts", "/report"):
            assert "No scores yet" in client.get(path).text, path
        assert client.get("/scorecard").status_code == client.get("/data").status_code == 200
        assert "Already set up" in client.get(f"/setup?code={code}").text
        again = client.post("/setup", data={**told, **good, "email": "eve@example.com"})
        assert again.status_code == 403
        assert len(empty.state.people.all()) == 1


def test_the_address_of_the_terminal_signs_in(served: Served) -> None:
    codes = served.app.state.codes
    with served.client() as client:
        assert client.get(f"/enter?code={codes.visitor}").status_code == 403
        person = served.state.people.by_email("viewer@example.com")
        assert person is not None
        codes.person = person.id
        assert client.get("/enter?code=made-up").status_code == 403
        assert client.get("/enter").status_code == 403
        assert client.get(f"/enter?code={codes.visitor}").headers["location"] == "/"
        assert "Viewer Person" in client.get("/").text
        codes.person = None


def test_who_fails_again_and_again_has_to_wait(served: Served) -> None:
    served.state.people.create(ME, "slow@example.com", "Slow", "viewer", PASSWORD)
    with served.client() as client:
        token = hidden(client.get("/login").text)
        told = {"csrf": token, "email": "slow@example.com", "password": "wrong"}
        codes = [client.post("/login", data=told).status_code for _ in range(7)]
    assert codes[:4] == [401] * 4
    assert codes[-1] == 429
