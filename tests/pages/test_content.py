"""What pages say: figures that agree with the rest of the house, hostile names, odd addresses."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re

import pytest
from markupsafe import escape

from pages.conftest import HOSTILE, Served
from weatherglass.jobs.views.attention import attention
from weatherglass.jobs.views.choosing import EVERYONE
from weatherglass.jobs.views.explaining import explain, last_day
from weatherglass.jobs.views.portfolio import portfolio
from weatherglass.jobs.views.standing import Standing
from weatherglass.reports import wording
from weatherglass.state import Actor
from weatherglass.web.pages.pen import coming, plainly

ACCOUNT = "acc_0001"


def text(served: Served, path: str, role: str = "csm", **query: str) -> str:
    with served.client(role) as client:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text


def facts(page: str, kind: str) -> dict[str, object]:
    """The facts of the first chart of a kind."""
    for block in re.findall(r'<script type="application/json" class="chart-facts">(.*?)</script>', page, re.DOTALL):
        found: dict[str, object] = json.loads(block)
        if found["kind"] == kind:
            return found
    raise AssertionError(f"no {kind} on the page")


def test_today_is_in_the_order_of_its_formula(served: Served) -> None:
    day = served.live.read(last_day)
    found = served.live.read(lambda store: attention(Standing(store), size=100))
    assert found.as_of == day
    assert found.accounts == len(found.rows) > 5
    tops = [row["priority"] for row in found.rows]
    assert tops == sorted(tops, reverse=True)
    for row in found.rows:
        days = None if row["renewal_date"] is None else (row["renewal_date"].date() - day).days
        nearness = 2 - days / 90 if days is not None and 0 <= days <= 90 else 1.0
        revenue = row["revenue"] or found.median_revenue or 1
        assert row["priority"] == pytest.approx((100 - row["score"]) / 100 * revenue * nearness)
        assert row["tier"] != "green" or row["change"] <= -10
    page = text(served, "/", whose="all")
    shown = re.findall(r'<a class="account" href="/account\?id=([^"]+)">', page)
    assert len(shown) == min(20, found.accounts)
    assert shown[-1].replace("+", " ") in {row["account_id"] for row in found.rows[:20]} | {shown[-1]}


def test_customers_who_have_left_need_nobody(served: Served) -> None:
    gone = served.live.read(
        lambda store: store.engine.rows(
            "SELECT account_id FROM subscriptions GROUP BY 1 HAVING bool_and(ended_at IS NOT NULL AND ended_at < now())"
        )
    )
    found = served.live.read(lambda store: attention(Standing(store), size=200))
    assert gone
    assert not {account for (account,) in gone} & {row["account_id"] for row in found.rows}


def test_the_waterfall_adds_up(served: Served) -> None:
    day = served.live.read(last_day)
    since = day - dt.timedelta(days=60)
    page = text(served, "/account/change", id=ACCOUNT, since=str(since), as_of=str(day))
    points = [float(one) for one in re.findall(r'data-points="([^"]+)"', page)]
    explained = served.live.read(lambda store: explain(store, ACCOUNT, day, since))
    assert explained.versus is not None
    assert points[0] == pytest.approx(explained.versus.before.score)
    assert points[-1] == pytest.approx(explained.day.score)
    assert points[0] + sum(points[1:-1]) == pytest.approx(points[-1], abs=0.02)


def test_contributions_add_up_to_the_score(served: Served) -> None:
    page = text(served, "/account/score", id=ACCOUNT)
    shares = [float(one) for one in re.findall(r"% = ([0-9.]+)</span>", page)]
    explained = served.live.read(lambda store: explain(store, ACCOUNT))
    assert explained.day.score is not None
    assert sum(shares) == pytest.approx(explained.day.score, abs=0.1)
    assert f"Contributions add up to {explained.day.score:.2f}" in page


def test_who_does_well_is_not_at_risk(served: Served) -> None:
    def at_risk(**query: str) -> str:
        page = text(served, "/report", **query)
        return page[page.index("Most revenue at risk") :].partition("</table>")[0]

    assert "Yellow" in at_risk() and "Green" not in at_risk()
    assert "Green" in at_risk(tier="green")


@pytest.mark.parametrize("account", list(HOSTILE))
def test_hostile_names_are_only_names(served: Served, account: str) -> None:
    page = text(served, "/account", id=account)
    lists = [
        text(served, "/portfolio", sort="revenue"),
        text(served, "/", whose="all"),
        text(served, "/report"),
        text(served, "/cohorts"),
    ]
    for one in (page, *lists):
        assert "<script>document" not in one
        assert "<img src=x" not in one
        assert "<svg/onload" not in one
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", one)
        assert len(one) < 400_000
    assert str(escape(account)) in page


def test_every_hostile_account_can_be_reached_from_the_list(served: Served) -> None:
    with served.client("viewer") as client:
        page = client.get("/portfolio?sort=revenue&order=desc").text
        links = re.findall(r'<a class="account" href="(/account\?[^"]+)">', page)[: len(HOSTILE)]
        assert len(links) == len(HOSTILE)
        for link in links:
            assert client.get(html.unescape(link)).status_code == 200, link


def test_csv_has_everyone_and_no_formula(served: Served) -> None:
    rows = list(csv.DictReader(io.StringIO(text(served, "/portfolio.csv"))))
    in_all = served.live.newest.table().num_rows
    assert len(rows) == in_all
    for row in rows:
        assert not any(row[name].startswith(("=", "+", "@")) for name in ("account_id", "name", "owner"))
    assert "'=1+1" in {row["name"] for row in rows}
    red = list(csv.DictReader(io.StringIO(text(served, "/portfolio.csv", tier="red"))))
    assert {row["tier_shown"] for row in red} == {"red"}


def test_the_list_is_sorted_filtered_and_paged_by_its_address(served: Served) -> None:
    seen: list[str] = []
    path = "/portfolio?sort=account_id&order=asc"
    with served.client("viewer") as client:
        while path:
            part = client.get(path, headers={"HX-Request": "true"}).text
            assert "<html" not in part
            seen += re.findall(r'<a class="account" href="/account\?id=([^"]+)">', part)
            following = re.search(r'rel="next" href="([^"]+)"', part)
            path = html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == served.live.newest.table().num_rows
    page = text(served, "/portfolio", tier="red", column="owner", sort="score")
    assert "Owner" in page
    assert set(
        re.findall(r'<span class="badge (t\d|tx)">', page.split('<div id="accounts"')[1].split("</table>")[0])
    ) <= {"t0"}


@pytest.mark.parametrize(
    "query",
    [
        "tier=nothing",
        "score_from=abc",
        "renewal_from=yesterday",
        "sort=nothing&order=up",
        "cursor=abc",
        "cursor=WzEsMiwzXQ",
        "column=nothing",
        "text=%00%27%22%3Cscript%3E",
        "dimension=nothing",
        "seats_from=-5",
        "owner=" + "x" * 5000,
    ],
)
def test_odd_addresses_are_answered(served: Served, query: str) -> None:
    with served.client("viewer") as client:
        answer = client.get(f"/portfolio?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/account?id=nobody", 404),
        ("/account", 404),
        ("/account/change?id=acc_0001", 200),
        ("/account/change?id=acc_0001&since=2001-01-01&as_of=2002-01-01", 200),
        ("/account/change?id=nobody&since=2026-01-01&as_of=2026-02-01", 200),
        ("/account/sql?dimension=../../etc/passwd", 404),
        ("/report?as_of=never", 200),
        ("/report?as_of=2090-01-01", 404),
        ("/report?versus=2030-01-01&as_of=2026-01-01", 200),
        ("/cohorts?by=password", 200),
        ("/scorecard?version=nothing", 200),
        ("/scorecard?card=nothing", 200),
        ("/?page=-5&whose=owner&owner=nobody", 200),
        ("/?page=999999999999", 200),
        ("/static/../../../etc/passwd", 404),
        ("/static/app.css%00", 404),
        ("/nothing", 404),
    ],
)
def test_what_is_not_there_is_said(served: Served, path: str, status: int) -> None:
    with served.client("csm") as client:
        answer = client.get(path)
    assert answer.status_code == status, answer.text[:300]
    assert "Traceback" not in answer.text


def test_an_override_shows_at_once_and_ends_at_once(served: Served) -> None:
    csrf = served.csrf("csm")
    account = "acc_0003"
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=20)).isoformat()
    told = {"csrf": csrf, "id": account, "tier": "green", "reason": "They told me <b>why</b>", "until": until}
    with served.client("csm") as client:
        for wrong in ({"tier": "blue"}, {"reason": ""}, {"until": "2020-01-01"}, {"until": "soon"}):
            assert client.post("/account/override", data={**told, **wrong}).status_code == 422, wrong
        before = client.get("/account", params={"id": account}).text
        assert "The tier follows the score" in before
        done = client.post("/account/override", data=told)
        assert done.status_code == 303, done.text[:400]
        page = client.get(done.headers["location"]).text
        assert "Shown as green until" in page
        assert "They told me &lt;b&gt;why&lt;/b&gt;" in page
        assert 'class="held"' in page
        assert 'class="held"' in client.get("/portfolio?overridden=true").text
        number = re.search(r'name="override" value="(\d+)"', page)
        assert number
        client.post("/account/override/end", data={"csrf": csrf, "override": number[1]})
        assert "The tier follows the score" in client.get("/account", params={"id": account}).text
        assert "No account fits" in client.get("/portfolio?overridden=true").text


def test_pages_are_kept_by_nobody_and_files_by_everyone(served: Served) -> None:
    with served.client("viewer") as client:
        page = client.get("/").text
        style = re.search(r'href="(/static/app\.css\?v=[0-9a-f]+)"', page)
        assert style
        kept = client.get(style[1])
        assert "immutable" in kept.headers["cache-control"]
        assert kept.headers["content-encoding"] == "gzip"
        assert "immutable" not in client.get("/static/app.css?v=other").headers["cache-control"]
        assert client.get("/static/tiers-3.css").status_code == 200
        assert client.get("/static/tiers-99.css").status_code == 404


def test_an_account_of_its_own_is_no_error(served: Served) -> None:
    page = text(served, "/account", id="formula")
    assert "=1+1" in page
    assert facts(page, "trajectory")["days"]


def test_views_are_saved_shown_and_taken_away(served: Served) -> None:
    def send(role: str, path: str, **data: str) -> int:
        with served.client(role) as client:
            return client.post(path, data={"csrf": served.csrf(role), **data}).status_code

    given = "tier=red&sort=revenue&order=asc&column=score&column=owner&nonsense=1&cursor=x"
    assert send("viewer", "/portfolio/views", name="<i>mine", query=given) == 303
    assert send("viewer", "/portfolio/views", name="All's", query="tier=red", shared="yes") == 422
    assert send("csm", "/portfolio/views", name="Team", query="segment=smb", shared="yes") == 303
    assert send("csm", "/portfolio/views", name="Bad", query="score_from=high") == 422
    kept = "tier=red&sort=revenue&order=asc&column=score&column=owner"
    mine, theirs = text(served, "/portfolio", "viewer"), text(served, "/portfolio", "admin")
    assert f'href="/portfolio?{escape(kept)}"' in mine and "&lt;i&gt;mine" in mine and "mine" not in theirs
    assert 'href="/portfolio?segment=smb"' in mine and 'href="/portfolio?segment=smb"' in theirs
    with served.client("viewer") as client:
        shown = client.get(f"/portfolio?{kept}").text
    assert f'href="/portfolio?{escape(kept)}" aria-current="true"' in shown
    views = {one.name: one.id for one in served.state.views.of(_actor(served, "viewer"))}
    assert send("csm", "/portfolio/views/delete", view=str(views["<i>mine"])) == 404
    assert send("viewer", "/portfolio/views/delete", view=str(views["<i>mine"])) == 303
    assert send("admin", "/portfolio/views/delete", view=str(views["Team"])) == 303
    assert "segment=smb" not in text(served, "/portfolio", "viewer")


def _actor(served: Served, role: str) -> Actor:
    found = served.state.sessions.of(served.cookies[role]["weatherglass_session"])
    assert found is not None
    return found.actor


def test_the_flow_between_two_days_counts_every_account_once(served: Served) -> None:
    day = served.live.read(last_day)
    for back in (7, 60):
        since = day - dt.timedelta(days=back)
        page = text(served, "/portfolio/flow", since=str(since), until=str(day))
        shown = [int(one) for one in re.findall(r"<td(?: class=\"same\")?>(\d+)<br>", page)]
        assert sorted(shown) == _flows(served, day, since)
        assert sum(shown) == _both(served, day, since)
    assert "the earlier one first" in text(served, "/portfolio/flow", since=str(day), until=str(day))
    assert "not scored yet" in text(served, "/portfolio/flow", since=str(day), until="2099-01-01")
    assert "No account has a row" in text(served, "/portfolio/flow", since="1995-01-01", until=str(day))


def _flows(served: Served, day: dt.date, since: dt.date) -> list[int]:
    now = served.live.read(lambda store: portfolio(Standing(store), EVERYONE, day, since))
    return sorted(row["accounts"] for row in now.flows)


def _both(served: Served, day: dt.date, since: dt.date) -> int:
    days = [(one - dt.date(1970, 1, 1)).days for one in (day, since)]
    query = 'SELECT count(*) FROM (SELECT account FROM scores WHERE "day" IN (?, ?) GROUP BY 1 HAVING count(*) = 2)'
    return int(served.live.read(lambda store: store.engine.row(query, days)[0]))


def test_a_filter_of_a_dimension_has_two_ends(served: Served) -> None:
    page = text(served, "/portfolio", dimension="product_usage", dimension_from="20", dimension_below="60")
    rows = served.live.read(
        lambda store: store.engine.row(
            "SELECT count(*) FROM (" + Standing(store).relation(last_day(store)) + ") "
            "WHERE dim_product_usage >= 20 AND dim_product_usage < 60"
        )
    )
    assert f"<strong>{rows[0]} account" in page


def test_customers_who_have_left_are_told_from_the_others(served: Served) -> None:
    day = served.live.read(last_day)
    rows = served.live.read(
        lambda store: store.engine.rows(
            "SELECT s.account_id, max(c.ended_at)::DATE FROM (" + Standing(store).relation(day) + ") AS s "
            "INNER JOIN subscriptions AS c ON c.account_id = s.account_id GROUP BY 1 "
            "HAVING bool_and(c.ended_at IS NOT NULL)"
        )
    )
    gone = {account: ended for account, ended in rows if ended <= day}
    everyone = served.live.read(
        lambda store: store.engine.row(f"SELECT count(*) FROM ({Standing(store).relation(day)})")
    )
    total = int(everyone[0])
    assert 0 < len(gone) < total
    lately = sum(ended > day - dt.timedelta(days=28) for ended in gone.values())
    assert f"<strong>{len(gone)} account" in text(served, "/portfolio", left="true")
    assert f"<strong>{total - len(gone)} account" in text(served, "/portfolio", left="false")
    assert "Tiers over half a year" in text(served, "/portfolio/overview", left="false")
    assert f'{len(gone)} <a href="/portfolio?left=true">have left</a>' in text(served, "/portfolio/overview")
    report = text(served, "/report")
    assert f'<dt>Accounts</dt><dd><span class="big">{total - len(gone)}</span>' in report
    assert f'<dt>Have left</dt><dd><span class="big">{lately}</span>' in report
    account, ended = next(iter(sorted(gone.items())))
    assert f"its last contract ended on {wording.day(ended)}" in text(served, "/account", id=account)
    assert "its last contract ended" not in text(served, "/account", id=ACCOUNT)


def test_an_address_that_no_page_has_is_answered_with_a_page(served: Served) -> None:
    for role in ("viewer", None):
        with served.client(role) as client:
            client.headers["accept"] = "text/html,*/*;q=0.8"
            missing, form = client.get("/nowhere"), client.get("/today/decide")
            assert missing.status_code == 404 and "There is no page at this address." in missing.text
            assert form.status_code == 405 and "open the form&#39;s page again" in form.text
            assert ("Sign out" in missing.text) == (role is not None)
            assert "default-src 'none'; script-src 'self'" in missing.headers["content-security-policy"]
            client.headers["accept"] = "*/*"
            assert client.get("/nowhere").text == "Not Found"
            assert client.get("/api/v1/nowhere").headers["content-type"].startswith("application/problem+json")


def test_days_are_counted_from_today(served: Served) -> None:
    """The scores are of yesterday: what renews on the day after them renews today."""
    assert [coming(days) for days in (-2, -1, 0, 1, 2, 1200)] == [
        *("2 days ago", "yesterday", "today", "tomorrow", "in 2 days", "in 1,200 days")
    ]
    page, today = text(served, "/", whose="all"), dt.datetime.now(dt.UTC).date()
    found = served.live.read(lambda store: attention(Standing(store), size=20))
    left = [row["renewal_date"] for row in found.rows if row["renewal_date"] is not None]
    shown = re.findall(r"<p class=\"quiet\">(?:renews|renewal was) ([^<]+)</p>", page)
    days = [one.date() if isinstance(one, dt.datetime) else one for one in left]
    assert shown == [coming((one - today).days) for one in days]


def test_what_jobs_told_reads_as_on_the_other_pages() -> None:
    told: tuple[object, ...] = ([], {}, 96856, "2026-11-22", ["a", 2000], {"kept": 3}, True, "snapshot.duckdb")
    assert [plainly(one) for one in told] == [*("", "", "96,856"), "22 Nov 2026", "a, 2,000", "kept 3", "yes", told[-1]]


def test_the_portfolio_says_how_much_is_at_risk_and_how_it_is_ordered(served: Served) -> None:
    day = served.live.read(last_day)
    query = "SELECT sum(revenue) FROM ({}) WHERE tier_shown IN ('red', 'yellow')"
    risky = served.live.read(lambda store: store.engine.row(query.format(Standing(store).relation(day)))[0])
    figures = text(served, "/portfolio/overview")
    assert f'<dt>Revenue at risk</dt><dd><span class="big">{wording.money_short(risky)}</span>' in figures
    assert "the most at risk (revenue times what the score lacks) first" in text(served, "/portfolio")
    assert ", ordered by Seats" in text(served, "/portfolio", sort="seats")
