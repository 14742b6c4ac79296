"""The command `backtest`: a table, JSON and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Done, weatherglass
from company_files import write_company
from outcomes.companies import events, outcome
from reference.company import Company
from reports.pages import parse


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty accounts, of which thirty leave after they had done less and less."""
    company = Company()
    for number in range(40):
        name, last = f"account {number:02}", 150 + 8 * number
        if number < 30:
            quiet = [*range(0, last - 80, 2), *range(last - 80, last - 40, 6), last]
            company.events += events(name, quiet)
            company.outcomes.append(outcome(name, "churned", last))
        else:
            company.events += events(name, range(0, 500, 2))
    place = tmp_path_factory.mktemp("company")
    write_company(company, place, "parquet")
    return place


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    out = tmp_path_factory.mktemp("out")
    found = weatherglass("backtest", "--data", folder, "--out", out / "page.html", "--json", out / "found.json")
    assert found.good, found.err
    return found, out


def test_it_prints_what_it_found(done: tuple[Done, Path]) -> None:
    told = done[0].out
    assert "Outcomes: rows of the table outcomes" in told
    assert "90 days ahead: The score sees churn coming" in told
    for what in ("ROC AUC", "average precision", "churn caught in the lowest 10 %", "Lead time", "over time"):
        assert what in told
    assert "days since last activity" in told and "activity of 28 days" in told
    assert "no data: CSM override" in told
    assert "nan" not in told


def test_json_and_page_hold_the_same(done: tuple[Done, Path]) -> None:
    plain = json.loads((done[1] / "found.json").read_text(encoding="utf-8"))
    auc = plain["horizons"][-1]["rankers"][0]["measures"]["auc"]
    assert auc["low"] > 0.5
    assert f"{auc['value']:.2f} ({auc['low']:.2f} to {auc['high']:.2f})" in done[0].out
    page = parse((done[1] / "page.html").read_text(encoding="utf-8"))
    assert f"{auc['value']:.2f} {auc['low']:.2f} to {auc['high']:.2f}" in page.text


def test_json_alone_on_the_terminal(folder: Path) -> None:
    found = weatherglass("backtest", "--data", folder, "--json", "-", "--horizon", "45", "--every", "56")
    assert found.good
    plain = json.loads(found.out)
    assert [one["days"] for one in plain["horizons"]] == [45]
    assert plain["snapshots"]["every"] == 56


def test_days_are_those_asked_for(folder: Path) -> None:
    found = weatherglass("backtest", "--data", folder, "--json", "-", "--since", "2024-06-01", "--until", "2024-12-31")
    told = json.loads(found.out)["snapshots"]
    assert (told["first"], told["last"], told["days"]) == ("2024-06-01", "2024-12-14", 8)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--since", "soon"), 2, "'soon' is not a calendar day"),
        (("--since", "2024-09-01", "--until", "2024-08-01"), 2, "is after"),
        (("--every", "0"), 2, "--every"),
        (("--horizon", "0"), 2, "--horizon"),
        (("--since", "2031-01-01"), 1, "no snapshot day from 2031-01-01"),
        (("--out", "/proc/page.html"), 1, "cannot be written"),
    ],
)
def test_wrong_use_is_told(folder: Path, options: tuple[str, ...], code: int, said: str) -> None:
    found = weatherglass("backtest", "--data", folder, *options)
    assert found.code == code
    assert said in found.err


def test_a_project_is_looked_back_at_without_being_scored_again(folder: Path, tmp_path: Path) -> None:
    assert weatherglass("init", tmp_path).good
    assert weatherglass("load", folder, "-p", tmp_path).good
    first = weatherglass("backtest", "-p", tmp_path, "--json", "-")
    assert first.good, first.err
    assert weatherglass("score", "-p", tmp_path).good
    assert weatherglass("backtest", "-p", tmp_path, "--json", "-").out == first.out
