"""Renewals on the page: the tier of the score beside a person's, kept, and who was right."""

from __future__ import annotations

import datetime as dt
import re

from pages.conftest import ME, Served
from weatherglass.jobs.views.explaining import last_day
from weatherglass.jobs.views.standing import Standing
from weatherglass.reports import wording


def text(served: Served, path: str, role: str = "csm") -> str:
    with served.client(role) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def ahead(served: Served, days: int) -> list[tuple[str, dt.date, str]]:
    """Account, day and shown tier of the renewals ahead of customers, in order."""
    day = served.live.read(last_day)
    query = "SELECT account_id, CAST(renewal_date AS DATE), tier_shown FROM ({}) WHERE CAST(renewal_date AS DATE) "
    return served.live.read(
        lambda store: store.engine.rows(
            query.format(Standing(store).relation(day))
            + "BETWEEN ? AND ? AND (ended IS NULL OR ended >= ?) ORDER BY 2, 1",
            [day, day + dt.timedelta(days=days), day + dt.timedelta(days=1)],
        )
    )


def test_those_ahead_are_all_there_the_soonest_first(served: Served) -> None:
    wanted = ahead(served, 365)
    page = text(served, "/renewals?whose=all&days=365")
    assert f"<strong>{wording.count(len(wanted), 'renewal')}</strong>" in page
    shown = re.findall(r'<div class="worth"><p><strong>([^<]+)</strong>', page)
    assert shown == [wording.day(day) for _, day, _ in wanted[:50]]
    assert len(re.findall(r"<div class=\"worth\">", text(served, "/renewals?whose=all&days=365&page=99"))) == (
        (len(wanted) - 1) % 50 + 1
    )
    for odd in ("days=x", "days=-1", "page=-1", "whose=team", "whose=owner&owner=nobody"):
        text(served, f"/renewals?{odd}")


def test_a_person_says_otherwise(served: Served) -> None:
    account, day, tier = ahead(served, 365)[0]
    other = "red" if tier != "red" else "green"
    given = {
        "id": account,
        "tier": other,
        "note": "They <b>asked</b> for the notice period",
        "whose": "all",
        "days": "365",
    }
    with served.client("csm") as client:
        answer = client.post("/renewals", data={"csrf": served.csrf("csm"), **given})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/renewals?whose=all&days=365&said=")
        wrong = client.post("/renewals", data={"csrf": served.csrf("csm"), **given, "tier": "violet"})
        assert wrong.status_code == 422 and "is no tier" in wrong.text
    page = text(served, "/renewals?whose=all&days=365")
    assert "1 on which the two differ" in page and "they differ" in page
    assert "They &lt;b&gt;asked&lt;/b&gt; for the notice period" in page and "csm@example.com" in page
    last = served.state.plays.opinions()[-1]
    assert (last.account_id, last.renewal_day, last.tier, last.computed_tier) == (account, day, other, tier)
    assert "Say how you see it" not in text(served, "/renewals?whose=all&days=365", "viewer")


def test_who_was_right_is_told(served: Served) -> None:
    query = "SELECT account_id, CAST(occurred_at AS DATE) FROM outcomes WHERE kind = 'churned' ORDER BY 2 DESC LIMIT 1"
    account, day = served.live.read(lambda store: store.engine.row(query))
    clock = served.state.plays._clock
    served.state.plays._clock = lambda: dt.datetime.combine(day - dt.timedelta(days=30), dt.time(9), dt.UTC)
    try:
        kept = {"account_id": account, "renewal_day": day, "tier": "red", "note": ""}
        served.state.plays.think(ME, {**kept, "computed_tier": "green", "computed_score": 81.0})
    finally:
        served.state.plays._clock = clock
    page = text(served, "/renewals?whose=all")
    row = page[page.index("Who was right") :]
    assert "Of 1 decided renewal on which they disagreed the person was right once, the score 0 times." in row
    assert "<td>Churned</td><td>The person</td>" in row and "81.0" in row
