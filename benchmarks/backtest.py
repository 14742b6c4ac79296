"""Two years looked back at, beside the score backfill of the same accounts: it may take twice as long.

`python benchmarks/backtest.py [--accounts 10000] [--runs 3] [--write docs/foresight.md]`

Simulates the company, loads it and rolls its events up, which both need; then scores every day of every account into
the history, and backtests it with 28-day snapshots, all figures and intervals included. CPU seconds, so that whoever
else uses the machine does not count.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import page
from process import confine

DAYS = 730
FIRST = date(2024, 1, 1)
EVENTS = 250
"""An account in its first half year."""
GOAL = 2.0


def cpu() -> float:
    """CPU seconds of this process up to now, threads included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def once(folder: Path) -> tuple[float, float, int, int]:
    """CPU seconds of the backfill and of the backtest, account-days scored and rows of the panel."""
    import weatherglass
    from weatherglass.jobs.scoring.run import roll_up

    with weatherglass.open_data(folder) as opened:
        roll_up(opened.store, opened.project, None)
        begun = cpu()
        scored = opened.update().update.rows
        between = cpu()
        found = opened.backtest()
        return between - begun, cpu() - between, scored, found.main.counts.rows


def main() -> None:
    from weatherglass.simulation import simulate_events_parquet

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, default=10_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--write", type=Path, help="the page to put the table into")
    options = asked.parse_args()
    confine()
    with tempfile.TemporaryDirectory() as name:
        simulate_events_parquet(Path(name), options.accounts, DAYS, EVENTS * options.accounts, first=FIRST)
        runs = [once(Path(name)) for _ in range(options.runs)]
    backfill, backtest = (median(run[part] for run in runs) for part in (0, 1))
    scored, rows = runs[0][2:]
    heads = ["", "CPU s", "of the backfill", "goal", ""]
    verdict = page.verdict(backtest <= GOAL * backfill)
    table = page.table(
        heads,
        [
            [f"score backfill, {scored:,} account-days", f"{backfill:.1f}", "", "", ""],
            [f"backtest, {rows:,} rows", f"{backtest:.1f}", f"{backtest / backfill:.2f}", f"at most {GOAL:g}", verdict],
        ],
    )
    libraries = ("duckdb", "numpy")
    text = f"{page.machine(*libraries)} Medians of {options.runs} runs.\n\n{table}"
    print(text)
    if options.write is not None:
        page.write(options.write, "backtest-speed", text)


if __name__ == "__main__":
    main()
