"""Scorecards over the API: published with other numbers, and meant for some accounts."""

from __future__ import annotations

from typing import Any

import pytest

from api.conftest import Site
from api.test_configuration import ask, noted, tag, written
from weatherglass.config import FILE_NAME
from weatherglass.jobs.views.explaining import last_day
from weatherglass.rollups import calendar

NUMBERS: dict[str, Any] = {
    "dimensions": {"product_usage": 0.31},
    "signals": {"product_usage.habit": 0.45},
    "lines": [35, 72],
    "added": {"product_usage.steady_weeks": 0.2},
    "removed": ["sentiment.mood"],
    "scalings": {"product_usage.steady_weeks": {"range": [0, 4]}},
    "windows": {"velocity": 21},
}


def cards(site: Site) -> list[dict[str, Any]]:
    found = ask(site, "GET", "/cards", scope="read").json()["cards"]
    assert isinstance(found, list)
    return found


def scored_with(site: Site) -> set[str]:
    """The versions that made the scores of the last finished day."""

    def read(store: Any) -> set[str]:
        day = calendar.number(last_day(store))
        query = "SELECT DISTINCT scorecard_version FROM scores INNER JOIN scorecards USING (version) WHERE day = ?"
        return {version for (version,) in store.engine.rows(query, [day])}

    return site.live.read(read)


def test_a_scorecard_is_published_as_it_was_tried(own: Site) -> None:
    assert [(one["name"], one["where"]) for one in cards(own)] == [("default", {})]
    before = ask(own, "GET", "/cards/default").json()
    tried = ask(own, "POST", "/what-if", NUMBERS, "read").json()
    made = ask(own, "PATCH", "/cards/default", NUMBERS, If_Match=tag(own, "/cards/default"))
    assert made.status_code == 200, made.text
    told = made.json()
    assert told["version"] == tried["version"] != before["version"]
    assert made.headers["etag"] == tag(own, "/cards/default") == f'"{told["configuration"]}"'
    card = told["scorecard"]
    assert card["dimensions"]["product_usage"]["weight"] == 0.31 and card["tiers"]["lines"] == [35, 72]
    assert card["dimensions"]["product_usage"]["signals"]["habit"]["weight"] == 0.45
    assert card["dimensions"]["product_usage"]["signals"]["steady_weeks"]["weight"] == 0.2
    assert card["windows"]["velocity"] == 21 and list(card["dimensions"]["sentiment"]["signals"]) == ["survey_score"]
    # what makes the scores, what stands in the file and what is told are the same
    assert scored_with(own) == {told["version"]}
    assert own.live.project == written(own)
    action, subject, _, after = noted(own)
    assert (action, subject) == ("scorecard published", "scorecard:default")
    assert after == {"version": told["version"], "before": before["version"], "configuration": told["configuration"]}


def test_a_segment_gets_a_scorecard_other_accounts_and_loses_it(own: Site) -> None:
    everyone = cards(own)[0]["accounts"]
    body = {"name": "Large / ones", "where": {"segment": ["enterprise"]}, "base": "foresight"}
    made = ask(own, "POST", "/cards", body, If_Match=tag(own, "/cards/default"))
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["where"]) == (body["name"], body["where"])
    path = "/cards/Large%20%2F%20ones"
    many = [one["accounts"] for one in cards(own)]
    assert sum(many) == everyone and 0 < many[0] < everyone
    assert made.json()["version"] in scored_with(own)
    assert noted(own)[:2] == ("segment changed", "scorecard:Large / ones")
    where = {"segment": ["enterprise", "smb"]}
    changed = ask(own, "PUT", f"{path}/segment", {"where": where}, If_Match=made.headers["etag"])
    assert changed.status_code == 200 and changed.json()["where"] == where
    assert cards(own)[0]["accounts"] > many[0]
    again = ask(own, "POST", "/cards", body, If_Match="*")
    assert again.status_code == 409, again.text
    late = ask(own, "DELETE", path, If_Match=made.headers["etag"])
    assert late.status_code == 412 and "has changed since" in late.json()["detail"]
    gone = ask(own, "DELETE", path, If_Match=changed.headers["etag"])
    assert gone.status_code == 200, gone.text
    assert len(written(own).scorecards) == 1 and ask(own, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("PATCH", "/cards/default", {}, 422, "nothing differs"),
        ("PATCH", "/cards/default", {"dimensions": {"weather": 1}}, 422, "'weather'"),
        ("PATCH", "/cards/default", {"signals": {"product_usage.weather": 1}}, 422, "'weather'"),
        ("PATCH", "/cards/default", {"added": {"product_usage.weather": 1}}, 422, "weather"),
        ("PATCH", "/cards/default", {"removed": ["product_usage.weather"]}, 422, "'weather'"),
        ("PATCH", "/cards/default", {"lines": [80, 40]}, 422, "lines"),
        ("PATCH", "/cards/default", {"windows": {"velocity": 0}}, 422, "velocity"),
        ("PATCH", "/cards/nobody", {"lines": [30, 60]}, 404, "no scorecard"),
        ("POST", "/cards", {"name": "x", "where": {}}, 422, "where"),
        ("POST", "/cards", {"name": "x", "where": {"segment": []}}, 422, "segment"),
        ("POST", "/cards", {"name": "x", "where": {"seats": ["9"]}}, 422, "'seats'"),
        ("POST", "/cards", {"name": " x", "where": {"segment": ["smb"]}}, 422, "a name is"),
        ("POST", "/cards", {"name": "x", "where": {"segment": ["smb"]}, "base": "none"}, 422, "'none'"),
        ("POST", "/cards", {"name": "default", "where": {"segment": ["smb"]}}, 409, "another scorecard"),
        ("PUT", "/cards/default/segment", {"where": {"segment": ["smb"]}}, 422, "names nobody"),
        ("DELETE", "/cards/default", None, 422, "cannot be taken away"),
        ("DELETE", "/cards/nobody", None, 404, "no scorecard"),
    ],
)
def test_what_is_refused(site: Site, method: str, path: str, body: Any, status: int, told: str) -> None:
    before = (site.folder / FILE_NAME).read_bytes()
    answer = ask(site, method, path, body, If_Match="*")
    assert answer.status_code == status and told in answer.text, answer.text
    assert ask(site, method, path, body, "write", If_Match="*").status_code == 403
    if status != 422 or not isinstance(answer.json().get("errors"), list):
        assert ask(site, method, path, body).status_code == 428
    assert (site.folder / FILE_NAME).read_bytes() == before
