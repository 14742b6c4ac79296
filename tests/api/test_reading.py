"""What the API says is what the Python API and the command line say, page by page and with overrides."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from urllib.parse import quote

import httpx2
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from api.conftest import ACCOUNTS, Site
from weatherglass.config.scaling import Scaling
from weatherglass.jobs.project.publishing import Exchange
from weatherglass.jobs.project.what_if import changed
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.scores.rows import score_rows


def rows_of(site: Site, day: dt.date) -> dict[str, dict[str, Any]]:
    """The rows of a finished day, at full precision, by account."""

    def read(store: Any) -> list[dict[str, Any]]:
        tables = [score_rows(one.result, one.whose, one.days_between(day, day)) for one in evaluate(store, day, day)]
        return [row for table in tables for row in table.to_pylist()]

    return {row["account_id"]: row for row in site.live.read(read)}


def yesterday() -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


def everything(site: Site, **query: Any) -> list[dict[str, Any]]:
    """All pages of the list of accounts."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page: Any = site.get("/accounts", **query, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            assert page["total"] == len(found)
            return found


def test_the_list_says_what_the_history_says(site: Site) -> None:
    expected = rows_of(site, yesterday())
    found = everything(site, as_of=str(yesterday()))
    assert [one["account_id"] for one in found] == sorted(expected)
    for one in found:
        row, score = expected[one["account_id"]], one["score"]
        assert score["score"] == (None if row["score"] is None else pytest.approx(row["score"], abs=0.00501))
        named = ("tier", "tier_shown", "grade", "lifecycle", "scorecard_version")
        assert {name: score[name] for name in named} == {name: row[name] for name in named}


@pytest.mark.parametrize("sort", ["account_id", "name", "score", "tier", "revenue", "renewal_date", "risk", "change"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_cut_nothing_and_double_nothing(site: Site, sort: str, order: str) -> None:
    earlier = str(yesterday() - dt.timedelta(days=28))
    whole = everything(site, sort=sort, order=order, limit=500, versus=earlier)
    assert everything(site, sort=sort, order=order, limit=5, versus=earlier) == whole
    assert len({one["account_id"] for one in whole}) == len(whole) == ACCOUNTS


def test_sorting_puts_nothing_last(site: Site) -> None:
    for order, sign in (("asc", 1), ("desc", -1)):
        scores = [one["score"]["score"] for one in everything(site, sort="score", order=order)]
        there = [sign * score for score in scores if score is not None]
        assert there == sorted(there) and None not in scores[: len(there)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"tier": ["red", "yellow"]}, lambda one: one["score"]["tier_shown"] in {"red", "yellow"}),
        ({"segment": "smb"}, lambda one: one["attributes"]["segment"] == "smb"),
        ({"score_below": 60, "score_from": 20}, lambda one: 20 <= (one["score"]["score"] or -1) < 60),
        ({"text": "ACC_000"}, lambda one: "acc_000" in one["account_id"]),
        ({"revenue_from": 1000}, lambda one: (one["revenue"] or 0) >= 1000),
        (
            {"dimension": "product_usage", "dimension_below": 70},
            lambda one: (one["score"]["dimensions"]["product_usage"] or 99) < 70,
        ),
        ({"text": "' OR 1=1 --"}, lambda one: False),
        ({"owner": "nobody at all"}, lambda one: False),
    ],
)
def test_choosing(site: Site, query: dict[str, Any], kept: Any) -> None:
    assert everything(site, **query) == [one for one in everything(site) if kept(one)]


@pytest.mark.parametrize("cursor", ["x", "", "W10", "WzEsMiwzXQ", "bnVsbA", "____", "[1]"])
def test_a_made_up_cursor_is_refused(site: Site, cursor: str) -> None:
    answer = site.client.get("/api/v1/accounts", params={"cursor": cursor}, headers=site.headers())
    assert answer.status_code == 422


def test_the_portfolio_adds_up(site: Site) -> None:
    rows = everything(site, versus=str(yesterday() - dt.timedelta(days=27)))
    found: Any = site.get("/portfolio", versus=str(yesterday() - dt.timedelta(days=27)))
    assert found["accounts"] == len(rows) == sum(one["accounts"] for one in found["tiers"])
    assert found["revenue"] == pytest.approx(sum(one["revenue"] or 0 for one in rows))
    for tier in found["tiers"]:
        assert tier["accounts"] == sum(one["score"]["tier_shown"] == tier["tier"] for one in rows)
    assert sum(one["accounts"] for one in found["flows"]) == sum(one["tier_before"] is not None for one in rows)
    changes = [one["change"] for one in rows if one["change"] is not None]
    assert found["risers"][0]["change"] == max(changes) and found["fallers"][0]["change"] == min(changes)
    trend: Any = site.get("/portfolio/trend", points=3, every=7)
    assert len({one["day"] for one in trend["days"]}) == 3
    segments: Any = site.get("/segments", by="plan")
    assert sum(one["accounts"] for one in segments["segments"]) == len(rows)


