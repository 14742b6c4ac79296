"""Did it help, from end to end: companies in a real store, plays with a holdout, tasks done, and scores afterwards.

What a play truly does is known because every account is lived twice after its beginning: once with the help and once
without. Only one of the two lives is in the store that the effect is read from.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from effort import SLOW

from weatherglass import workspace
from weatherglass.actions.uplift import Effect
from weatherglass.config import FILE_NAME, Project
from weatherglass.config.plays import Play
from weatherglass.jobs.acting.effects import AFTER, PlayEffect, effect
from weatherglass.jobs.acting.following_up import act
from weatherglass.simulation import product_settings, simulate_company
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.workspace import Workspace

ACCOUNTS, DAYS = (400, 240) if SLOW else (90, 200)
COMPANIES = range(70, 78) if SLOW else range(70, 71)
END = dt.date(2026, 10, 31)
BEGINS = END - dt.timedelta(days=max(AFTER) + 1)
HELP = Play.model_validate(
    {
        "when": {"lifecycle": ["behavioural"]},
        "steps": [{"title": "Talk to {account}", "due_days": 7}],
        "holdout": 0.4,
        "min_sample": 30,
    }
)
RENEWS, RENEWS_WITH_HELP = 0.5, 0.9
AGAIN = (1, 2)
"""How many times the five weeks before the help are lived again, with its share of events."""
FIVE_WEEKS = 35
EFFECTS = {"none": 0.0, "small": 0.12, "large": 1.0}
"""The share of the events of five weeks that help brings back on top of what the account does anyway."""


@dataclass(frozen=True)
class Helped:
    """What was found, and what is true of the same accounts."""

    found: PlayEffect
    points: dict[int, float]
    renewal: float
    tasks: int


def beginning(folder: Path, seed: int) -> Path:
    """A company up to the day on which the play begins; what comes after it waits in `later`."""
    folder.mkdir()
    company = simulate_company(ACCOUNTS, DAYS, seed, END)
    events = company["events"]
    last = pa.scalar(dt.datetime.combine(BEGINS + dt.timedelta(days=1), dt.time(), dt.UTC), pa.timestamp("us", "UTC"))
    early = pa.compute.less(events["timestamp"], last)
    # outcomes are written by the test: whether an account renews is part of what help may change
    kept = {name: table for name, table in company.tables.items() if name not in {"events", "outcomes"}}
    for name, table in {**kept, "events": events.filter(early)}.items():
        (folder / "data").mkdir(exist_ok=True)
        pq.write_table(table, folder / "data" / f"{name}.parquet")
    (folder / "later").mkdir()
    pq.write_table(events.filter(pa.compute.invert(early)), folder / "later" / "events.parquet")
    (folder / FILE_NAME).write_text(yaml.safe_dump({"name": "Help", **product_settings()}), encoding="utf-8")
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update(BEGINS)
        with State.open(opened.store.folder) as state:
            act(opened.store, state, _project(opened), BEGINS)
            for task in state.tasks.queue(None, 10_000):
                state.tasks.change(command_line("test"), task.id, {"state": "done", "outcome": "talked"})
    return folder


def _project(opened: Workspace) -> Project:
    return opened.project.model_copy(update={"plays": {"help": HELP}})


def lived(before: Path, folder: Path, share: float, helped: set[str]) -> Path:
    """The company afterwards, if some accounts were helped, and the help brings back a share of events."""
    shutil.copytree(before, folder)
    early, later = (pq.read_table(folder / name / "events.parquet") for name in ("data", "later"))
    parts = [later, *(_brought_back(early, share, helped, times) for times in AGAIN if share)]
    pq.write_table(pa.concat_tables(parts), folder / "later" / "events.parquet")
    pq.write_table(
        _outcomes(sorted(set(early["account_id"].to_pylist()) - {None}), helped, share),
        folder / "later" / "outcomes.parquet",
    )
    with workspace.open(folder) as opened:
        opened.load(folder / "later")
        opened.update(END)
    return folder


def _brought_back(events: pa.Table, share: float, helped: set[str], times: int) -> pa.Table:
    """Events of the five weeks before, of who was helped, some weeks later; whole days of people, not single clicks."""
    since = dt.datetime.combine(BEGINS - dt.timedelta(days=FIVE_WEEKS - 1), dt.time(), dt.UTC)
    recent = events.filter(pa.compute.greater_equal(events["timestamp"], pa.scalar(since, pa.timestamp("us", "UTC"))))
    frame = recent.to_pandas()
    frame = frame[frame["account_id"].isin(helped)]
    days = frame["user_id"].fillna("").astype(str) + frame["timestamp"].dt.date.astype(str)
    names = sorted(set(days))
    drawn = dict(zip(names, np.random.default_rng(times).random(len(names)) < share, strict=True))
    frame = frame[days.map(drawn).astype(bool)]
    frame["timestamp"] += dt.timedelta(days=FIVE_WEEKS * times)
    frame = frame[frame["timestamp"].dt.date <= END]
    frame["message_id"] = frame["message_id"] + f"-again-{times}"
    return pa.Table.from_pandas(frame, schema=events.schema, preserve_index=False)


def _outcomes(accounts: list[str], helped: set[str], share: float) -> pa.Table:
    """Who renews the day after the end, with help and without; the same luck for both lives."""
    luck = np.random.default_rng(9).random(len(accounts))
    chance = {True: RENEWS_WITH_HELP if share == 1 else RENEWS, False: RENEWS}
    rows = [
        {
            "account_id": account,
            "kind": "renewed" if luck[place] < chance[account in helped] else "churned",
            "occurred_at": dt.datetime.combine(END + dt.timedelta(days=1), dt.time(9), dt.UTC),
        }
        for place, account in enumerate(accounts)
    ]
    return pa.Table.from_pylist(rows)


def scores(folder: Path, days: int) -> dict[str, float]:
    with workspace.open(folder) as opened:
        day = BEGINS + dt.timedelta(days=days)
        return {
            row["account_id"]: row["score"] for row in opened.scores(day, day).to_pylist() if row["score"] is not None
        }


def helping(before: Path, without: Path, folder: Path, share: float) -> Helped:
    with State.open(before / ".weatherglass") as state:
        runs = state.plays.runs("help")
        done = len(state.tasks.queue(None, 10_000, state="done"))
    treated = {run.account_id for run in runs if not run.held_out}
    mixed = lived(before, folder / "mixed", share, treated)
    every = lived(before, folder / "every", share, {run.account_id for run in runs}) if share else without
    with workspace.open(mixed) as opened, State.open(opened.store.folder) as state:
        found = effect(opened.store, state, _project(opened), "help")
    scored = [run.account_id for run in runs if run.score is not None]
    points = {}
    for days in AFTER:
        helped, alone = scores(every, days), scores(without, days)
        points[days] = float(np.mean([helped[one] - alone[one] for one in scored if one in helped and one in alone]))
    return Helped(found, points, RENEWS_WITH_HELP - RENEWS if share == 1 else 0.0, done)


def held(one: Effect | None, truth: float) -> bool:
    assert one is not None and one.how == "holdout"
    return one.low <= truth <= one.high


def test_the_interval_holds_what_help_did(tmp_path: Path) -> None:
    held_truth: list[bool] = []
    for seed in COMPANIES:
        before = beginning(tmp_path / f"before {seed}", seed)
        without = lived(before, tmp_path / f"without {seed}", 0.0, set())
        for name, share in EFFECTS.items():
            helped = helping(before, without, tmp_path / f"{name} {seed}", share)
            _as_it_should_be(name, helped)
            truths = [*((helped.found.score[days], helped.points[days]) for days in AFTER)]
            held_truth += [held(*one) for one in (*truths, (helped.found.renewal, helped.renewal))]
    # 95 in 100, less what luck does to so many
    allowed = 0.05 * len(held_truth) + 3 * np.sqrt(0.05 * 0.95 * len(held_truth))
    assert len(held_truth) == 9 * len(COMPANIES) and held_truth.count(False) <= allowed, held_truth


def _as_it_should_be(name: str, helped: Helped) -> None:
    found, points = helped.found, helped.points
    assert found.began == helped.tasks > 0 and found.held_out > 0
    assert abs(found.held_out / (found.began + found.held_out) - HELP.holdout) < 0.15
    score, renewal = found.score[30], found.renewal
    assert score is not None and renewal is not None and "at random" in found.told
    # what an interval misses it misses by little
    assert score.low - 2 <= points[30] <= score.high + 2, (name, score, points)
    if name == "none":
        assert points == dict.fromkeys(AFTER, 0.0)
    elif name == "small":
        assert 0 < points[30] < 3
    else:
        assert points[30] > 3 and score.sure and renewal.sure and renewal.low > 0, (points, found)


def test_nothing_is_said_of_fewer_accounts_than_were_asked_for(tmp_path: Path) -> None:
    before = beginning(tmp_path / "before", COMPANIES[0])
    after = lived(before, tmp_path / "after", 0.0, set())
    with workspace.open(after) as opened, State.open(opened.store.folder) as state:
        many = HELP.model_copy(update={"min_sample": 100_000})
        few = effect(opened.store, state, opened.project.model_copy(update={"plays": {"help": many}}), "help")
        assert "too few" in few.told and few.score == dict.fromkeys(AFTER) and few.renewal is None
