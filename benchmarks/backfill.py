"""Whole history and one more day: Weatherglass beside DuckDB's bare scan and aggregation, pandas and Polars.

`python benchmarks/backfill.py [--events 10 100] [--folder DIR] [--runs N] [--no-rivals] [--write docs/performance.md]`

Makes the data once in the folder (100 k accounts for 100 M events, 180 days), then runs everything in turn, each in a
process of its own on two processors, and prints what it took beside the goals. It fails when the work was not done,
never because it took long.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import page
from figures import MILLION, RIVALS, Result, Size, goals, tables
from process import Measured, confine, middle, script

RIVALS_UP_TO = 10
"""Million events: pandas and Polars hold them all in memory."""
SAME_MEAN = 0.01
"""Points by which the mean of all scores may differ between those who compute it: the history is kept rounded."""


def told(what: str) -> None:
    print(what, flush=True)


def make(size: Size) -> None:
    """Write the data if it is not there, and read it once so that nothing waits for the disk."""
    done = size.folder / "complete"
    if not done.exists():
        told(f"making {size.millions} M events in {size.folder}")
        script("tasks.py", "generate", size.folder, size.accounts, size.millions * MILLION)
        done.touch()
    for file in size.folder.rglob("*.parquet"):
        with file.open("rb") as opened:
            while opened.read(2**24):
                pass


def measure(size: Size, runs: int, *, rivals: bool) -> Result:
    """Run everything `runs` times, in turn, so that whatever disturbs disturbs all."""
    make(size)
    rows = int(script("tasks.py", "expected", size.history).told["rows"])
    found: dict[str, list[Measured]] = {}
    for run in range(1, runs + 1):
        for name, one in _once(size, rivals=rivals):
            told(f"{size.millions} M, run {run} of {runs}, {name}: {one.cpu:.2f} CPU s, {one.peak:.2f} GB, {one.told}")
            found.setdefault(name, []).append(one)
            _check(name, one, found["backfill"][-1] if "backfill" in found else one, rows)
    return Result(size, {name: middle(several) for name, several in found.items()}, runs)


def _once(size: Size, *, rivals: bool) -> Iterator[tuple[str, Measured]]:
    with tempfile.TemporaryDirectory(dir=size.folder) as scratch:
        project = Path(scratch) / "project"
        yield "scan", script("tasks.py", "scan", size.files)
        yield "aggregate", script("tasks.py", "aggregate", size.files)
        yield "backfill", script("tasks.py", "backfill", size.history, project)
        yield "day_scan", script("tasks.py", "scan", size.next_day)
        yield "another_day", script("tasks.py", "another_day", size.next_day, project)
        yield "named", script("tasks.py", "backfill", size.history, Path(scratch) / "named", "named")
        if rivals and size.millions <= RIVALS_UP_TO:
            for name, rival in RIVALS.items():
                yield name, script(rival, size.history, Path(scratch) / "scores.parquet")


def _check(name: str, one: Measured, ours: Measured, rows: int) -> None:
    """Stop where work was left out: it would be measured as speed."""
    if name in ("backfill", "named", *RIVALS) and one.told["rows"] != rows:
        raise SystemExit(f"{name} made {one.told['rows']} rows of scores where there are {rows} days of accounts")
    if name in RIVALS and abs(one.told["mean"] - ours.told["mean"]) > SAME_MEAN:
        raise SystemExit(f"{name} finds a mean score of {one.told['mean']}, Weatherglass {ours.told['mean']}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, nargs="+", default=[10, 100], help="sizes in million events")
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "weatherglass-benchmarks")
    asked.add_argument("--runs", type=int, help="how often; 3 up to 10 M events, 1 beyond")
    asked.add_argument("--no-rivals", action="store_true", help="leave out pandas and Polars")
    asked.add_argument("--write", type=Path, help="the page to put the tables into")
    options = asked.parse_args()
    confine()
    folder = options.folder.resolve()
    sizes = [Size(millions, folder / f"{millions}m") for millions in sorted(options.events)]
    results = [
        measure(size, options.runs or (3 if size.millions <= RIVALS_UP_TO else 1), rivals=not options.no_rivals)
        for size in sizes
    ]
    texts = {f"backfill-{result.size.millions}m": tables(result) for result in results}
    texts["backfill-goals"] = goals(results)
    texts["backfill-machine"] = page.machine("duckdb", "numpy", "pyarrow", "pandas", "polars")
    for name, text in texts.items():
        told(f"\n{name}\n{text}")
        if options.write is not None:
            page.write(options.write, name, text)


if __name__ == "__main__":
    main()
