"""The numbers on the page are those of the material."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from reports.company import AS_OF, build
from reports.pages import Node, parse
from weatherglass.reports.material import AccountDetail, Card, Driver, Material, Mover
from weatherglass.reports.page import render
from weatherglass.reports.revenue import revenue_of

MINUS = "\N{MINUS SIGN}"


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", "").replace("$", "").rstrip("%"))


def rows(table: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in table.to_pylist()}


def test_head_says_workspace_day_and_counts(page: Node, material: Material) -> None:
    scores = material.today.column("score")
    head = page.all("header")[0].text
    assert page.one("h1").text == "Northwind Cloud"
    assert "As of 22 Nov 2026" in head
    assert f"{len(scores) - scores.null_count} accounts scored, {scores.null_count} unscored" in head
    assert "Generated 23 Nov 2026, 05:14 UTC" in head


def test_summary_is_one_sentence_with_the_lowest_tier_and_its_revenue(page: Node, material: Material) -> None:
    revenue, today = revenue_of(material.accounts), rows(material.today)
    red = [account for account, row in today.items() if row["tier_shown"] == "red"]
    held = sum(revenue[account] or 0 for account in red)
    text = page.one("p", class_="lede").text
    assert text.startswith(f"{len(red)} of 141 scored accounts are red and hold ${held / 1e6:.2f}M of ")
    assert not re.search(r"[.!?]\s", text)
    before = rows(material.earlier[28])
    rank = {tier: at for at, tier in enumerate(material.tiers)}
    pairs = [
        (rank[before[one]["tier_shown"]], rank[row["tier_shown"]])
        for one, row in today.items()
        if one in before and {row["tier_shown"], before[one]["tier_shown"]} <= set(rank)
    ]
    fell, rose = sum(new < old for old, new in pairs), sum(new > old for old, new in pairs)
    assert f"in 28 days {fell} fell a tier or more and {rose} rose" in text


def test_tiers_with_accounts_change_and_revenue(page: Node, material: Material) -> None:
    now = Counter(material.today.column("tier_shown").to_pylist())
    before = Counter(material.earlier[28].column("tier_shown").to_pylist())
    revenue, today = revenue_of(material.accounts), rows(material.today)
    lines = page.one("table", class_="tiers").one("tbody").all("tr")
    assert [line.one("th").text for line in lines] == ["Green", "Yellow", "Red", "Unscored"]
    for line in lines:
        tier = line.one("th").text.lower()
        cells = [cell.text for cell in line.all("td", class_="n")]
        assert number(cells[0]) == now[tier]
        assert number(cells[2]) == now[tier] - before[tier]
        amounts = [revenue[one] for one, row in today.items() if row["tier_shown"] == tier]
        known = sum(amount for amount in amounts if amount is not None)
        assert cells[3] in (f"${known / 1e6:.2f}M", f"${known / 1e3:.0f}k")
        assert cells[5] == (str(amounts.count(None)) if None in amounts else "\N{EN DASH}")
    without = sum(amount is None for amount in revenue.values())
    assert f"{without} accounts without ARR are counted as accounts" in page.one("section", id="tiers").text


def test_weeks_in_figures_are_the_trend(page: Node, material: Material) -> None:
    assert material.tier_trend is not None
    table = {(row["as_of"], row["tier_shown"]): row for row in material.tier_trend.to_pylist()}
    lines = page.one("table", class_="weeks").one("tbody").all("tr")
    assert len(lines) == 53
    last = [cell.text for cell in lines[0].all("td")]
    for at, tier in enumerate((*material.tiers, "unscored")):
        assert number(last[2 * at]) == table[AS_OF, tier]["accounts"]
        assert number(last[2 * at + 1]) == round(table[AS_OF, tier]["revenue"])


def test_columns_of_the_trend_are_as_high_as_their_week(page: Node, material: Material) -> None:
    assert material.tier_trend is not None
    chart = page.all("figure", class_="trend")[0]
    heights = sum(float(bar.attributes["height"]) for bar in chart.all("rect", class_="t0"))
    reds = [row["accounts"] for row in material.tier_trend.to_pylist() if row["tier_shown"] == "red"]
    assert heights == pytest.approx(168 * sum(reds) / 160, rel=1e-3)


def test_movers_down_and_up_with_their_drivers(page: Node, material: Material) -> None:
    down, up = page.all("ol", class_="moves")
    names = dict(zip(*(material.accounts.column(name).to_pylist() for name in ("account_id", "name")), strict=True))
    for column, movers in (
        (down, sorted(material.movers, key=lambda mover: mover.change)),
        (up, sorted(material.movers, key=lambda mover: -mover.change)),
    ):
        items = column.all("li")
        assert len(items) == 10
        for item, mover in zip(items, movers, strict=False):
            assert item.one("span", class_="name").text == names[mover.account_id]
            assert number(item.one("div", class_="points").text) == pytest.approx(mover.change, abs=0.05)
            assert mover.driver is not None
            driver = item.one("p", class_="because").one("strong").text
            assert driver.lower().startswith(mover.driver.signal.replace("_", " "))
            assert number(driver.rpartition(" ")[2]) == pytest.approx(mover.driver.points, abs=0.05)


def test_table_has_every_account_lowest_score_first(page: Node, material: Material) -> None:
    today, before = rows(material.today), rows(material.earlier[28])
    facts, revenue = rows(material.accounts), revenue_of(material.accounts)
    by_name = {row["name"]: account for account, row in facts.items()}
    lines = page.one("table", class_="roster").one("tbody").all("tr")
    assert len(lines) == material.today.num_rows
    seen = []
    for line in lines:
        account = by_name[line.one("th").text]
        row, cells = today[account], line.all("td")
        assert cells[0].one("span", class_="badge").text.lower() == row["tier_shown"]
        raw = cells[1].attributes["data-v"]
        assert (raw == "") == (row["score"] is None)
        if row["score"] is not None:
            assert float(raw) == row["score"]
            assert number(cells[1].text) == pytest.approx(row["score"], abs=0.051)
            seen.append(row["score"])
            was = before.get(account, {}).get("score")
            if was is not None:
                assert number(cells[2].text) == pytest.approx(row["score"] - was, abs=0.051)
        assert number(cells[3].text) == pytest.approx(100 * row["coverage"], abs=0.51)
        assert number(cells[4].text) == pytest.approx(100 * row["confidence"], abs=0.51)
        amount = revenue[account]
        assert cells[5].text == ("\N{EN DASH}" if amount is None else f"${amount:,.0f}")
        assert cells[6].attributes["data-v"] == facts[account]["renewal_date"].date().isoformat()
        assert cells[8].text == (facts[account]["owner"] or "\N{EN DASH}")
        assert cells[10].text.lower() == row["lifecycle"]
    assert seen == sorted(seen)
    assert len(seen) == 141


def test_closeups_add_up(page: Node, material: Material) -> None:
    today = rows(material.today)
    articles = page.all("article")
    assert len(articles) == len(material.worst) == 20
    for article, detail in zip(articles, material.worst, strict=True):
        score = today[detail.account_id]["score"]
        signals = [row for row in detail.signals.to_pylist() if row["weight"]]
        lines = article.one("table", class_="parts").one("tbody").all("tr", class_="signal")
        points = [number(line.one("td", class_="strong").text) for line in lines]
        assert len(points) == len(signals)
        assert points == pytest.approx([row["contribution"] for row in signals], abs=0.0051)
        total = article.one("tfoot").one("td", class_="strong").text
        assert number(total) == pytest.approx(score, abs=0.0051)
        # the staircase: each step begins where the one before ends, and the last ends at the score
        steps = [line.one("rect", class_="stair-step").attributes for line in lines]
        ends = [float(step["x"].rstrip("%")) + float(step["width"].rstrip("%")) for step in steps]
        starts = [float(step["x"].rstrip("%")) for step in steps]
        assert starts == pytest.approx([0.0, *ends[:-1]], abs=0.002)
        assert ends[-1] == pytest.approx(score, abs=0.002)
        assert len(article.all("svg", class_="spark")) == len(signals)
        assert [item.text for item in article.one("ul", class_="reasons").all("li")] == list(detail.sentences)


def test_closeups_tell_score_and_change_over_4_8_and_12_weeks(page: Node, material: Material) -> None:
    for article, detail in zip(page.all("article"), material.worst, strict=True):
        now, *spans = article.one("dl", class_="spans").all("div")
        assert number(now.one("dd").text) == pytest.approx(detail.scores[-1], abs=0.051)
        for span, days in zip(spans, (28, 56, 84), strict=True):
            was = detail.scores[-1 - days]
            text = span.all("dd")[0].text
            if np.isnan(was):
                assert text == "\N{EN DASH}"
            else:
                assert number(text) == pytest.approx(detail.scores[-1] - was, abs=0.051)


def test_signal_moves_and_moved_weights_add_up_to_the_change() -> None:
    """A signal that came in between moves weights; the lines still add up to the change."""

    def signals(scores: list[float], weights: list[float]) -> pa.Table:
        names = [("product_usage", "habit"), ("feature_adoption", "adoption"), ("support_signals", "volume")]
        return pa.table(
            {
                "dimension": [dimension for dimension, _ in names[: len(scores)]],
                "signal": [signal for _, signal in names[: len(scores)]],
                "score": scores,
                "weight": weights,
                "contribution": [score * weight for score, weight in zip(scores, weights, strict=True)],
            }
        )

    now, before = signals([40.0, 80.0, 10.0], [0.4, 0.4, 0.2]), signals([70.0, 60.0], [0.5, 0.5])
    base = build(accounts=1, unscored=0, worst=1)
    account = base.worst[0].account_id

    def day(table: pa.Table, score: float) -> pa.Table:
        return table.set_column(table.column_names.index("score"), "score", pa.array([score]))

    material = replace(
        base,
        today=day(base.today, 50.0),
        earlier={28: day(base.earlier[28], 65.0)},
        worst=(AccountDetail(account, np.array([65.0, 50.0]), ("yellow", "yellow"), now, before),),
        movers=(Mover(account, 65.0, 50.0, "yellow", "yellow", Driver("product_usage", "habit", -13.5)),),
    )
    article = parse(render(material)).one("article")
    lines = article.one("tbody").all("tr", class_="signal")
    moved = [number(line.all("td")[-1].text) for line in lines]
    assert moved == pytest.approx([-13.5, 9.0, 0.0, -10.5])
    assert "Moved weights" in lines[-1].text
    assert article.one("tfoot").all("td")[-1].text == f"{MINUS}15.00"


def test_a_change_of_card_is_marked_and_not_split() -> None:
    base = build(accounts=3, unscored=0, worst=1)
    detail, days = base.worst[0], len(base.worst[0].scores)
    was = pa.array(["0ld"] * base.earlier[28].num_rows)
    before = base.earlier[28].set_column(
        base.earlier[28].column_names.index("scorecard_version"), "scorecard_version", was
    )
    material = replace(
        base,
        earlier={28: before},
        worst=(replace(detail, versions=("0ld",) * (days - 10) + ("3f9c2a71",) * 10),),
        cards=(Card("default", "3f9c2a71", (45.0, 75.0)),),
    )
    article = parse(render(material)).one("article")
    mark = article.one("line", class_="card-line")
    assert float(mark.attributes["x1"].rstrip("%")) == pytest.approx(100 * 75 / 84, abs=0.01)
    assert "another scorecard or version was in use 28 days before" in article.text
    assert article.one("tfoot").all("td")[-1].text == "\N{EN DASH}"


def test_a_score_just_below_a_line_is_not_written_as_on_it() -> None:
    base = build(accounts=2, unscored=0, worst=0)
    scores = pa.array([74.96, 44.999])
    today = base.today.set_column(base.today.column_names.index("score"), "score", scores)
    lines = (
        parse(render(replace(base, today=today, movers=(), drivers={})))
        .one("table", class_="roster")
        .one("tbody")
        .all("tr")
    )
    assert [line.all("td")[1].text for line in lines] == ["44.999", "74.96"]
