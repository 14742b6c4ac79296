"""Writes that are sent twice are done once; changes of what has changed are refused."""

from __future__ import annotations

from api.conftest import Site


def test_a_write_sent_again_is_done_once(own: Site) -> None:
    body = {"email": "ben@example.com", "name": "Ben", "role": "csm"}
    headers = {**own.headers(), "Idempotency-Key": "k-1"}
    # the first admin has to be one
    own.client.post("/api/v1/people", json={**body, "email": "a@example.com", "role": "admin"}, headers=own.headers())
    first = own.client.post("/api/v1/people", json=body, headers=headers)
    again = own.client.post("/api/v1/people", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
    assert own.client.post("/api/v1/people", json={**body, "name": "Bob"}, headers=headers).status_code == 422
    assert own.client.post("/api/v1/people", json=body, headers=own.headers()).status_code == 409
    assert len(own.state.people.all()) == 2


def test_a_secret_is_not_shown_twice(own: Site) -> None:
    headers = {**own.headers(), "Idempotency-Key": "k-2"}
    first = own.client.post("/api/v1/keys", json={"name": "web"}, headers=headers)
    again = own.client.post("/api/v1/keys", json={"name": "web"}, headers=headers)
    assert first.status_code == 201 and again.status_code == 409
    assert first.json()["secret"] not in again.text and len(own.state.keys.all()) == 1


def test_what_failed_may_be_tried_again(own: Site) -> None:
    headers = {**own.headers("read"), "Idempotency-Key": "k-3"}
    assert own.client.post("/api/v1/keys", json={"name": "web"}, headers=headers).status_code == 403
    headers = {**own.headers(), "Idempotency-Key": "k-3"}
    assert own.client.post("/api/v1/keys", json={"name": "web"}, headers=headers).status_code == 201
    assert own.client.post("/api/v1/keys", json={"name": "web"}, headers={**headers, "Idempotency-Key": ""}).is_error


def test_a_change_of_what_has_changed_is_refused(own: Site) -> None:
    body = {"email": "a@example.com", "name": "Ann", "role": "admin"}
    made = own.client.post("/api/v1/people", json=body, headers=own.headers()).json()
    path = f"/api/v1/people/{made['id']}"
    tag = own.client.get(path, headers=own.headers()).headers["etag"]
    headers = {**own.headers(), "If-Match": tag}
    changed = own.client.patch(path, json={"name": "Anna"}, headers=headers)
    assert changed.status_code == 200 and changed.headers["etag"] != tag
    assert own.client.get(path, headers=own.headers()).headers["etag"] == changed.headers["etag"]
    assert own.client.patch(path, json={"name": "Anne"}, headers=headers).status_code == 412
    assert own.state.people.get(made["id"]).name == "Anna"
    assert own.client.patch(path, json={"role": "viewer"}, headers=own.headers()).status_code == 422
