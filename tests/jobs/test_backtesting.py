"""From files to a panel: every source of outcomes, who is eligible, and nothing from later than its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from company_files import write_company
from outcomes.companies import START, events, moment, opened, outcome, subscription
from reference.company import Company

import weatherglass
from weatherglass.config import FILE_NAME, OutcomeRules, template
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.outcomes.backtest import backtest
from weatherglass.outcomes.bootstrap import ranking_estimates
from weatherglass.outcomes.labels import CHURNED, EXPANDED, NO, NOT_YET, YES
from weatherglass.outcomes.panel import COLUMNS, Panel
from weatherglass.signals.block import Block
from weatherglass.signals.windows import Floats, Ints
from weatherglass.state.actor import command_line
from weatherglass.state.state import State, locate

FIRST = (START - START.replace(1970, 1, 1)).days
DAYS = 400
"""The last day with a fact, of every company here."""
HEARTBEAT = events("heartbeat", range(DAYS + 1))
"""Somebody who is there every day, so that all companies end on the same day."""


def looked_back(
    company: Company, folder: Path, rules: OutcomeRules | None = None, replay: Replay | None = None
) -> Panel:
    company.events += HEARTBEAT
    with opened(company, folder, rules) as workspace:
        return panel(workspace.store, workspace.project, replay)


def story(found: Panel, account: str, horizon: int = 90, kind: int = CHURNED) -> dict[int, int]:
    """Labels of an account by snapshot day, counted from the first."""
    mine = found.account_id == account
    return dict(zip((found.day[mine] - FIRST).tolist(), found.label(horizon, kind)[mine].tolist(), strict=True))


WEEKLY = range(0, DAYS, 7)
SNAPSHOTS = [84 + 28 * number for number in range(12)]


def labels(days: list[int], yes: set[int], known_to: int = DAYS, horizon: int = 90) -> dict[int, int]:
    """Labels of days: those that are known, of which some come true."""
    return {day: NOT_YET if day + horizon > known_to else YES if day in yes else NO for day in days}


# The table


def test_the_table_says_who_churned_and_when_it_was_back(tmp_path: Path) -> None:
    company = Company(
        events=[
            *events("goes", WEEKLY),
            *events("stays", WEEKLY),
            *events("returns", [*range(0, 140, 7), *range(250, DAYS, 7)]),
        ],
        outcomes=[
            outcome("goes", "churned", 230),
            outcome("returns", "churned", 150),
            outcome("returns", "churned", 160),
            outcome("stays", "renewed", 200),
            outcome("stays", "expanded", 300),
        ],
    )
    found = looked_back(company, tmp_path)
    assert found.reading.source == "table"
    assert found.snapshots == tuple(day + FIRST for day in SNAPSHOTS)
    assert story(found, "stays") == labels(SNAPSHOTS, set())
    assert story(found, "stays", 60, EXPANDED) == labels(SNAPSHOTS, {252, 280}, horizon=60)
    # it goes on as if nothing had happened, and is regular again on day 287: the days of grace end with day 260
    assert story(found, "goes") == labels([84, 112, 140, 168, 196, 224, 308, 336, 364, 392], {140, 168, 196, 224})
    assert story(found, "returns") == labels([84, 112, 140, 280, 308, 336, 364, 392], {84, 112, 140})
    mine = found.where((found.account_id == "goes") & (found.day == FIRST + 224))
    assert mine.days_to_churn.tolist() == [6.0]


def test_who_comes_back_by_a_new_subscription_or_by_renewing(tmp_path: Path) -> None:
    company = Company(
        events=[*events("signs", WEEKLY), *events("renews", WEEKLY)],
        subscriptions=[subscription("signs", 1, 0, 120), subscription("signs", 2, 170, None)],
        outcomes=[
            outcome("signs", "churned", 120),
            outcome("renews", "churned", 120),
            outcome("renews", "renewed", 141),
            outcome("renews", "churned", 300),
        ],
    )
    found = looked_back(company, tmp_path)
    assert 140 not in story(found, "signs") and 168 not in story(found, "signs") and 196 in story(found, "signs")
    assert 140 not in story(found, "renews") and 168 in story(found, "renews")
    assert story(found, "renews")[224] == YES and story(found, "renews")[168] == NO


# Subscriptions


def test_subscriptions_that_end_and_are_not_replaced(tmp_path: Path) -> None:
    company = Company(
        events=[row for name in ("ends", "renews", "returns", "trial") for row in events(name, WEEKLY)],
        subscriptions=[
            subscription("ends", 1, 0, 250),
            subscription("renews", 1, 0, 250),
            subscription("renews", 2, 270, None, 150.0),
            subscription("returns", 1, 0, 150),
            subscription("returns", 2, 300, 390),
        ],
    )
    found = looked_back(company, tmp_path)
    assert found.reading.source == "subscriptions"
    # the label of a day is known when its horizon and the days of grace are over
    known = DAYS - 30
    assert story(found, "ends") == labels([84, 112, 140, 168, 196, 224], {168, 196, 224}, known)
    assert story(found, "renews") == labels([84, 112, 140, 168, 196, 224, *SNAPSHOTS[7:]], set(), known)
    assert 252 not in story(found, "renews"), "its subscription has ended, and the next has not begun"
    assert story(found, "returns") == labels([84, 112, 140, 308, 336, 364], {84, 112, 140}, known)
    assert story(found, "trial") == {} == story(found, "heartbeat"), "who never had a contract cannot end one"
    assert story(found, "renews", 90, EXPANDED)[196] == YES
    rows = found.where(found.account_id == "renews")
    assert dict(zip((rows.day - FIRST).tolist(), rows.revenue.tolist(), strict=True))[224] == 100.0
    assert rows.revenue[-1] == 150.0


def test_the_days_of_grace_can_be_set(tmp_path: Path) -> None:
    company = Company(subscriptions=[subscription("a", 1, 0, 250), subscription("a", 2, 290, None)])
    company.events = events("a", WEEKLY)
    longer = looked_back(company, tmp_path / "longer", OutcomeRules(grace_days=60))
    assert set(story(longer, "a").values()) == {NO, NOT_YET}
    shorter = looked_back(
        Company(events=events("a", WEEKLY), subscriptions=company.subscriptions), tmp_path / "shorter"
    )
    assert story(shorter, "a")[196] == YES


# Silence


def test_silence_after_regular_use(tmp_path: Path) -> None:
    regular = [*range(0, 201, 7)]
    company = Company(
        events=[
            *events("falls silent", regular),
            *events("comes back", [*regular, *range(300, DAYS, 7)]),
            *events("now and then", range(0, DAYS, 60)),
        ]
    )
    found = looked_back(company, tmp_path)
    assert found.reading.source == "silence"
    # the last activity is on day 196; on day 252 four of the last twelve weeks were active, on day 280 three
    alive = [84, 112, 140, 168, 196, 224, 252]
    assert story(found, "falls silent") == labels(alive, {196, 224, 252})
    back = story(found, "comes back")
    assert {day: back[day] for day in (168, 196, 224, 252)} == {168: NO, 196: YES, 224: NO, 252: NO}
    assert 280 not in back and 336 in back, "it is an account again once it is regular"
    assert story(found, "now and then") == {}
    assert set(story(found, "heartbeat")) == set(SNAPSHOTS)


def test_the_source_can_be_chosen(tmp_path: Path) -> None:
    company = Company(events=events("a", range(0, 201, 7)), outcomes=[outcome("a", "churned", 300)])
    assert looked_back(company, tmp_path / "auto").reading.source == "table"
    found = looked_back(company, tmp_path / "silence", OutcomeRules(source="silence", silence_days=60))
    assert found.reading.source == "silence"
    assert story(found, "a", 60)[196] == YES


def test_outcomes_are_no_part_of_a_score(tmp_path: Path) -> None:
    company = Company(events=[*events("a", WEEKLY), *HEARTBEAT])
    with opened(company, tmp_path) as workspace:
        run = workspace.update()
        other = workspace.project.model_copy(update={"outcomes": OutcomeRules(silence_days=30)})
        card = other.scorecards[0]
        assert other.version(card) == workspace.project.version(card)
        workspace.project = other
        assert run.update.rows and not workspace.update().card_changed


# What a row says


def test_a_row_says_what_the_score_said_on_its_day(tmp_path: Path) -> None:
    """The panel and the history are made by the same functions."""
    company = Company(
        events=[*events("weekly", WEEKLY), *events("slows", [*range(0, 150, 3), *range(150, DAYS, 14)]), *HEARTBEAT]
    )
    with opened(company, tmp_path) as workspace:
        found = panel(workspace.store, workspace.project)
        workspace.update()
        kept = {(row["account_id"], row["as_of"]): row for row in workspace.scores(START).to_pylist()}
        lines = {(row["account_id"], row["as_of"], row["signal"]): row for row in workspace.signals(START).to_pylist()}
    assert len(found) > 20
    for place, account in enumerate(found.account_id):
        day = START + timedelta(days=int(found.day[place]) - FIRST)
        assert found.score[place] == pytest.approx(kept[account, day]["score"], abs=1e-9)
        assert found.names[found.tier[place]] == kept[account, day]["tier"]
        for name, scores in found.signals.items():
            line = lines.get((account, day, name))
            expected = np.nan if line is None or line["score"] is None else line["score"]
            assert scores[place] == pytest.approx(expected, abs=1e-9, nan_ok=True), name
    slow = found.where((found.account_id == "slows") & (found.day == FIRST + 168))
    assert slow.days_silent.tolist() == [4.0]
    assert slow.activity_28.tolist() == [5.0]
    assert slow.tenure.tolist() == [168]


SEEN = (*(name for name in COLUMNS if name != "days_to_churn"),)


def test_nothing_of_a_row_comes_from_after_its_day(tmp_path: Path) -> None:
    """Everything dated later is taken away: what was seen stays, and only labels are no longer known."""
    last = 84 + 28 * 6
    months = range(10, 300, 30)
    whole = Company(
        events=[
            *events("weekly", WEEKLY),
            *events("ends", range(0, 300, 5)),
            *events("late", range(90, DAYS, 4)),
            *HEARTBEAT,
        ],
        subscriptions=[subscription(name, 1, 0, None, 70.0) for name in ("weekly", "late", "ends")],
        tickets=[
            {
                "ticket_id": f"t{day}",
                "account_id": "ends",
                "opened_at": moment(day),
                "severity": "high",
                "resolved_at": moment(day + 20),
            }
            for day in months
        ],
        outcomes=[outcome("ends", "churned", 300)],
    )
    cut = Company(
        events=[row for row in whole.events if row["timestamp"] < moment(last + 1, 0)],
        subscriptions=whole.subscriptions,
        tickets=[
            {**row, "resolved_at": row["resolved_at"] if row["resolved_at"] < moment(last + 1, 0) else None}
            for row in whole.tickets
            if row["opened_at"] < moment(last + 1, 0)
        ],
    )
    rules = OutcomeRules(source="table")
    panels = []
    for number, company in enumerate((whole, cut)):
        with opened(company, tmp_path / str(number), rules) as workspace:
            until = START + timedelta(days=last)
            panels.append(panel(workspace.store, workspace.project, Replay(until=until)))
    one, other = panels
    assert len(one) == len(other) > 15
    for name in SEEN:
        if name != "account":
            assert getattr(one, name).tolist() == pytest.approx(getattr(other, name).tolist(), nan_ok=True), name
    for table in ("signals", "values"):
        for name, column in getattr(one, table).items():
            assert column.tolist() == pytest.approx(getattr(other, table)[name].tolist(), nan_ok=True), name
    assert (other.label(90)[other.day > FIRST + last - 90] == NOT_YET).all()
    assert (one.label(90) == YES).any() and not (other.label(90) == YES).any()


# Leakage


def accounts_that_leave_by_chance(accounts: int = 60) -> Company:
    """Half of them churn on some day for no reason that can be seen; what tells of it happens on that day.

    They say that they leave, file an urgent ticket, and are silent from then on.
    """
    random = np.random.default_rng(5)
    company = Company()
    for number in range(accounts):
        name = f"account {number}"
        last = int(random.integers(120, DAYS - 20)) if number % 2 else DAYS
        company.events += events(name, [day for day in range(last + 1) if random.random() < 0.3])
        if number % 2:
            company.outcomes.append(outcome(name, "churned", last))
            company.events += events(name, [last], "leave")
            company.tickets.append(
                {"ticket_id": name, "account_id": name, "opened_at": moment(last), "severity": "urgent"}
            )
    return company


def left(block: Block, places: Ints) -> Floats:
    """How many such tickets there were by each of some days asked for."""
    tickets = block.facts("tickets")
    assert tickets is not None
    return block.daily(tickets, "opened_day").total(DAYS)[:, places].astype(np.float64)


def hindsight(block: Block, places: Ints) -> Floats:
    """The same by the last day, whatever day is asked for: what a careless join would give."""
    return np.repeat(left(block, np.array([block.shape[1] - 1])), len(places), axis=1)


def test_what_is_only_known_afterwards_does_not_help(tmp_path: Path) -> None:
    company = accounts_that_leave_by_chance()
    both = Replay(extras=lambda block, places: {"left": left(block, places), "hindsight": hindsight(block, places)})
    found = looked_back(company, tmp_path, replay=both)
    rows = found.where((found.label(90) != NOT_YET) & (found.account_id != "heartbeat"))
    label = rows.label(90)
    assert (label == YES).sum() >= 60
    told = {
        name: ranking_estimates(risk, label, rows.account)["auc"]
        for name, risk in (
            ("score", -rows.score),
            ("left", rows.extras["left"]),
            ("severity", -np.nan_to_num(rows.signals["severity"], nan=100.0)),
            ("hindsight", rows.extras["hindsight"]),
        )
    }
    assert told["hindsight"].low > 0.6, "with hindsight it is easy"
    for name in ("score", "left", "severity"):
        assert told[name].holds(0.5), (name, told[name])
    assert "no signal that this score can see" in backtest(found).main.verdict


# Days


def test_days_that_are_asked_for(tmp_path: Path) -> None:
    replay = Replay(every=50, horizons=(20,), since=START + timedelta(days=100), until=START + timedelta(days=260))
    found = looked_back(Company(events=events("a", WEEKLY)), tmp_path, replay=replay)
    assert found.snapshots == tuple(FIRST + day for day in (100, 150, 200, 250))
    assert found.horizons == (20,)
    assert set(found.labels) == {(kind, 20) for kind in range(4)}


def test_a_history_that_is_too_short_says_so(tmp_path: Path) -> None:
    with opened(Company(events=events("a", range(50))), tmp_path) as workspace, pytest.raises(NothingToScore) as told:
        panel(workspace.store, workspace.project)
    assert "no snapshot day" in str(told.value) and "--since" in str(told.value)


def test_without_facts_there_is_nothing_to_look_back_at(tmp_path: Path) -> None:
    with opened(Company(accounts=[{"account_id": "a"}]), tmp_path) as workspace, pytest.raises(NothingToScore):
        panel(workspace.store, workspace.project)


def test_a_label_is_learned_from_only_when_it_was_known(tmp_path: Path) -> None:
    found = looked_back(Company(events=events("a", WEEKLY)), tmp_path)
    learn, test = found.split(horizon=90)
    first = found.day[test].min()
    assert (found.day[learn] + 90 <= first).all() and learn.any() and test.any()
    assert not (learn & test).any()
    assert found.followed().tolist() == (FIRST + DAYS - found.day).tolist()
    late = replace(found, reading=replace(found.reading, source="subscriptions"))
    assert late.known_by(90, int(first)).sum() < learn.sum(), "the days of grace must be over as well"


# What people had said


def test_tiers_set_by_hand_are_a_rival_from_the_day_on_which_they_were_set(tmp_path: Path) -> None:
    company = Company(events=[*events("judged", WEEKLY), *events("other", WEEKLY), *HEARTBEAT])
    write_company(company, tmp_path / "files")
    (tmp_path / FILE_NAME).write_text(template("Acme"), encoding="utf-8")
    now = [moment(200)]
    with weatherglass.open(tmp_path) as workspace:
        workspace.load(tmp_path / "files")
        assert np.isnan(panel(workspace.store, workspace.project).override).all()
        folder = workspace.store.folder
        with State(locate(folder), lambda: now[0].replace(tzinfo=None)) as state:
            for tier, first in (("red", 150), ("green", 310)):
                days = (START + timedelta(days=first), START + timedelta(days=first + 100))
                state.overrides.make(command_line("ada"), "judged", tier, "I know them", days)
                now[0] = moment(300)
        found = panel(workspace.store, workspace.project)
    said = found.where(~np.isnan(found.override))
    assert set(said.account_id) == {"judged"}
    # dated back to day 150 and made on day 200, red holds up to day 250
    assert dict(zip((said.day - FIRST).tolist(), said.override.tolist(), strict=True)) == {
        224: 0.0,
        **dict.fromkeys((336, 364, 392), 2.0),
    }
