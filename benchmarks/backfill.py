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
from dataclasses import dataclass
from pathlib import Path

import page
from process import Measured, confine, middle, script

MILLION = 1_000_000
RIVALS_UP_TO = 10
"""Million events: pandas and Polars hold them all in memory."""
RIVALS = {"pandas": "rivals/pandas_scores.py", "Polars": "rivals/polars_scores.py"}

AGGREGATIONS, SCANS, PEAK = 2.5, 10.0, 2.0
DAY_SCANS, DAY_SECONDS = 4.0, 1.0


@dataclass(frozen=True)
class Size:
    """A history of so many million events."""

    millions: int
    folder: Path

    @property
    def accounts(self) -> int:
        return self.millions * 1_000

    @property
    def history(self) -> Path:
        return self.folder / "history"

    @property
    def files(self) -> str:
        return f"{self.history}/events-*.parquet"

    @property
    def next_day(self) -> Path:
        [file] = (self.folder / "next").glob("events-*.parquet")
        return file

    def make(self) -> None:
        """Write the data if it is not there, and read it once so that nothing waits for the disk."""
        done = self.folder / "complete"
        if not done.exists():
            told(f"making {self.millions} M events in {self.folder}")
            script("tasks.py", "generate", self.folder, self.accounts, self.millions * MILLION)
            done.touch()
        for file in self.folder.rglob("*.parquet"):
            file.read_bytes()


@dataclass(frozen=True)
class Result:
    """What was measured of one size."""

    size: Size
    measured: dict[str, Measured]
    runs: int

    def cpu(self, name: str) -> float:
        """CPU seconds: of DuckDB's queries alone, of all others from the start of the process to its end."""
        one = self.measured[name]
        return float(one.told["cpu"]) if name in ("scan", "aggregate", "day_scan") else one.cpu


def told(what: str) -> None:
    print(what, flush=True)


def measure(size: Size, runs: int, rivals: bool) -> Result:
    """Run everything `runs` times, in turn, so that whatever disturbs disturbs all."""
    size.make()
    rows = int(script("tasks.py", "expected", size.history).told["rows"])
    found: dict[str, list[Measured]] = {}
    for run in range(runs):
        for name, one in _once(size, rivals):
            told(
                f"{size.millions} M, run {run + 1} of {runs}: {name} {one.cpu:.2f} CPU s, {one.peak:.2f} GB {one.told}"
            )
            _check(name, one, rows)
            found.setdefault(name, []).append(one)
    return Result(size, {name: middle(several) for name, several in found.items()}, runs)


def _once(size: Size, rivals: bool) -> Iterator[tuple[str, Measured]]:
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


def _check(name: str, one: Measured, rows: int) -> None:
    if "rows" in one.told and name != "another_day" and one.told["rows"] != rows:
        raise SystemExit(f"{name} made {one.told['rows']} rows of scores where there are {rows} days of accounts")


