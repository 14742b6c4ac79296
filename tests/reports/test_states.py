"""Pages about little: no account, one, none scored, no money, no history; and about much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from reports.company import COLOURS, LETTERS, build
from reports.pages import Node, parse
from weatherglass.reports.checks import MaterialError
from weatherglass.reports.material import AccountDetail, Material
from weatherglass.reports.page import render


def page_of(material: Material) -> Node:
    return parse(render(material))


def bare(material: Material) -> Material:
    """The same accounts with nothing but today's scores and the accounts' ids."""
    return replace(
        material,
        accounts=material.accounts.select(["account_id"]),
        earlier={},
        tier_trend=None,
        worst=(),
        movers=(),
        drivers={},
        cards=(),
        data_notes=(),
    )


def test_no_account() -> None:
    whole = build(accounts=1, unscored=0, worst=0)
    page = page_of(replace(bare(whole), today=whole.today.slice(0, 0), accounts=whole.accounts.slice(0, 0)))
    assert "There is no account to report on yet" in page.one("p", class_="lede").text
    assert "weatherglass load" in page.one("section", class_="empty").text
    assert not page.all("table")
    assert {link.attributes["href"] for link in page.one("nav").all("a")} == {"#reading"}


def test_accounts_without_any_dated_fact() -> None:
    whole = build(accounts=2, unscored=0, worst=0)
    page = page_of(replace(bare(whole), today=whole.today.slice(0, 0)))
    assert "2 accounts are known by name, but nothing dated is known of them yet" in page.text


def test_one_account() -> None:
    material = build(accounts=1, unscored=0)
    tier = material.today.column("tier_shown")[0].as_py()
    page = page_of(material)
    assert page.one("p", class_="lede").text == f"The one account of this workspace is {tier}."
    assert page.one("h2", id="attention-title").text == "The account to look at"
    assert len(page.one("table", class_="roster").one("tbody").all("tr")) == 1


def test_all_unscored_is_said_and_never_green() -> None:
    material = build(accounts=14, unscored=14)
    page = page_of(material)
    assert page.one("p", class_="lede").text.startswith("None of the 14 accounts has a score yet")
    badges = page.one("table", class_="roster").one("tbody").all("span", class_="badge")
    assert {badge.text for badge in badges} == {"Unscored"}
    assert all("tx" in badge.attributes["class"].split() for badge in badges)
    assert not page.all("article")


def test_closeup_of_an_unscored_account() -> None:
    material = build(accounts=8, unscored=2)
    account = material.today.column("account_id")[0].as_py()
    signals = pa.table(
        {
            "dimension": ["support_signals", "support_signals"],
            "signal": ["volume", "severity"],
            "score": pa.array([80.0, None], pa.float64()),
            "weight": pa.nulls(2, pa.float64()),
            "contribution": pa.nulls(2, pa.float64()),
        }
    )
    detail = AccountDetail(account, np.full(30, np.nan), ("unscored",) * 30, signals)
    article = page_of(replace(material, worst=(detail,))).one("article")
    assert "Unscored. What is known of this account covers 20% of its scorecard's weight" in article.text
    assert "What is known: Volume 80.0." in article.text
    assert "No data: Severity." in article.text
    assert article.one("dl", class_="spans").all("dd")[0].text == "\N{EN DASH}"


def test_nothing_but_scores() -> None:
    material = bare(build(accounts=12, unscored=1))
    page = page_of(material)
    tiers = page.one("section", id="tiers").text
    assert "No account's revenue is known" in tiers
    assert "no trend is drawn" in tiers
    names = [line.one("th").text for line in page.one("table", class_="roster").one("tbody").all("tr")]
    assert sorted(names) == sorted(material.today.column("account_id").to_pylist())
    assert "ARR (" not in page.one("p", class_="lede").text


def test_weeks_without_any_revenue_tell_of_none() -> None:
    material = build(accounts=12, unscored=1)
    assert material.tier_trend is not None
    nothing = pa.nulls(material.tier_trend.num_rows, pa.float64())
    place = material.tier_trend.schema.get_field_index("revenue")
    page = page_of(replace(material, tier_trend=material.tier_trend.set_column(place, "revenue", nothing)))
    for line in page.one("table", class_="weeks").one("tbody").all("tr"):
        assert {cell.text for cell in line.all("td")[1::2]} == {"\N{EN DASH}"}


def test_revenue_from_months_is_said() -> None:
    material = build(accounts=10, unscored=0)
    accounts = material.accounts.drop_columns(["arr"]).append_column("mrr", pa.array([100.0] * 9 + [None]))
    page = page_of(replace(material, accounts=accounts))
    assert "For 9 accounts it is 12 \N{MULTIPLICATION SIGN} MRR." in page.one("section", id="tiers").text
    assert page.one("table", class_="tiers").one("tfoot").all("td", class_="n")[3].text == "$10.8k"


def test_large_workspaces_show_the_lowest_two_thousand_and_say_so() -> None:
    material = build(accounts=2600, days=100, unscored=30, worst=0)
    page = page_of(material)
    lines = page.one("table", class_="roster").one("tbody").all("tr")
    assert len(lines) == 2000
    shown = [float(line.all("td")[1].attributes["data-v"]) for line in lines]
    scores = sorted(score for score in material.today.column("score").to_pylist() if score is not None)
    assert shown == scores[:2000]
    assert "The 2,000 lowest scores of 2,600 accounts; 600 are left out here" in page.one("section", id="accounts").text
    left = material.today.column("score").null_count
    assert f"{left} of them unscored" in page.one("section", id="accounts").text


@pytest.mark.parametrize("ladder", [COLOURS, LETTERS, (("critical", "at-risk", "healthy"), (45.0, 75.0))])
def test_any_tiers(ladder: tuple[tuple[str, ...], tuple[float, ...]]) -> None:
    tiers, lines = ladder
    page = page_of(build(accounts=60, ladder=ladder))
    shown = [line.one("th").text.lower() for line in page.one("table", class_="tiers").one("tbody").all("tr")]
    assert shown == [*(tier.lower() for tier in reversed(tiers)), "unscored"]
    reading = page.one("section", id="reading").text
    assert f"{lines[-1]:g} and above" in reading
    assert f"below {lines[0]:g}" in reading


def test_tier_by_the_score_is_told_where_it_is_not_the_one_shown(material: Material, page: Node) -> None:
    pairs = zip(*(material.today.column(name).to_pylist() for name in ("tier", "tier_shown")), strict=True)
    waiting = sum(tier != shown for tier, shown in pairs)
    assert waiting > 0
    assert len(page.all("span", class_="by-score")) == waiting


def test_renewal_days_are_days_of_the_workspace() -> None:
    material = build(accounts=1, unscored=0, worst=0)
    due = pa.array([1_796_079_600_000_000], pa.timestamp("us", "UTC"))  # 2026-11-30 23:00 UTC
    accounts = material.accounts.set_column(material.accounts.column_names.index("renewal_date"), "renewal_date", due)
    line = page_of(replace(material, accounts=accounts, timezone="Europe/Berlin")).one("table", class_="roster")
    assert line.one("td", class_="day").text == "1 Dec 2026"


def test_open_ended_renewal() -> None:
    material = build(accounts=1, unscored=0, worst=0)
    due = pa.array([date(9999, 12, 31)], pa.date32())
    accounts = material.accounts.set_column(material.accounts.column_names.index("renewal_date"), "renewal_date", due)
    assert page_of(replace(material, accounts=accounts)).one("td", class_="day").text == "open-ended"


def test_material_that_does_not_fit_is_named() -> None:
    material = build(accounts=4, unscored=0, worst=1)
    with pytest.raises(MaterialError, match=r"today: column coverage is missing"):
        render(replace(material, today=material.today.drop_columns(["coverage"])))
    with pytest.raises(MaterialError, match=r"tier_shown holds 'yellow', which is not one of bad, good"):
        render(replace(material, tiers=("bad", "good"), earlier={}, tier_trend=None))
    with pytest.raises(MaterialError, match=r"worst: account 'acct-0\d+' has no row in today"):
        render(replace(material, today=material.today.slice(0, 0)))
    with pytest.raises(MaterialError, match=r"has more than one row"):
        render(replace(material, today=pa.concat_tables([material.today, material.today])))
    with pytest.raises(MaterialError, match=r"tiers has 1 days, scores has \d+"):
        render(replace(material, worst=(replace(material.worst[0], tiers=("red",)),)))


def test_closeup_of_a_new_account_says_that_it_is_new() -> None:
    material = build(accounts=8, unscored=2)
    lifecycle = pa.array(["new"] * material.today.num_rows)
    today = material.today.set_column(material.today.column_names.index("lifecycle"), "lifecycle", lifecycle)
    account = today.column("account_id")[0].as_py()
    detail = replace(material.worst[0], account_id=account, signals=material.worst[0].signals.slice(0, 0))
    article = page_of(replace(material, today=today, worst=(detail,))).one("article")
    assert "Unscored. The account is new" in article.text
