"""What the tasks of a play say, and by when they are due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from actions.records import DAYS, FIRST, calm
from weatherglass.actions.episodes import Change, Episode, Hit
from weatherglass.actions.filling import Numbers
from weatherglass.actions.message import Facts, Points
from weatherglass.actions.playing import Desk
from weatherglass.actions.record import Record
from weatherglass.actions.telling import Scene, told
from weatherglass.config import Project
from weatherglass.config.alerts import Severity
from weatherglass.config.plays import PRESET_PLAYS
from weatherglass.jobs.acting.playing import Players
from weatherglass.reports import wording
from weatherglass.rollups import calendar
from weatherglass.state import State
from weatherglass.state.episodes import Row

LAST = calendar.date(FIRST + DAYS - 1)
OPEN: tuple[tuple[str, Severity, str, str], ...] = (
    ("detractor", "low", "detractor", "an NPS answer of 3 of 10 on 1 Mar 2025"),
    ("health", "critical", "silence", "nobody has used the product since 2 Mar 2025"),
    ("renewal", "critical", "renewal_not_green", "renews on 20 Mar 2025 and is not green"),
)
"""Of one account: problem, severity, rule and line; the last is of another play than the first two."""


def players(folder: Path, record: Record) -> tuple[State, Players]:
    state = State.open(folder)
    rows: list[Row] = [
        {
            "account_id": "a003",
            "problem": problem,
            "state": "open",
            "severity": severity,
            "opened_day": LAST,
            "changed_day": LAST,
            "fine_since": None,
            "closed_day": None,
            "left": False,
            "rules": [{"rule": rule, "severity": severity, "line": line}],
            "facts": {},
            "owner": "Ana",
        }
        for problem, severity, rule, line in OPEN
    ]
    assert state.episodes.apply("alerts", LAST.isoformat(), rows, lambda _: [])
    return state, Players(state, Project(), record)


@pytest.mark.parametrize(("play", "line"), [("recover", OPEN[1][3]), ("champion_left", "what is not as it was")])
def test_a_task_names_the_gravest_of_the_alerts_that_its_play_is_about(tmp_path: Path, play: str, line: str) -> None:
    state, made = players(tmp_path, calm())
    with state:
        wanted = made.tasks(
            play,
            PRESET_PLAYS["recover"].model_copy(update={"when": PRESET_PLAYS[play].when}),
            "a003",
            None,
            Desk(Project().tasks, ["Ana"], {}),
        )
        assert wanted[0].title == f"Reach out to Account 3: {line}"


@pytest.mark.parametrize(("ahead", "due"), [(3, (3, 3, 3)), (40, (7, 30, 40)), (100, (7, 30, 50))])
def test_what_prepares_a_renewal_is_due_before_it(tmp_path: Path, ahead: int, due: tuple[int, ...]) -> None:
    record = calm()
    record.who[3] = replace(record.who[3], renewal_day=FIRST + DAYS - 1 + ahead)
    state, made = players(tmp_path, record)
    with state:
        wanted = made.tasks("renewal", PRESET_PLAYS["renewal"], "a003", None, Desk(Project().tasks, ["Ana"], {}))
        assert tuple((one.due_day - LAST).days for one in wanted) == due
        day = LAST + dt.timedelta(days=ahead)
        assert wanted[0].title == f"Prepare the renewal of Account 3 on {day.day} {day:%b} {day.year}"


@pytest.mark.parametrize(
    ("rule", "problem", "line", "play", "steps"),
    [
        ("renewal_not_green", "renewal", OPEN[2][3], "Renewal", tuple(f"(within {days} days)" for days in (7, 12, 12))),
        ("silence", "health", OPEN[1][3], "Recover", tuple(f": {OPEN[1][3]} (within {days} days)" for days in (7, 14))),
    ],
)
def test_a_message_promises_what_the_tasks_will_say(
    rule: str, problem: str, line: str, play: str, steps: tuple[str, ...]
) -> None:
    renewal = LAST + dt.timedelta(days=12)
    numbers = Numbers("Account 3", "a003", "60", "yellow", "1,000", renewal.isoformat(), "Ana", "smb", "a signal fell")
    episode = Episode("a003", problem, "normal", FIRST + DAYS - 1, (Hit(rule, "normal", line),))
    change = Change("opened", episode, FIRST + DAYS - 1)
    message = told(change, Scene(numbers, None, (), PRESET_PLAYS), Project().alerts, 1)
    lists = {block.title: block.items for block in message.blocks if isinstance(block, Points)}
    items = lists[f"The play: {play}"]
    assert len(items) == len(steps) and all(item.endswith(step) for item, step in zip(items, steps, strict=True))
    assert message.data["renewal_date"] == renewal.isoformat()
    facts = next(block for block in message.blocks if isinstance(block, Facts))
    assert dict(facts.pairs)["Renewal"] == wording.day(renewal)
    over = told(Change("closed", episode, FIRST + DAYS), Scene(numbers, None, (), PRESET_PLAYS), Project().alerts, 1)
    assert over.title == f"Account 3: {problem}: over (it was: {line})"
