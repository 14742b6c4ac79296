"""A simulated quarter with known incidents: what is found, what is about nothing, and one alert for an outage."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from commands import weatherglass
from effort import SLOW

from weatherglass import workspace
from weatherglass.actions.channels.result import Failed
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.alerting import dry_run
from weatherglass.jobs.acting.following_up import act
from weatherglass.jobs.acting.sending import Sender, try_channel
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.simulation.company import Company
from weatherglass.simulation.incidents import Raised, incidents, judge
from weatherglass.state import NotFound, State
from weatherglass.state.episodes import Kept
from weatherglass.workspace import Workspace

ACCOUNTS, DAYS = (600, 300) if SLOW else (36, 190)
END = dt.date(2026, 10, 31)
QUARTER = 90
STORIES = {"acc_0006": "health", "acc_0002": "contact", "acc_0007": "support", "acc_0008": "payment"}
"""Castellane falls silent, Juniper loses its champion, Copperfold has a bad fortnight, Tidewick does not pay."""


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(ACCOUNTS, DAYS, 21, END)


@pytest.fixture(scope="module")
def project(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quarter")
    write_company(company, folder / "data")
    channels = [{"name": "log", "kind": "file", "path": "alerts.jsonl"}]
    audiences = [{"name": "hand", "when": {"score_below": 60, "lifecycle": "behavioural"}}]
    more = {"channels": channels, "audiences": audiences, "plays": {"recover": {"holdout": 0.5}}}
    (folder / FILE_NAME).write_text(yaml.safe_dump({"name": "Q", **product_settings(), **more}), encoding="utf-8")
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update()
    return folder


@pytest.fixture
def opened(project: Path) -> Iterator[Workspace]:
    with workspace.open(project) as found:
        yield found


def all_of(state: State) -> list[Kept]:
    return state.episodes.page(None, 10_000)


def test_the_quarter_day_by_day(opened: Workspace, company: Company, tmp_path: Path) -> None:
    first = END - dt.timedelta(days=QUARTER - 1)
    with State.open(tmp_path) as state:
        # the last days are looked at one by one, as a service does
        for day in (END - dt.timedelta(days=30), *(END - dt.timedelta(days=back) for back in range(2, -1, -1))):
            act(opened.store, state, opened.project, day)
        found = all_of(state)
        assert len([one for one in found if one.account_id == ""]) == 1, "an outage of all is one alert"
        raised = [Raised(one.account_id, one.problem, one.opened_day) for one in found if one.account_id]
        judged = judge(incidents(company), raised, first, END)
        assert judged.precision >= 0.7, judged
        for story, problem in STORIES.items():
            assert problem in {one.problem for one in found if one.account_id == story}, story
        whole = dry_run(opened.store, opened.project)
        assert whole.alerts > 0 and len(whole.data) == 1
        _told_and_done(state, opened, tmp_path)


def _told_and_done(state: State, opened: Workspace, folder: Path) -> None:
    sent = Sender(state, opened.project, folder).round()
    lines = [json.loads(line) for line in (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sent.sent == len(lines) > 0 and sent.failed == 0
    alerts = [line["data"] for line in lines if line["type"] == "episode.opened"]
    for one in alerts:
        assert one["link"].endswith(one["account_id"]) and one["rules"][0]["line"] and one["owner"]
    over = {line["data"]["alert_id"] for line in lines if line["type"] == "episode.closed"}
    assert over <= {line["data"]["alert_id"] for line in lines if line["type"] in {"episode.opened", "episode.updated"}}
    drivers = [driver for one in alerts for driver in one["drivers"]]
    assert drivers and all(driver["points"] < 0 and 0 <= driver["share"] <= 1 for driver in drivers)
    runs = state.plays.runs("recover")
    assert any(run.held_out for run in runs) and any(not run.held_out for run in runs)
    withheld = {run.id for run in runs if run.held_out}
    tasks = state.tasks.queue(None, 10_000)
    assert tasks and not withheld & {task.run for task in tasks}
    entered = {line["data"]["account_id"] for line in lines if line["type"] == "audience.entered"}
    assert state.plays.members("hand").keys() <= entered


def test_a_second_look_tells_nothing(opened: Workspace, tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        act(opened.store, state, opened.project)
        before = len(state.outbox.letters(None, None, 10_000)), len(state.tasks.queue(None, 10_000))
        again = act(opened.store, state, opened.project)
        assert (again.looked.days, again.tasks) == (0, 0)
        assert (len(state.outbox.letters(None, None, 10_000)), len(state.tasks.queue(None, 10_000))) == before


def test_a_play_ends_when_the_account_is_well_and_what_is_late_is_told_once(opened: Workspace, tmp_path: Path) -> None:
    for_all = opened.project.plays["recover"].model_copy(update={"holdout": 0.0})
    project = opened.project.model_copy(update={"plays": {"recover": for_all}})
    with State.open(tmp_path) as state:
        act(opened.store, state, project, END - dt.timedelta(days=40))
        assert state.plays.runs("recover", running=True)
        for back in (12, 0):
            act(opened.store, state, project, END - dt.timedelta(days=back))
        ended = [run for run in state.plays.runs("recover") if run.ended_because == "the account is green"]
        dropped = {task.run: task for task in state.tasks.queue(None, 10_000, state="dropped")}
        assert ended and all("green" in str(dropped[run.id].outcome) for run in ended)
        late = [one for one in state.outbox.letters(None, None, 10_000) if one.type == "task.overdue"]
        assert late and len({one.stream for one in late}) == len(late)


def test_the_command(project: Path) -> None:
    dry = weatherglass("alerts", "-p", project, "--dry-run", "--days", "30")
    assert dry.good and "alerts would have opened" in dry.out
    assert weatherglass("alerts", "-p", project, "--test", "log").good
    assert not weatherglass("alerts", "-p", project, "--test", "none").good
    look = weatherglass("alerts", "-p", project)
    assert look.good and "open alerts" in look.out, look.err
    assert (project / "alerts.jsonl").read_text(encoding="utf-8").count('"type":"test"') == 1


def test_a_channel_that_cannot_be_reached_says_why(opened: Workspace, tmp_path: Path) -> None:
    hook = opened.project.channels[0].model_copy(update={"kind": "slack", "url": "http://127.0.0.1:9/"})
    with pytest.raises(Failed, match="private network"):
        try_channel(opened.project.model_copy(update={"channels": (hook,)}), "log", tmp_path)
    with pytest.raises(NotFound):
        try_channel(opened.project, "none", tmp_path)
