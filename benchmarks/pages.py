"""How long the server takes for each page, with many accounts and a year of history.

`python benchmarks/pages.py [--accounts 100000] [--days 365] [--events 20000000] [--folder DIR] [--requests 30]`

Makes a project in the folder once, serves it in this process, and asks for every page. "cold" is with nothing worked
out before; "warm" is as people meet it, when someone has asked for the same within ten seconds. Prints the table that
docs/page.md shows; it fails when a page cannot be had, never because it took long.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
import yaml

from weatherglass import workspace
from weatherglass.cli.simulating import run as simulate
from weatherglass.config import FILE_NAME
from weatherglass.jobs.live import Live
from weatherglass.simulation import product_settings
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.web.application import application
from weatherglass.web.logs import configure
from weatherglass.web.pages import site
from weatherglass.web.settings import Settings

GOAL = 150
"""Milliseconds, p95."""


def made(folder: Path, accounts: int, days: int, events: int) -> Path:
    """The project, made when it is not there."""
    project = folder / f"pages-{accounts}-{days}-{events}"
    if (project / "complete").exists():
        return project
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    simulate(project / "data", (accounts, days, 1), str(yesterday), "parquet", events)
    (project / FILE_NAME).write_text(yaml.safe_dump({"name": "Large", **product_settings()}), encoding="utf-8")
    with workspace.open(project) as opened:
        opened.load(project / "data")
        opened.update()
    shutil.rmtree(project / "data")
    (project / "complete").touch()
    return project


def asked(account: str, last: dt.date) -> dict[str, tuple[str, dict[str, str]]]:
    """Every page, and the headers that it is asked with."""
    part = {"HX-Request": "true"}
    one = urlencode({"id": account})
    days = urlencode({"id": account, "since": last - dt.timedelta(days=28), "as_of": last})
    return {
        "Today": ("/?whose=all", {}),
        "Portfolio": ("/portfolio", {}),
        "Portfolio, sorted": ("/portfolio?sort=score&order=desc", part),
        "Portfolio, filtered": ("/portfolio?tier=red&sort=revenue", part),
        "Account": (f"/account?{one}", {}),
        "Why it moved": (f"/account/change?{days}", part),
        "Cohorts": ("/cohorts?by=plan", {}),
        "Scorecard": ("/scorecard", {}),
        "Data": ("/data", {}),
        "Report": ("/report", {}),
        "Settings": ("/settings", {}),
    }


def measure(port: int, cookie: str, pages: dict[str, tuple[str, dict[str, str]]], requests: int) -> dict[str, float]:
    """The p95 of each page in milliseconds, as a client on the machine sees it."""
    found = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    for name, (path, headers) in pages.items():
        took = []
        for _ in range(requests + 1):
            begun = time.perf_counter()
            connection.request("GET", path, headers={**headers, "Cookie": f"weatherglass_session={cookie}"})
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise SystemExit(f"{path} answers {answer.status}")
        found[name] = statistics.quantiles(took[1:], n=20)[-1] if requests > 1 else took[-1]
    connection.close()
    return found


def table(cold: dict[str, float], warm: dict[str, float]) -> str:
    rows = [f"| {name} | {cold[name]:.0f} | {warm[name]:.0f} |" for name in cold]
    return "\n".join(["| page | cold, p95 ms | warm, p95 ms |", "|---|--:|--:|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "weatherglass-bench")
    given = parser.parse_args()
    project = made(given.folder, given.accounts, given.days, given.events)
    configure("ERROR")
    opened = workspace.open(project)
    live = Live(opened.store, opened.project)
    with State.open(opened.store.folder) as state:
        person = state.people.by_email("bench@example.com") or state.people.create(
            command_line("bench"), "bench@example.com", "Bench", "admin", "a password of some length"
        )
        app = application(live, state, Settings(), None, project)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="on"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not (server.started and live.ready):
            time.sleep(0.1)
        port = server.servers[0].sockets[0].getsockname()[1]
        cookie = state.sessions.begin(person)[1]
        account = live.newest.table()["account_id"][0].as_py()
        pages = asked(account, dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1))
        warm = measure(port, cookie, pages, given.requests)
        site.FRESH_SECONDS = 1e-9
        cold = measure(port, cookie, pages, given.requests)
        server.should_exit = True
        thread.join()
    print(f"{given.accounts:,} accounts, {given.days} days; goal {GOAL} ms\n\n{table(cold, warm)}")


if __name__ == "__main__":
    main()