def figures(result: Result) -> str:
    """The table of one size."""
    scan, aggregation, day = (result.cpu(name) for name in ("scan", "aggregate", "day_scan"))
    backfill, another = result.measured["backfill"], result.measured["another_day"]

    def line(what: str, name: str, *beside: float | None) -> list[str]:
        one, cpu = result.measured[name], result.cpu(name)
        ratios = [f"{cpu / base:.2f}" if base else "" for base in beside]
        return [what, f"{cpu:.3f}" if cpu < 0.1 else f"{cpu:.2f}", *ratios, f"{one.wall:.1f}", f"{one.peak:.2f}"]

    def part(what: str, cpu: float) -> list[str]:
        return [what, f"{cpu:.2f}", f"{cpu / scan:.2f}", f"{cpu / aggregation:.2f}", "", ""]

    rows = [
        line("DuckDB: bare scan of all four columns", "scan", scan, aggregation),
        line("DuckDB: `group by account, user, day`", "aggregate", scan, aggregation),
        line("**Weatherglass: load and score every day, all kept**", "backfill", scan, aggregation),
        part("- load", backfill.told["load_cpu"]),
        part("- roll up and score", backfill.told["score_cpu"]),
        part("- start, imports, end", backfill.cpu - backfill.told["load_cpu"] - backfill.told["score_cpu"]),
        line("the same with features, key features and milestones named", "named", scan, aggregation),
        *(
            line(f"{rival}: the four dimensions", rival, scan, aggregation)
            for rival in RIVALS
            if rival in result.measured
        ),
    ]
    if not set(RIVALS) <= set(result.measured):
        why = "they hold all events in memory" if result.size.millions > RIVALS_UP_TO else "not asked for"
        rows.append([f"pandas, Polars: not run ({why})", "", "", "", "", ""])
    heads = ["", "CPU s", "x scan", "x aggregation", "wall s", "peak GB"]
    daily = [
        line("DuckDB: bare scan of the new day's file", "day_scan", day),
        line("**Weatherglass: load it and score the day**", "another_day", day),
        ["- of that the work itself", f"{another.told['cpu']:.2f}", f"{another.told['cpu'] / day:.1f}", "", ""],
    ]
    told_apart = (
        f"{backfill.told['events']:,} events of {result.size.accounts:,} accounts, "
        f"{result.measured['aggregate'].told['user_days']:,} days of users, {backfill.told['rows']:,} rows of scores, "
        f"one an account and day, as there must be. "
        f"The store is {backfill.told['stored'] / MILLION:,.0f} MB, {backfill.told['database'] / MILLION:,.0f} MB of it the "
        f"database with roll-ups and history. The new day has {another.told['events']:,} events and "
        f"{another.told['rows']:,} rows. Median of {result.runs}."
        if result.runs > 1
        else ""
    )
    return "\n\n".join(
        [told_apart, page.table(heads, rows), page.table(["", "CPU s", "x scan", "wall s", "peak GB"], daily)]
    )


def goals(result: Result) -> list[list[str]]:
    """The goals of one size: what, goal, measured, ok or short."""
    backfill = result.cpu("backfill")
    by_aggregation, by_scan = backfill / result.cpu("aggregate"), backfill / result.cpu("scan")
    allowed = DAY_SCANS * result.cpu("day_scan") + DAY_SECONDS
    checked = [
        ("whole history against the aggregation", AGGREGATIONS, by_aggregation, "x"),
        ("whole history against the scan", SCANS, by_scan, "x"),
        ("peak memory of it", PEAK, result.measured["backfill"].peak, " GB"),
        (
            f"a new day: {DAY_SCANS:.0f} scans of its file and {DAY_SECONDS:.0f} s",
            allowed,
            result.cpu("another_day"),
            " s",
        ),
    ]
    return [
        [f"{result.size.millions} M", what, f"at most {goal:.2f}{unit}", f"{found:.2f}{unit}", _verdict(found <= goal)]
        for what, goal, found, unit in checked
    ]


def linearity(small: Result, large: Result) -> list[list[str]]:
    """CPU for each event of the large history against the small one, with that of the aggregation beside it."""

    def growth(name: str) -> float:
        events = large.measured["backfill"].told["events"] / small.measured["backfill"].told["events"]
        return large.cpu(name) / small.cpu(name) / float(events)

    own = growth("backfill")
    what = f"CPU an event against that of {small.size.millions} M (the aggregation: {growth('aggregate'):.2f}x)"
    return [[f"{large.size.millions} M", what, "linear: at most 1.10x", f"{own:.2f}x", _verdict(own <= 1.1)]]


def _verdict(ok: bool) -> str:
    return "ok" if ok else "**short**"


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
        measure(size, options.runs or (3 if size.millions <= RIVALS_UP_TO else 1), not options.no_rivals)
        for size in sizes
    ]
    checked = [line for result in results for line in goals(result)]
    checked += [line for large in results[1:] for line in linearity(results[0], large)]
    texts = {f"backfill-{result.size.millions}m": figures(result) for result in results}
    texts["backfill-goals"] = page.table(["events", "", "goal", "measured", ""], checked)
    texts["backfill-machine"] = page.machine("duckdb", "numpy", "pyarrow", "pandas", "polars")
    for name, text in texts.items():
        told(f"\n{name}\n{text}")
        if options.write is not None:
            page.write(options.write, name, text)


if __name__ == "__main__":
    main()
