"""With several scorecards the fleet is all accounts, and so is a cohort, whichever cards those have."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import weatherglass as wg

FIRST = date(2024, 1, 1)
LAST = FIRST + timedelta(days=55)


def _written(folder: Path, card: str, accounts: dict[str, tuple[str, int, int]]) -> Path:
    """A project of accounts: their segment, core actions a day in the first 28 days and in the 28 after."""
    (folder / "weatherglass.yml").write_text(card)
    data = folder / "data"
    data.mkdir()
    rows = "".join(f"{name},{segment},north\n" for name, (segment, _, _) in accounts.items())
    (data / "accounts.csv").write_text(f"account_id,segment,region\n{rows}")
    events = [
        f"{name},u,Opened,{FIRST + timedelta(days=number)}T{hour:02}:00:00Z"
        for name, (_, before, after) in accounts.items()
        for number in range(56)
        for hour in range(before if number < 28 else after)
    ]
    (data / "events.csv").write_text("account_id,user_id,name,timestamp\n" + "\n".join(events) + "\n")
    return data


def _signals(folder: Path, data: Path, signal: str) -> dict[str, Any]:
    with wg.open(folder) as project:
        project.load(data)
        project.score(as_of=LAST)
        rows = project.signals(as_of=LAST, since=LAST).arrow.to_pylist()
    return {row["account_id"]: (row["value"], row["score"]) for row in rows if row["signal"] == signal}


def test_accounts_of_a_card_without_the_correction_are_of_the_fleet(tmp_path: Path) -> None:
    card = (
        "scorecards:\n- {name: plain, where: {segment: [plain]}, corrections: {fleet: false}}\n- {name: the others}\n"
    )
    accounts = {f"a{place:02}": ("plain" if place < 12 else "others", 2, 3) for place in range(22)}
    found = _signals(tmp_path, _written(tmp_path, card, accounts), "velocity")
    assert found["a00"] == (pytest.approx(0.5), 100)
    assert found["a21"] == (pytest.approx(0), pytest.approx(50)), "22 accounts grew by a half"


def test_a_cohort_knows_accounts_of_other_cards(tmp_path: Path) -> None:
    scaling = "{percentile: region}"
    signals = f"signals: {{core_actions: {{scaling: {scaling}}}}}"
    card = (
        "scorecards:\n"
        f"- {{name: ranked, where: {{segment: [ranked]}}, dimensions: {{product_usage: {{{signals}}}}}}}\n"
        "- {name: the others}\n"
    )
    accounts = {"mine": ("ranked", 1, 2), "less": ("others", 1, 1), "more": ("others", 1, 3), "most": ("others", 1, 4)}
    found = _signals(tmp_path, _written(tmp_path, card, accounts), "core_actions")
    assert found["mine"] == (56, pytest.approx(100 * 1.5 / 4))


def test_cohorts_of_two_cards_are_not_mixed_up(tmp_path: Path) -> None:
    """Each card's accounts came with their own numbers of cohorts: the first of one card was the first of the other."""
    signals = "dimensions: {product_usage: {signals: {core_actions: {scaling: percentile}}}}"
    card = f"scorecards:\n- {{name: first, where: {{segment: [s]}}, {signals}}}\n- {{name: second, {signals}}}\n"
    found = _signals(tmp_path, _written(tmp_path, card, {"alone": ("s", 1, 2), "other": ("t", 1, 1)}), "core_actions")
    assert found == {"alone": (56, 50), "other": (28, 50)}
