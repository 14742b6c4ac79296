"""Quarters of simulated companies with known incidents: what alerts find, how many are about nothing, and how many.

usage: alerts.py [--accounts N] [--seed S]... [--no-ceiling] [--write]

It prints the tables of docs/alerts.md, and with --write puts them there. The rules were developed on seeds 11,
31 to 33 and 41 to 46; those measured by default are others. Beside what is found stands what a detector could find
that knows each person's own chance of coming, what accounts do, every holiday and mood, and the shapes that incidents
have, but not whose turn it is (`ceiling.py`), when it may raise as many wrong alerts about health.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import page
import yaml
from ceiling import ceiling

from weatherglass import workspace
from weatherglass.actions.episodes import Change
from weatherglass.actions.record import Record
from weatherglass.actions.watch import replay
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.recording import record
from weatherglass.rollups import calendar
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.simulation.company import Company
from weatherglass.simulation.incidents import TELLING, Incident, Judged, Raised, incidents, judge

DAYS, QUARTER = 300, 90
AN_OWNER = 50
END = dt.date(2026, 10, 31)
SEEDS = (71, 72, 73, 74, 75)
SIZES = ((0.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, float("inf")))
"""User-days a week, before the incident."""
PAGE = Path(__file__).parent.parent / "docs" / "alerts.md"
FIRST = END - dt.timedelta(days=QUARTER - 1)


@dataclass(frozen=True)
class Quarter:
    """What was measured of one company."""

    seed: int
    judged: Judged
    """By all that was told: incidents."""
    exact: Judged
    """By openings: alerts."""
    opened: Counter[str]
    """Problem -> alerts."""
    owners: list[float]
    """Alerts a week, of each owner."""
    data: int
    sizes: dict[Incident, float]
    """Incident -> user-days a week before it."""
    best: frozenset[Incident] | None
    """What the ceiling finds of those that only use and words can tell of."""

    @property
    def every(self) -> float:
        """The share of all alerts that are about something, those that state facts among them."""
        facts = sum(count for problem, count in self.opened.items() if problem not in TELLING)
        return (self.exact.right.total() + facts) / max(1, self.opened.total())


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--accounts", type=int, default=2000)
    asked.add_argument("--seed", type=int, action="append")
    asked.add_argument("--no-ceiling", action="store_true")
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    found = []
    for seed in given.seed or SEEDS:
        company = simulate_company(given.accounts, DAYS, seed, END)
        found.append(measured(company, best=not given.no_ceiling))
        print(f"seed {seed}: {_goal(found[-1])}", flush=True)
        # after each of them: a run that is stopped has written what it knows
        for table in TABLES if given.write else ():
            page.write(PAGE, table.__name__, table(found))
    for table in TABLES:
        print(f"\n{table(found)}")


def measured(company: Company, *, best: bool) -> Quarter:
    with tempfile.TemporaryDirectory() as folder:
        read, changes = replayed(company, Path(folder))
    truth = incidents(company)
    raised = [_raised(one) for one in changes if one.kind != "closed" and one.episode.account_id]
    openings = [_raised(one) for one in changes if one.kind == "opened" and one.episode.account_id]
    exact = judge(truth, openings, FIRST, company.end)
    judged = judge(truth, raised, FIRST, company.end)
    wrong = exact.raised["health"] - exact.right["health"]
    return Quarter(
        company.seed,
        judged,
        exact,
        Counter(one.problem for one in openings),
        owners(read, openings),
        sum(one.kind == "opened" and not one.episode.account_id for one in changes),
        {one: _use(read, one) for one in due(truth)},
        ceiling(company, read, truth, (FIRST, company.end), wrong) if best else None,
    )


def replayed(company: Company, folder: Path) -> tuple[Record, list[Change]]:
    """The quarter's record, and what the preset rules did in it."""
    write_company(company, folder / "data")
    (folder / FILE_NAME).write_text(yaml.safe_dump({"name": "Bench", **product_settings()}), encoding="utf-8")
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update()
        read = record(opened.store, opened.project, FIRST)
        return read, list(replay(read, opened.project.alerts, calendar.number(FIRST)))


def due(truth: Iterable[Incident]) -> list[Incident]:
    """The incidents that became plain early enough in the quarter to be found."""
    week = dt.timedelta(days=7)
    return [one for one in truth if FIRST + week <= one.plain <= END - week]


def _raised(one: Change) -> Raised:
    return Raised(one.episode.account_id, one.episode.problem, calendar.date(one.day))


def _use(read: Record, one: Incident) -> float:
    """User-days a week in the twelve weeks before an incident."""
    place = next(place for place, who in enumerate(read.who) if who.account_id == one.account_id)
    until = max(7, calendar.number(one.begins) - read.first)
    return float(read.people[place, max(0, until - 84) : until].mean() * 7)