def test_an_explanation_adds_up_to_the_score(site: Site) -> None:
    for account, row in rows_of(site, yesterday()).items():
        found: Any = site.get(f"/accounts/{account}/explanation", as_of=str(yesterday()))
        assert found["score"]["score"] == row["score"]
        if row["score"] is not None:
            total = sum(line["contribution"] or 0 for line in found["signals"])
            assert total == pytest.approx(row["score"], abs=1e-9)


def test_a_change_is_split_into_lines_that_add_up(site: Site) -> None:
    since = yesterday() - dt.timedelta(days=28)
    for account in list(rows_of(site, yesterday()))[:6]:
        found: Any = site.get(f"/accounts/{account}/change", since=str(since), as_of=str(yesterday()))
        if found["change"] is not None:
            lines = [*(one["points"] for one in found["moves"]), found["weights"], found["scorecard"] or 0.0]
            assert sum(lines) == pytest.approx(found["change"], abs=1e-9)


def test_one_account_and_its_history(site: Site) -> None:
    account: Any = site.get("/accounts/acc_0001")
    history: Any = site.get("/accounts/acc_0001/scores")
    assert account["score"] == {name: value for name, value in history["days"][-1].items() if name != "as_of"}
    days = [dt.date.fromisoformat(one["as_of"]) for one in history["days"]]
    assert days == [days[0] + dt.timedelta(days=place) for place in range(len(days))]
    assert days[-1] == yesterday() + dt.timedelta(days=1), "the open day is there, too"
    signals: Any = site.get("/accounts/acc_0001/signals", since=str(days[-4]), as_of=str(days[-2]), signal="velocity")
    assert [one["as_of"] for one in signals["signals"]] == [str(day) for day in days[-4:-1]]


@pytest.mark.parametrize("path", ["", "/scores", "/explanation", "/signals", "/overrides", "/change?since=2026-01-01"])
@pytest.mark.parametrize("account", ["nobody", "a/b", "x\ny", "%", "💥"])
def test_nobody_is_not_found(site: Site, path: str, account: str) -> None:
    answer = site.client.get(f"/api/v1/accounts/{quote(account, safe='')}{path}", headers=site.headers())
    assert (answer.status_code == 404 and "nobody" not in account) or account in answer.json()["detail"]


def test_an_override_is_shown_and_nothing_else_moves(own: Site) -> None:
    before = {one["account_id"]: one["score"] for one in everything(own)}
    mine = next(account for account, score in before.items() if score["tier_shown"] == "green")
    today = yesterday() + dt.timedelta(days=1)
    body = {"tier": "red", "reason": "they told me", "last_day": str(today + dt.timedelta(days=30))}
    path = f"/api/v1/accounts/{mine}/overrides"
    made = own.client.post(path, json=body, headers=own.headers("write"))
    assert made.status_code == 201 and made.json()["first_day"] == str(today) and made.json()["author"] == "test write"
    after = {one["account_id"]: one["score"] for one in everything(own)}
    assert after.pop(mine) == {**before.pop(mine), "tier_shown": "red", "override": made.json()["id"]}
    assert after == before
    assert [one["account_id"] for one in everything(own, overridden=True)] == [mine]
    history: Any = own.get(f"/accounts/{mine}/scores")
    assert [one["override"] for one in history["days"]][-2:] == [None, made.json()["id"]]
    csv = own.client.get("/api/v1/exports/scores", headers=own.headers())
    shown = {row["account_id"]: row for row in pa_csv.read_csv(io.BytesIO(csv.content)).to_pylist()}
    assert shown[mine]["tier"] == "green" and shown[mine]["tier_shown"] == "red"
    ended = own.client.delete(f"/api/v1/overrides/{made.json()['id']}", headers=own.headers("write"))
    assert ended.status_code == 200
    again: Any = own.get(f"/accounts/{mine}")
    assert again["score"]["override"] is None and again["score"]["tier_shown"] == "green"
    for wrong in ({**body, "tier": "purple"}, {**body, "reason": " "}, {**body, "last_day": "2020-01-01"}):
        assert own.client.post(path, json=wrong, headers=own.headers("write")).status_code == 422


