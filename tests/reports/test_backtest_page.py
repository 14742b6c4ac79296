"""The page of a backtest: what it says, what it draws, and how it looks in a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from outcomes.panels import made_up
from playwright.sync_api import Browser

from reports.pages import Node, parse
from reports.test_browser import opened
from weatherglass.outcomes.backtest import backtest
from weatherglass.outcomes.findings import Findings
from weatherglass.reports import wording
from weatherglass.reports.backtest import POLICY, charts, render_backtest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rendered(found: Findings, name: str = "Acme") -> str:
    return render_backtest(found, name, NOW, "Europe/Berlin")


@pytest.fixture(scope="module")
def found() -> Findings:
    return backtest(made_up(accounts=300))


@pytest.fixture(scope="module")
def html(found: Findings) -> str:
    return rendered(found)


@pytest.fixture(scope="module")
def page(html: str) -> Node:
    return parse(html)


def test_it_says_what_was_found(page: Node, found: Findings) -> None:
    assert page.one("p", class_="lede").text == f"{found.main.verdict}."
    assert "Generated 1 Mar 2026, 13:00 CET." in page.text
    for line in found.said[1:]:
        assert line in page.text
    auc = found.main.score.measures["auc"]
    figure = page.one("dl", class_="figures").all("div")[0]
    assert f"ROC AUC {auc.value:.2f} {auc.low:.2f} to {auc.high:.2f}" in figure.text
    for days in (30, 60, 90):
        assert f"{days} days ahead" in page.text


def test_it_draws_the_four_pictures(page: Node, found: Findings) -> None:
    titles = [caption.text for caption in page.all("figcaption")]
    assert titles == [
        "Churn caught, 90 days ahead",
        "Reliability",
        "Days in red before an account was gone",
        "Stability of the ROC AUC",
    ]
    capture, reliability, lead, stability = charts(found)
    assert [trace.name for trace in capture.legend] == ["by chance", *(one.ranker for one in found.captures)]
    assert found.main.reliability is not None
    assert len(reliability.dots) == len(found.main.reliability.rows)
    assert len(lead.columns) == 14
    assert len(stability.whiskers) == len(found.periods)


def test_points_stand_where_their_numbers_say(found: Findings) -> None:
    capture, reliability, lead, stability = charts(found)
    path = capture.traces[1].path.removeprefix("M").split("L")
    x, y = map(float, path[10].split())
    assert x == pytest.approx(20.0)
    assert y == pytest.approx(100 - 100 * found.captures[0].caught[10], abs=0.01)
    period = found.periods[0].measures["auc"]
    assert stability.whiskers[0].top == pytest.approx(200 * (1 - period.high))
    assert stability.whiskers[0].bottom == pytest.approx(200 * (1 - period.low))
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 200 for dot in reliability.dots)
    assert all(0 <= column.height <= 200 and column.y + column.height == pytest.approx(200) for column in lead.columns)


def test_with_few_churns_no_single_number_is_shown() -> None:
    few = backtest(made_up(accounts=40, rate=0.012))
    assert few.main.counts.few
    page = parse(rendered(few))
    assert page.one("dl", class_="figures").all("div")[0].one("dd", class_="big").text == wording.NONE
    first = page.all("table", class_="measures")[0].all("td", class_="n")[0]
    assert first.text == first.one("span", class_="interval").text
    assert [chart.title for chart in charts(few)] in ([], ["Stability of the ROC AUC"])


def test_nothing_to_show_is_shown_as_nothing() -> None:
    panel = made_up(accounts=10, rate=1e-9)
    page = parse(rendered(backtest(panel.where(panel.day < 0))))
    assert "No account was eligible on any snapshot day." in page.text
    assert "nan" not in page.text.lower().replace("finance", "")
    assert page.all("figure") == []


def test_names_are_text(found: Findings) -> None:
    evil = "<script>alert(1)</script>"
    group = replace(found.segments[0], name=evil)
    html = rendered(replace(found, segments=(group,)), evil)
    assert "<script" not in html
    page = parse(html)
    assert page.one("h1").text == evil
    policies = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
    assert policies == [POLICY]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_it_fits(browser: Browser, html: str, tmp_path: Path, width: int, theme: Any) -> None:
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    with opened(browser, file, width, color_scheme=theme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            """width => [...document.querySelectorAll("main *, header *")].filter((node) => {
                const box = node.getBoundingClientRect();
                return box.width && box.right > width + 1 && !node.closest(".scroll") && !node.closest("svg");
            }).map((node) => node.outerHTML.slice(0, 80))""",
            width,
        )
        assert wide == []
        if width == 1280:
            tops = page.locator(".charts figure").evaluate_all(
                "all => all.map((one) => one.getBoundingClientRect().top)"
            )
            assert tops[0] == tops[1] and tops[2] == tops[3] > tops[0], "two beside each other"
        line = page.locator(".of-score").first.evaluate("node => getComputedStyle(node).stroke")
        ground = page.locator("#pictures").evaluate("node => getComputedStyle(node).backgroundColor")
        assert line != ground
