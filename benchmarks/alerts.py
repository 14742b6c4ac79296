"""A quarter of a simulated company with known incidents: what alerts find, how many are about nothing, and how many.

It prints the tables of docs/alerts.md. The rules were tuned on seed 11; the seeds here are others.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import yaml

from weatherglass import workspace
from weatherglass.actions.episodes import Change, replay
from weatherglass.actions.record import Record
from weatherglass.config import FILE_NAME
from weatherglass.jobs.recording import record
from weatherglass.rollups import calendar
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.simulation.company import Company
from weatherglass.simulation.incidents import TELLING, Judged, Raised, incidents, judge

DAYS, QUARTER = 300, 90
AN_OWNER = 50
END = dt.date(2026, 10, 31)
VOLUME = 8
"""User-days a week from which on an account is called busy here."""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--accounts", type=int, default=2000)
    asked.add_argument("--seed", type=int, default=12)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        company = simulate_company(given.accounts, DAYS, given.seed, END)
        read, changes = replayed(company, Path(folder))
    report(company, read, changes)


def replayed(company: Company, folder: Path) -> tuple[Record, list[Change]]:
    """The quarter's record, and what the preset rules did in it."""
    write_company(company, folder / "data")
    (folder / FILE_NAME).write_text(yaml.safe_dump({"name": "Bench", **product_settings()}), encoding="utf-8")
    first = company.end - dt.timedelta(days=QUARTER - 1)
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update()
        begun = time.perf_counter()
        read = record(opened.store, opened.project, first)
        changes = list(replay(read, opened.project.alerts, calendar.number(first)))
        print(
            f"read and replayed {QUARTER} days of {len(read.who):,} accounts in {time.perf_counter() - begun:.1f} s\n"
        )
    return read, changes


def report(company: Company, read: Record, changes: list[Change]) -> None:
    first = company.end - dt.timedelta(days=QUARTER - 1)
    opened = [one for one in changes if one.kind == "opened"]
    raised = [
        Raised(one.episode.account_id, one.episode.problem, calendar.date(one.day))
        for one in changes
        if one.kind != "closed" and one.episode.account_id
    ]
    openings = [
        Raised(one.episode.account_id, one.episode.problem, calendar.date(one.day))
        for one in opened
        if one.episode.account_id
    ]
    truth = incidents(company)
    judged = judge(truth, raised, first, company.end)
    exact = judge(truth, openings, first, company.end)
    busy = {who.account_id for place, who in enumerate(read.who) if read.people[place].mean() * 7 >= VOLUME}
    of_busy = judge([one for one in truth if one.account_id in busy], raised, first, company.end)
    found(judged, of_busy)
    about(exact, Counter(one.problem for one in openings))
    owners(read, openings)
    told = [one for one in opened if not one.episode.account_id]
    print(f"\nalerts about the data: {len(told)}")
    for one in told:
        print(f"- {calendar.date(one.day)}: {one.episode.hits[0].line}")


def found(judged: Judged, busy: Judged) -> None:
    print("| incident | found within 7 days | of busy accounts |\n|---|---|---|")
    for kind in sorted(judged.incidents):
        shares = [f"{one.found[kind]} of {one.incidents[kind]}" for one in (judged, busy)]
        print(f"| {kind} | {' | '.join(shares)} |")
    print(
        f"| all | {judged.recall:.0%} of {judged.incidents.total()} | {busy.recall:.0%} of {busy.incidents.total()} |\n"
    )


def about(judged: Judged, opened: Counter[str]) -> None:
    print("| problem | alerts | about something |\n|---|---|---|")
    for problem, count in opened.most_common():
        share = f"{judged.right[problem] / count:.0%}" if problem in TELLING else "a fact"
        print(f"| {problem} | {count:,} | {share} |")
    facts = sum(count for problem, count in opened.items() if problem not in TELLING)
    every = (judged.right.total() + facts) / max(1, opened.total())
    print(f"| judged | {judged.raised.total():,} | {judged.precision:.0%} |")
    print(f"| all | {opened.total():,} | {every:.0%} |\n")


def owners(read: Record, openings: list[Raised]) -> None:
    """Every owner has fifty accounts, whatever the simulation says."""
    who = [replace(one, owner=f"owner {place // AN_OWNER}") for place, one in enumerate(read.who)]
    owner = {one.account_id: one.owner for one in who}
    weeks = QUARTER / 7
    of = Counter(owner[one.account_id] for one in openings)
    rates = sorted(of[name] / weeks for name in set(owner.values()))
    print(f"alerts an owner a week, {AN_OWNER} accounts each: {sum(rates) / len(rates):.1f} in the mean, ", end="")
    print(f"{rates[len(rates) // 2]:.1f} in the median, {rates[-1]:.1f} for the owner with most")


if __name__ == "__main__":
    main()
