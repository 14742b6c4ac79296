"""Who may ask what: nothing without a key, tokens by their scope, people by their role, changes only from our pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.conftest import ME, PASSWORD, Site
from weatherglass.web.api.application import SCOPE, described, description

OPEN = {("POST", "/session")}
"""What may be asked by nobody in particular: signing in."""
MANAGED = {"keys", "tokens", "people", "audit", "held", "load"}
"""What only admins may look at or change."""


def operations() -> list[tuple[str, str, str | None]]:
    """Method, path and scope of every operation, by its own document."""
    return [
        (method.upper(), path.replace("{account_id}", "acc_0001").replace("{what}", "scores"), operation[SCOPE])
        for path, methods in description(described())["paths"].items()
        for method, operation in methods.items()
        if (method.upper(), path) not in OPEN
    ]


@pytest.mark.parametrize(("method", "path", "scope"), operations())
def test_no_scope_is_too_small(method: str, path: str, scope: str | None) -> None:
    if path.split("/")[1] in MANAGED or (method, path) == ("POST", "/jobs"):
        assert scope == "admin"
    elif path != "/session":
        assert scope in ({"read", "write", "admin"} if method == "GET" or path == "/what-if" else {"write", "admin"})


def _ask(site: Site, method: str, path: str, headers: dict[str, str]) -> int:
    path = path.replace("{credential}", "999").replace("{person}", "999").replace("{override}", "999")
    path = path.replace("{job}", "999").replace("{version}", "none").replace("{kind}", "users")
    path = re.sub(r"\{[a-z_]+\}", "999", path.replace("{subject}", "nobody"))
    answer = site.client.request(method, f"/api/v1{path}", headers=headers, json={} if method != "GET" else None)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code and answer.json()["instance"]
    return answer.status_code


@pytest.mark.parametrize(("method", "path", "scope"), operations())
def test_nothing_is_open_and_scopes_hold(site: Site, method: str, path: str, scope: str | None) -> None:
    for headers in ({}, {"Authorization": "Bearer wt_nonsense"}, {"Authorization": "Basic eDp5"}, {"Cookie": "a=b"}):
        assert _ask(site, method, path, headers) == 401
    if scope is None:
        return
    order = ["read", "write", "admin"]
    for weaker in order[: order.index(scope)]:
        assert _ask(site, method, path, site.headers(weaker)) == 403
    assert _ask(site, method, path, site.headers(scope)) in {200, 202, 404, 422, 428}


def test_a_write_key_opens_no_door_but_intake(site: Site) -> None:
    _, key = site.state.keys.create(ME, "website")
    assert _ask(site, "GET", "/accounts", {"Authorization": f"Bearer {key}"}) == 401
    assert site.client.post("/v1/track", json={}, auth=(site.tokens["admin"], "")).status_code == 401


def test_a_key_for_events_sends_no_rows(site: Site) -> None:
    asked = {"name": "website", "scope": "events"}
    made = site.client.post("/api/v1/keys", json=asked, headers=site.headers("admin")).json()
    assert made["scope"] == "events"
    key = {"Authorization": f"Bearer {made['secret']}"}
    event = {"type": "track", "event": "run", "userId": "u-events-only"}
    assert site.client.post("/v1/track", json=event, headers=key).status_code == 200
    for table in ("accounts", "users", "tickets", "invoices", "subscriptions", "surveys", "interactions", "outcomes"):
        refused = site.client.post(f"/api/v1/{table}", json={"account_id": "a"}, headers=key)
        assert refused.status_code == 403 and "events only" in refused.json()["detail"], table
    rotated = site.client.post(f"/api/v1/keys/{made['id']}/rotation", json={}, headers=site.headers("admin")).json()
    again = {"Authorization": f"Bearer {rotated['secret']}"}
    assert site.client.post("/api/v1/accounts", json={"account_id": "a"}, headers=again).status_code == 403


@pytest.fixture
def ann(own: Site) -> Site:
    own.state.people.create(ME, "ann@example.com", "Ann", "admin", PASSWORD)
    own.state.people.create(ME, "vic@example.com", "Vic", "viewer", PASSWORD)
    return own


def _sign_in(site: Site, email: str = "ann@example.com", password: str = PASSWORD) -> Any:
    return site.client.post("/api/v1/session", json={"email": email, "password": password})


def test_a_person_signs_in_reads_changes_and_signs_out(ann: Site) -> None:
    signed_in = _sign_in(ann)
    assert signed_in.status_code == 200 and "password" not in signed_in.text
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert ann.client.get("/api/v1/session").json()["person"]["email"] == "ann@example.com"
    assert ann.client.get("/api/v1/accounts").status_code == 200
    csrf = {"X-CSRF-Token": signed_in.json()["csrf"]}
    for headers in ({}, {"X-CSRF-Token": "x"}, {**csrf, "Sec-Fetch-Site": "cross-site"}):
        refused = ann.client.post("/api/v1/keys", json={"name": "web"}, headers=headers)
        assert refused.status_code == 403, headers
    assert ann.client.post("/api/v1/keys", json={"name": "web"}, headers=csrf).status_code == 201
    assert ann.client.delete("/api/v1/session", headers=csrf).status_code == 204
    assert ann.client.get("/api/v1/accounts").status_code == 401


def test_behind_tls_the_cookie_is_secure(ann: Site) -> None:
    client = TestClient(ann.client.app, base_url="https://health.example.com")
    answer = client.post("/api/v1/session", json={"email": "ann@example.com", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_role_is_a_scope(ann: Site) -> None:
    csrf = {"X-CSRF-Token": _sign_in(ann, "vic@example.com").json()["csrf"]}
    assert ann.client.get("/api/v1/portfolio").status_code == 200
    assert ann.client.get("/api/v1/people").status_code == 403
    body = {"tier": "red", "reason": "they said so", "last_day": "2099-01-01"}
    assert ann.client.post("/api/v1/accounts/acc_0001/overrides", json=body, headers=csrf).status_code == 403


def test_login_is_throttled(ann: Site) -> None:
    codes = [_sign_in(ann, password="wrong horse battery").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    refused = _sign_in(ann)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0


def test_a_token_is_shown_once_rotated_and_revoked(own: Site) -> None:
    made = own.client.post("/api/v1/tokens", json={"name": "notebook", "scope": "read"}, headers=own.headers())
    assert made.status_code == 201 and made.headers["cache-control"] == "no-store"
    number, secret = made.json()["id"], made.json()["secret"]
    assert _ask(own, "GET", "/accounts", {"Authorization": f"Bearer {secret}"}) == 200
    again = own.client.get(f"/api/v1/tokens/{number}", headers=own.headers())
    assert secret not in again.text and again.json()["last_used_at"] is not None
    path = f"/api/v1/tokens/{number}/rotation"
    rotated = own.client.post(path, json={"grace_hours": 0}, headers=own.headers()).json()["secret"]
    assert _ask(own, "GET", "/accounts", {"Authorization": f"Bearer {secret}"}) == 401
    assert _ask(own, "GET", "/accounts", {"Authorization": f"Bearer {rotated}"}) == 200
    assert own.client.delete(f"/api/v1/tokens/{number}", headers=own.headers()).json()["revoked_at"]
    assert _ask(own, "GET", "/accounts", {"Authorization": f"Bearer {rotated}"}) == 401
    entries = own.get("/audit", "admin", limit=3)["items"]
    assert isinstance(entries, list)
    assert [one["action"] for one in entries] == ["token revoked", "token rotated", "token created"]
    assert all(one["actor"] == "test admin" and one["request_id"] for one in entries)