def test_exports_hold_the_same_rows_in_each_form(site: Site) -> None:
    query = {"since": str(yesterday() - dt.timedelta(days=2)), "as_of": str(yesterday())}
    files = {
        form: site.client.get("/api/v1/exports/scores", params={**query, "format": form}, headers=site.headers())
        for form in ("csv", "parquet", "arrow")
    }
    parquet = pq.read_table(io.BytesIO(files["parquet"].content))
    assert parquet.num_rows == 3 * ACCOUNTS
    assert pa.ipc.open_stream(files["arrow"].content).read_all() == parquet
    assert pa_csv.read_csv(io.BytesIO(files["csv"].content)).num_rows == parquet.num_rows
    expected = rows_of(site, yesterday())
    for row in parquet.to_pylist():
        if row["as_of"] == yesterday():
            assert row == expected[row["account_id"]]
    signals = site.client.get("/api/v1/exports/signals", params={"format": "parquet"}, headers=site.headers())
    assert pq.read_table(io.BytesIO(signals.content)).num_rows >= 0
    red = site.client.get("/api/v1/exports/accounts", params={"tier": "red"}, headers=site.headers())
    assert red.content.count(b"\n") == 1 + len(everything(site, tier="red"))


def test_what_if_nothing_changes_nothing_moves(site: Site) -> None:
    asked = {"as_of": str(yesterday())}
    same = site.client.post("/api/v1/what-if", json=asked, headers=site.headers("read")).json()
    assert same["tiers"] == same["tiers_then"] and same["moved"] == [] and same["mean_change"] == 0
    body = {**asked, "dimensions": {"product_usage": 1, "engagement_trends": 0}, "lines": [30, 60]}
    other = site.client.post("/api/v1/what-if", json=body, headers=site.headers("read")).json()
    assert other["version"] != same["version"] and sum(one["accounts"] for one in other["flows"]) == ACCOUNTS
    for wrong in ({"dimensions": {"nothing": 1}}, {"lines": [60, 30]}, {"scorecard": "none"}, {"signals": {"a.b": 1}}):
        assert site.client.post("/api/v1/what-if", json=wrong, headers=site.headers()).status_code == 422


def test_what_if_takes_signals_scalings_directions_and_windows(site: Site) -> None:
    def asked(**body: object) -> httpx2.Response:
        body["as_of"] = str(yesterday())
        return site.client.post("/api/v1/what-if", json=body, headers=site.headers("read"))

    habit, weeks = "product_usage.habit", "product_usage.steady_weeks"
    same = asked().json()["version"]
    more = asked(scalings={habit: {"range": [0, 12]}}).json()
    less = asked(scalings={habit: {"range": [12, 0]}}).json()
    assert len({same, more["version"], less["version"]}) == 3 and more["mean_change"] != less["mean_change"]
    tried: tuple[dict[str, object], ...] = (
        {"scalings": {habit: {"steps": {"0": 10, "5.5": 60}}}},
        {"scalings": {habit: {"percentile": "plan"}}},
        {"scalings": {"product_usage.depth": "median_grace"}},
        {"windows": {"velocity": 14, "grace": 0.7}},
        {"added": {weeks: 1}},
        {"added": {weeks: 1}, "scalings": {weeks: {"range": [0, 4]}}},
        {"removed": [habit]},
    )
    versions = {asked(**body).json()["version"] for body in tried}
    assert len(versions) == len(tried) and same not in versions
    project = site.live.project
    other = changed(project, "default", {}, {}, None, Exchange({weeks: 1.0}, (), {weeks: Scaling(kind="own")}))
    assert asked(added={weeks: 1}).json()["version"] == other.version(other.scorecards[0])
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"scalings": {habit: "peak"}}, "peak is for"),
        ({"scalings": {habit: {"range": [1, 1]}}}, "range takes two different"),
        ({"scalings": {habit: {"percentile": "arr"}}}, "unknown account column"),
        ({"scalings": {"product_usage.none": "own"}}, "has no 'none'"),
        ({"windows": {"velocity": 0}}, "at least 1"),
        ({"windows": {"velo": 9}}, "did you mean velocity"),
        ({"added": {habit: 1}}, "has 'product_usage.habit' already"),
        ({"added": {"product_usage.none": 1}}, "unknown signal"),
        ({"removed": ["nothing"]}, "has no 'nothing'"),
        ({"removed": [habit], "scalings": {habit: {"range": [0, 1]}}}, "taken out"),
        ({"removed": ["feature_adoption.adoption"]}, "none of its signals has"),
    )
    for body, told in wrong:
        answer = asked(**body)
        assert answer.status_code == 422 and told in answer.text, (body, answer.text)


def test_what_is_known_already_is_not_sent_again(site: Site) -> None:
    first = site.client.get("/api/v1/accounts/acc_0001", headers=site.headers())
    tag = first.headers["etag"]
    again = site.client.get("/api/v1/accounts/acc_0001", headers={**site.headers(), "If-None-Match": f'"x", W/{tag}'})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    other = site.client.get("/api/v1/accounts/acc_0001", headers={**site.headers(), "If-None-Match": '"x"'})
    assert other.status_code == 200
