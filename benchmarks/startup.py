"""Whole processes that people wait for: `weatherglass --help`, and a folder of CSV files scored.

`python benchmarks/startup.py [--runs 7] [--write docs/performance.md]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import page
from process import Measured, confine, measured

ACCOUNTS = 20
HELP, FOLDER = 0.3, 2.0
"""Goals: seconds of wall time."""


def make_folder(folder: Path) -> None:
    """A company of twenty accounts as CSV files, the simulator's own."""
    from weatherglass.simulation import simulate_company, write_company

    write_company(simulate_company(accounts=ACCOUNTS), folder, "csv")


def commands(folder: Path) -> list[tuple[str, list[str], float | None]]:
    """What is run: its name, the command, the goal."""
    weatherglass = str(Path(sys.executable).with_name("weatherglass"))
    return [
        ("`python -c pass`", [sys.executable, "-c", "pass"], None),
        ("`python -c 'import duckdb, numpy, pyarrow'`", [sys.executable, "-c", "import duckdb, numpy, pyarrow"], None),
        ("**`weatherglass --help`**", [weatherglass, "--help"], HELP),
        (
            f"**`weatherglass score`: {ACCOUNTS} accounts in CSV files**",
            [weatherglass, "score", "--data", str(folder), "--out", "-"],
            FOLDER,
        ),
    ]


def line(what: str, runs: Sequence[Measured], goal: float | None) -> list[str]:
    """A row of the table."""
    fastest, usual = min(run.wall for run in runs), median(run.wall for run in runs)
    verdict = "" if goal is None else page.verdict(usual < goal)
    asked = "" if goal is None else f"under {goal:.1f}"
    return [what, f"{fastest:.3f}", f"{usual:.3f}", f"{median(run.cpu for run in runs):.3f}", asked, verdict]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=7)
    asked.add_argument("--write", type=Path, help="the page to put the table into")
    options = asked.parse_args()
    confine()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "company"
        make_folder(folder)
        listed = commands(folder)
        found: dict[str, list[Measured]] = {what: [] for what, _, _ in listed}
        for run in range(options.runs + 1):
            for what, command, _ in listed:
                took = measured(command, Path(scratch))
                # the first run compiles the modules, once for all
                found[what] += [took] if run else []
        size = sum(file.stat().st_size for file in folder.iterdir())
    rows = [line(what, found[what], goal) for what, _, goal in listed]
    heads = ["", "wall s, fastest", "wall s, median", "CPU s, median", "goal (median wall s)", ""]
    text = f"The CSV files are {size / 1e6:.1f} MB. {options.runs} runs, in turn.\n\n{page.table(heads, rows)}"
    print(text)
    if options.write is not None:
        page.write(options.write, "startup", text)


if __name__ == "__main__":
    main()
