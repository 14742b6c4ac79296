"""Two opinions of a renewal: both are kept, and who was right is said once it is decided."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from state.conftest import Clock

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.renewing import Disagreement, disagreements, opinion, renewals
from weatherglass.jobs.errors import JobError
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.workspace import Workspace

END = dt.date(2026, 6, 30)
DUE = dt.date(2026, 5, 20)
FATES = {
    "stays": [("renewed", 0)],
    "goes": [("churned", 3)],
    "late": [("renewed", -2), ("churned", 20)],
    "far": [("churned", 90)],
    "open": [],
}
"""Account -> what became of it, and how many days after its renewal was due."""


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("renewing")
    ahead = [{"account_id": one, "renewal_date": END + dt.timedelta(days=60)} for one in FATES]
    outcomes = [
        {"account_id": one, "kind": kind, "occurred_at": DUE + dt.timedelta(days=after)}
        for one, fates in FATES.items()
        for kind, after in fates
    ]
    events = [
        {"account_id": one, "user_id": f"{one}-u", "name": "edit", "timestamp": END - dt.timedelta(days=day)}
        for one in FATES
        for day in range(100)
    ]
    write(folder / "data", "accounts", [*ahead, {"account_id": "never", "renewal_date": ""}])
    write(folder / "data", "outcomes", outcomes)
    write(folder / "data", "events", [*events, {**events[0], "account_id": "never", "user_id": "n"}])
    (folder / FILE_NAME).write_text(yaml.safe_dump({"name": "R"}), encoding="utf-8")
    with workspace.open(folder) as found:
        found.load(folder / "data")
        found.update(END)
        yield found


@pytest.fixture
def state(tmp_path: Path) -> Iterator[tuple[State, Clock]]:
    clock = Clock()
    with State(f"sqlite:///{tmp_path / 'state.db'}", clock) as found:
        yield found, clock


def given(state: tuple[State, Clock], account: str, tier: str, computed: str, days: int = -40, by: str = "ana") -> None:
    """An opinion that somebody gives so many days from the day on which the renewal is due."""
    kept, clock = state
    clock.now = dt.datetime.combine(DUE + dt.timedelta(days=days), dt.time(9))
    row = {"account_id": account, "renewal_day": DUE, "tier": tier, "computed_tier": computed, "note": ""}
    kept.plays.think(command_line(by), {**row, "computed_score": 50.0})


def judged(opened: Workspace, state: tuple[State, Clock]) -> dict[str, Disagreement]:
    return {one.account_id: one for one in disagreements(opened.store, state[0].plays.opinions())}


@pytest.mark.parametrize(
    ("account", "person", "computed", "right"),
    [
        ("stays", "green", "red", "person"),
        ("stays", "red", "yellow", "score"),
        ("goes", "yellow", "green", "person"),
        ("goes", "yellow", "red", "score"),
        ("late", "red", "green", "person"),
    ],
)
def test_the_worse_tier_is_right_of_who_leaves_and_the_better_of_who_stays(
    opened: Workspace, state: tuple[State, Clock], account: str, person: str, computed: str, right: str
) -> None:
    given(state, account, person, computed)
    (one,) = judged(opened, state).values()
    assert (one.account_id, one.opinion, one.computed_tier, one.right) == (account, person, computed, right)
    assert one.outcome == ("renewed" if account == "stays" else "churned")
    assert one.given_on == DUE - dt.timedelta(days=40) and one.opinion_by == command_line("ana").name


def test_what_is_no_disagreement_is_not_judged(opened: Workspace, state: tuple[State, Clock]) -> None:
    given(state, "stays", "red", "red")
    given(state, "open", "red", "green")
    given(state, "far", "red", "green")
    given(state, "goes", "red", "unscored")
    assert judged(opened, state) == {}


def test_the_last_word_before_the_outcome_counts(opened: Workspace, state: tuple[State, Clock]) -> None:
    given(state, "goes", "green", "yellow", -60)
    given(state, "goes", "red", "yellow", -10, by="ben")
    # who says so when the customer has left foresaw nothing
    given(state, "stays", "green", "red", 5)
    given(state, "goes", "green", "yellow", 10)
    found = judged(opened, state)
    assert set(found) == {"goes"} and (found["goes"].opinion, found["goes"].right) == ("red", "person")
    # a change of mind to the score's own view leaves nothing to judge
    given(state, "goes", "yellow", "yellow", 1)
    assert judged(opened, state) == {}


def test_both_stand_beside_each_other_ahead(opened: Workspace, state: tuple[State, Clock]) -> None:
    standing = Standing(opened.store)
    row = opinion(standing, "open", "red", "budget cut")
    assert row["renewal_day"] == END + dt.timedelta(days=60) and row["computed_tier"]
    state[0].plays.think(command_line("ana"), row)
    given(state, "goes", "red", "green")
    found = renewals(standing, state[0].plays.opinions(), 90)
    mine = {one.account_id: one for one in found.renewals}
    assert set(mine) == set(FATES) and found.as_of == END
    assert (mine["open"].opinion, mine["open"].note) == ("red", "budget cut")
    assert mine["open"].agree == (mine["open"].tier == "red") and mine["far"].agree is None
    assert (found.opinions_right, found.scores_right) == (1, 0)
    assert renewals(standing, (), 30).renewals == []


def test_what_cannot_be_an_opinion_says_why(opened: Workspace) -> None:
    with pytest.raises(JobError, match="is no tier"):
        opinion(Standing(opened.store), "open", "blue", "")
    with pytest.raises(JobError, match="no renewal date"):
        opinion(Standing(opened.store), "never", "red", "")
    with pytest.raises(JobError, match="nobody"):
        opinion(Standing(opened.store), "nobody", "red", "")