def owners(read: Record, openings: Sequence[Raised]) -> list[float]:
    """Alerts a week; every owner has fifty accounts, whatever the simulation says."""
    who = [replace(one, owner=f"owner {place // AN_OWNER}") for place, one in enumerate(read.who)]
    owner = {one.account_id: one.owner for one in who}
    of = Counter(owner[one.account_id] for one in openings)
    return [of[name] * 7 / QUARTER for name in sorted(set(owner.values()))]


def _goal(one: Quarter) -> str:
    return (
        f"{one.judged.recall:.0%} of {one.judged.incidents.total()} found, {1 - one.exact.precision:.0%} of "
        f"{one.exact.raised.total()} about nothing, {np.mean(one.owners):.1f} an owner a week, "
        f"{one.data} about the data"
    )


def seeds(found: Sequence[Quarter]) -> str:
    """One line a company, and their mean with an interval of 95 %."""
    heads = ("company", "found within 7 days", "by who knows", "judged alerts about nothing")
    heads += ("all alerts about nothing", "an owner a week (most)", "about the data")
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|---|", *map(_line, found)]
    means = [
        _mean(found, lambda one: one.judged.recall),
        _mean(found, _reach) if all(one.best is not None for one in found) else "",
        _mean(found, lambda one: 1 - one.exact.precision),
        _mean(found, lambda one: 1 - one.every),
    ]
    owner = float(np.mean([np.mean(one.owners) for one in found]))
    return "\n".join([*lines, f"| mean | {' | '.join(means)} | {owner:.1f} | |"])


def _line(one: Quarter) -> str:
    cells = (
        f"seed {one.seed}",
        f"{one.judged.recall:.0%} of {one.judged.incidents.total()}",
        "" if one.best is None else f"{_reach(one):.0%}",
        f"{1 - one.exact.precision:.0%} of {one.exact.raised.total()}",
        f"{1 - one.every:.0%} of {one.opened.total():,}",
        f"{np.mean(one.owners):.1f} ({max(one.owners):.1f})",
        str(one.data),
    )
    return f"| {' | '.join(cells)} |"


STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}


def _mean(found: Sequence[Quarter], of: Callable[[Quarter], float]) -> str:
    values = np.array([of(one) for one in found])
    if len(values) < 2:
        return f"{values.mean():.0%}"
    room = STUDENT.get(len(values), 2.0) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.0%} (± {100 * room:.0f})"


FELT = frozenset({"decline", "pause", "shrinking", "silence"})
"""Kinds of incident that only use and words can tell of; of the others a fact tells."""


def _reach(one: Quarter) -> float:
    """The recall of whom the ceiling finds, and all that a fact tells of."""
    assert one.best is not None
    facts = sum(incident.kind not in FELT for incident in one.sizes)
    return (len(one.best) + facts) / max(1, len(one.sizes))


def kinds(found: Sequence[Quarter]) -> str:
    lines = ["| incident | found within 7 days | by who knows |", "|---|---|---|"]
    for kind in sorted({kind for one in found for kind in one.judged.incidents}):
        hit, every = (sum(getattr(one.judged, name)[kind] for one in found) for name in ("found", "incidents"))
        best = sum(incident.kind == kind for one in found for incident in one.best or ())
        shown = f"{best / every:.0%}" if kind in FELT and all(one.best is not None for one in found) else ""
        lines.append(f"| {WORDS[kind]} | {hit} of {every} ({hit / every:.0%}) | {shown} |")
    return "\n".join(lines)


WORDS = {
    "champion": "champion leaves",
    "tickets": "tickets pile up",
    "payment": "payment fails",
    "silence": "falls silent before the renewal",
    "shrinking": "use shrinks by half",
    "decline": "decline until the customer leaves",
    "pause": "pauses for some weeks",
}


def sizes(found: Sequence[Quarter]) -> str:
    lines = [
        "| days of use a week before | incidents of use | found within 7 days | by who knows |",
        "|---|---|---|---|",
    ]
    for low, high in SIZES:
        mine = [
            (one, incident)
            for one in found
            for incident, use in one.sizes.items()
            if low <= use < high and incident.kind in FELT
        ]
        hit = sum(incident not in one.judged.late for one, incident in mine)
        best = sum(one.best is not None and incident in one.best for one, incident in mine)
        named = f"{low:g} or more" if high == float("inf") else f"{low:g} to {high:g}"
        shares = f"{hit / max(1, len(mine)):.0%} | {best / max(1, len(mine)):.0%}"
        lines.append(f"| {named} | {len(mine)} | {shares} |")
    return "\n".join(lines)


def told(found: Sequence[Quarter]) -> str:
    lines = ["| problem | alerts | about something |", "|---|---|---|"]
    opened = sum((one.opened for one in found), Counter[str]())
    right = sum((one.exact.right for one in found), Counter[str]())
    for problem, count in opened.most_common():
        share = f"{right[problem] / count:.0%}" if problem in TELLING else "a fact"
        lines.append(f"| {problem} | {count:,} | {share} |")
    return "\n".join(lines)


TABLES = (seeds, kinds, sizes, told)

if __name__ == "__main__":
    main()
