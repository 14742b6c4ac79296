"""What alerts take with many accounts: a dry run, the trial of a rule, the first look, and that of a night.

`python benchmarks/alerting.py [--accounts 100000] [--days 365] [--events 20000000] [--folder DIR] [--write PAGE]`

Uses the project that `pages.py` makes, and changes nothing in it: what looks find is kept in a folder of their own.
Each runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import page
import pages

from weatherglass import workspace
from weatherglass.jobs.acting.alerting import dry_run
from weatherglass.jobs.acting.following_up import act
from weatherglass.jobs.acting.rehearsing import rehearse
from weatherglass.jobs.views.explaining import last_day
from weatherglass.state import State
from weatherglass.workspace import Workspace

TRIED = "use_falls"
"""A rule that is off in a new project."""
Work = Callable[[Workspace, State], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "weatherglass-benchmarks" / "pages"
    )
    parser.add_argument("--write", type=Path, default=None, help="the page that gets the table between its marks")
    given = parser.parse_args()
    project = pages.made(given.folder, given.accounts, given.days, given.events)
    folder = Path(tempfile.mkdtemp())
    rows = ["| what | processor, s | memory at most, GB | found |", "|---|--:|--:|---|"]
    for name, work in WORKS.items():
        rows.append(f"| {name} | {measured(project, folder, work)} |")
        said = f"{given.accounts:,} accounts, {given.days} days, {page.machine('duckdb')}"
        table = "\n".join([said, "", *rows])
        sys.stdout.write(f"{table}\n\n")
        sys.stdout.flush()
        # after each of them: a run that is stopped has written what it knows
        if given.write is not None:
            page.write(given.write, "alerting", table)
    shutil.rmtree(folder)


def measured(project: Path, folder: Path, work: Work) -> str:
    """Seconds, gigabytes and what was found, as cells of a table."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with workspace.open(project) as opened, State.open(folder) as state:
            os.write(writing, work(opened, state).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = told.read()
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"it failed with {status}")
    return f"{used.ru_utime + used.ru_stime:.0f} | {used.ru_maxrss / 1024**2:.1f} | {found}"


def _dry(opened: Workspace, _: State) -> str:
    return f"{dry_run(opened.store, opened.project).alerts:,} alerts"


def _trial(opened: Workspace, _: State) -> str:
    found = rehearse(opened.store, opened.project, TRIED, opened.project.alerts.rules[TRIED])
    return f"{found.alerts:,} alerts of its own, {found.before:,} of all without it and {found.after:,} with it"


def _first(opened: Workspace, state: State) -> str:
    done = act(opened.store, state, opened.project, last_day(opened.store) - dt.timedelta(days=1))
    return f"{done.looked.opened:,} alerts, {len(state.episodes.open()):,} of them open, {done.tasks:,} tasks"


def _night(opened: Workspace, state: State) -> str:
    done = act(opened.store, state, opened.project)
    return f"{done.looked.opened:,} alerts, {done.looked.closed:,} over, {done.tasks:,} tasks"


WORKS: dict[str, Work] = {
    "a dry run of 90 days": _dry,
    "the trial of one more rule over 90 days": _trial,
    "the first look, which replays 90 days": _first,
    "a night's look, with its plays and tasks": _night,
}

if __name__ == "__main__":
    main()
