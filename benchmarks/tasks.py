"""The things that are measured, each run in a process of its own: `python benchmarks/tasks.py NAME ARGUMENT...`.

Each writes a line of JSON: `cpu`, the seconds of work without the interpreter's start and the imports, and counts that
prove that the work was done.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from process import THREADS

DAYS = 180
STORED = Path(".weatherglass") / "store.duckdb"

_RAW = "account_id, user_id, CAST(timestamp AS DATE)"


def cpu() -> float:
    """CPU seconds of this process up to now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def generate(folder: str, accounts: str, events: str) -> dict[str, Any]:
    """The history and the day after it, each in a folder of its own."""
    from weatherglass.simulation import simulate_day, simulate_events_parquet

    simulate_events_parquet(Path(folder) / "history", int(accounts), DAYS, int(events))
    simulate_day(Path(folder) / "next", DAYS, int(accounts), int(events))
    return {}


def scan(files: str) -> dict[str, Any]:
    """Read all four columns and do no more with them than see which are there."""
    columns = "count(account_id), count(user_id), count(name), count(timestamp)"
    return _asked(f"SELECT {columns} FROM read_parquet('{files}')", "events")


def aggregate(files: str) -> dict[str, Any]:
    """The cheapest aggregation that scores can be made of: how much each user of each account did on each day."""
    grouped = f"SELECT {_RAW}, count(*) AS events FROM read_parquet('{files}') GROUP BY ALL"
    return _asked(f"SELECT count(*), sum(events) FROM ({grouped})", "user_days")


def expected(folder: str) -> dict[str, Any]:
    """How many rows of scores there must be: the days of each account since it, and the workspace, began."""
    events, day = f"read_parquet('{folder}/events-*.parquet')", "CAST(timestamp AS DATE)"
    return _asked(
        "SELECT CAST(sum(s.last - greatest(least(CAST(a.created_at AS DATE), e.first), s.first) + 1) AS BIGINT) "
        f"FROM read_parquet('{folder}/accounts.parquet') AS a "
        f"LEFT JOIN (SELECT account_id, min({day}) AS first FROM {events} GROUP BY ALL) AS e USING (account_id) "
        f"CROSS JOIN (SELECT min({day}) AS first, max({day}) AS last FROM {events}) AS s",
        "rows",
    )


def backfill(folder: str, project: str, named: str = "") -> dict[str, Any]:
    """Load a folder into a new store and score every day of it; `named`: with the product's features and milestones."""
    shutil.rmtree(project, ignore_errors=True)
    Path(project).mkdir(parents=True)
    if named:
        _write_settings(Path(project))
    return _brought_up(Path(project), Path(folder))


def another_day(file: str, project: str) -> dict[str, Any]:
    """Load one more day into a store and score it."""
    return _brought_up(Path(project), Path(file))


def _brought_up(project: Path, data: Path) -> dict[str, Any]:
    from weatherglass.config import DEFAULT_PROJECT, FILE_NAME, read_project
    from weatherglass.jobs.incoming.loading import load
    from weatherglass.jobs.scoring.run import bring_up_to_date
    from weatherglass.store import Store

    begun = cpu()
    settings = read_project(project / FILE_NAME) if (project / FILE_NAME).exists() else DEFAULT_PROJECT
    with Store.open(project) as store:
        loaded = load(store, settings, [data])
        after_load = cpu()
        run = bring_up_to_date(store, settings)
        after_score = cpu()
        [(kept, mean)] = store.engine.rows("SELECT count(*), avg(score) / 100.0 FROM scores")
    return {
        "rows": run.update.rows,
        "kept": kept,
        "mean": round(mean, 4),
        "events": sum(file.rows for file in loaded.files if file.table == "events"),
        "load_cpu": after_load - begun,
        "score_cpu": after_score - after_load,
        "cpu": cpu() - begun,
        "stored": sum(path.stat().st_size for path in project.rglob("*") if path.is_file()),
        "database": (project / STORED).stat().st_size,
    }


def _write_settings(project: Path) -> None:
    import yaml

    from weatherglass.config import FILE_NAME
    from weatherglass.simulation import product_settings

    (project / FILE_NAME).write_text(yaml.safe_dump({"name": "Benchmark", **product_settings()}), encoding="utf-8")


def _asked(query: str, counted: str) -> dict[str, Any]:
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    begun = cpu()
    [row] = connection.execute(query).fetchall()
    return {counted: int(row[0]), "cpu": cpu() - begun}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    task.__name__: task for task in (generate, scan, aggregate, expected, backfill, another_day)
}


if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
