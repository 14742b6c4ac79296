"""What was measured of a history as tables: the whole of it, a new day, and both beside the goals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import page
from process import Measured

MILLION = 1_000_000
RIVALS = {"pandas": "rivals/pandas_scores.py", "Polars": "rivals/polars_scores.py"}
QUERIES = ("scan", "aggregate", "day_scan")

AGGREGATIONS, SCANS, PEAK = 2.5, 10.0, 2.0
DAY_SCANS, DAY_SECONDS = 4.0, 1.0
LINEAR = 1.1


@dataclass(frozen=True)
class Size:
    """A history of so many million events, and where it lies."""

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


@dataclass(frozen=True)
class Result:
    """What was measured of one size."""

    size: Size
    measured: dict[str, Measured]
    runs: int

    def cpu(self, name: str) -> float:
        """CPU seconds: of DuckDB's queries alone, of all others from the start of the process to its end."""
        one = self.measured[name]
        return float(one.told["cpu"]) if name in QUERIES else one.cpu


def tables(result: Result) -> str:
    """All of one size: what was done, the whole history, the new day."""
    return "\n\n".join([_done(result), _whole_history(result), _new_day(result)])


def _done(result: Result) -> str:
    backfill, another = result.measured["backfill"].told, result.measured["another_day"].told
    often = f"Median of {result.runs} runs." if result.runs > 1 else "One run."
    return (
        f"{backfill['events']:,} events of {result.size.accounts:,} accounts, "
        f"{result.measured['aggregate'].told['user_days']:,} days of users, "
        f"{backfill['rows']:,} rows of scores: one an account and day, as there must be. "
        f"The store is {backfill['stored'] / MILLION:,.0f} MB, of which the database with roll-ups and history is "
        f"{backfill['database'] / MILLION:,.0f} MB. "
        f"The new day has {another['events']:,} events and {another['rows']:,} rows. {often}"
    )


def _whole_history(result: Result) -> str:
    bases = result.cpu("scan"), result.cpu("aggregate")
    backfill = result.measured["backfill"]
    load, score = backfill.told["load_cpu"], backfill.told["score_cpu"]
    rows = [
        _line(result, "DuckDB: bare scan of all four columns", "scan", *bases),
        _line(result, "DuckDB: `group by account, user, day`", "aggregate", *bases),
        _line(result, "**Weatherglass: load and score every day, all kept**", "backfill", *bases),
        _part("of that load", load, *bases),
        _part("of that roll up and score", score, *bases),
        _part("of that start, imports, end", backfill.cpu - load - score, *bases),
        _line(result, "Weatherglass with features, key features, milestones named", "named", *bases),
    ]
    for rival in RIVALS:
        if rival in result.measured:
            rows.append(_line(result, f"{rival}: three dimensions and the score, nothing kept", rival, *bases))
        else:
            rows.append([f"{rival}: not run", *[""] * 5])
    return page.table(["", "CPU s", "x scan", "x aggregation", "wall s", "peak GB"], rows)


def _new_day(result: Result) -> str:
    scan = result.cpu("day_scan")
    rows = [
        _line(result, "DuckDB: bare scan of the new day's file", "day_scan", scan),
        _line(result, "**Weatherglass: load it and score the day**", "another_day", scan),
        _part("of that without start and imports", result.measured["another_day"].told["cpu"], scan),
    ]
    return page.table(["", "CPU s", "x scan", "wall s", "peak GB"], rows)


def _line(result: Result, what: str, name: str, *bases: float) -> list[str]:
    one = result.measured[name]
    return [*_part(what, result.cpu(name), *bases)[:-2], f"{one.wall:.1f}", f"{one.peak:.2f}"]


def _part(what: str, cpu: float, *bases: float) -> list[str]:
    return [what, f"{cpu:.2f}" if cpu >= 0.1 else f"{cpu:.3f}", *(f"{cpu / base:.2f}" for base in bases), "", ""]


def goals(results: list[Result]) -> str:
    """Every goal with what was measured, and whether that is enough."""
    rows = [row for result in results for row in _reached(result)]
    rows += [_linear(results[0], large) for large in results[1:]]
    return page.table(["events", "", "goal", "measured", ""], rows)


def _reached(result: Result) -> list[list[str]]:
    backfill = result.cpu("backfill")
    allowed = DAY_SCANS * result.cpu("day_scan") + DAY_SECONDS
    checked = [
        ("whole history against the aggregation", AGGREGATIONS, backfill / result.cpu("aggregate"), "x"),
        ("whole history against the scan", SCANS, backfill / result.cpu("scan"), "x"),
        ("peak memory of it", PEAK, result.measured["backfill"].peak, " GB"),
        (
            f"a new day: {DAY_SCANS:.0f} scans of its file + {DAY_SECONDS:.0f} s",
            allowed,
            result.cpu("another_day"),
            " s",
        ),
    ]
    return [
        [
            f"{result.size.millions} M",
            what,
            f"at most {goal:.2f}{unit}",
            f"{found:.2f}{unit}",
            page.verdict(found <= goal),
        ]
        for what, goal, found, unit in checked
    ]


def _linear(small: Result, large: Result) -> list[str]:
    """CPU for each event of the large history against the small one, with that of the aggregation beside it."""
    events = large.measured["backfill"].told["events"] / small.measured["backfill"].told["events"]
    own, floor = ((large.cpu(name) / small.cpu(name)) / events for name in ("backfill", "aggregate"))
    what = f"CPU an event against that of {small.size.millions} M (of the aggregation: {floor:.2f}x)"
    goal = f"linear: at most {LINEAR:.2f}x"
    return [f"{large.size.millions} M", what, goal, f"{own:.2f}x", page.verdict(own <= LINEAR)]
