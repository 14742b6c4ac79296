"""How long the server takes for each page, with many accounts and a year of history.

`python benchmarks/pages.py [--accounts 100000] [--days 365] [--events 20000000] [--folder DIR] [--requests 30]`

Makes a project in the folder once, serves it in this process, and asks for every page. "first" is as people meet a page
that nobody has asked for before; "again" when someone has asked for the same. Prints the table that docs/performance.md
shows (`--write` writes it there); it fails when a page cannot be had, never because it took long.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import itertools
import os
import resource
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import page
import uvicorn
import yaml

from weatherglass import workspace
from weatherglass.cli.simulating import run as simulate
from weatherglass.config import FILE_NAME
from weatherglass.jobs.live.store import Live
from weatherglass.simulation import product_settings
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.web.application import application
from weatherglass.web.logs import configure
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
    facts(project / "data", yesterday, days)
    (project / FILE_NAME).write_text(yaml.safe_dump({"name": "Large", **product_settings()}), encoding="utf-8")
    with workspace.open(project) as opened:
        opened.load(project / "data")
        opened.update()
    shutil.rmtree(project / "data")
    (project / "complete").touch()
    return project


def facts(folder: Path, last: dt.date, days: int) -> None:
    """What companies have besides events, in the tables that the pages read; drawn by hashes, the same every time."""
    with duckdb.connect() as engine:
        engine.execute("CREATE MACRO drawn(id, word, n) AS CAST(hash(id || word) % n AS INTEGER)")
        engine.execute(f"CREATE MACRO ago(id, word) AS DATE '{last}' - drawn(id, word, {days})")
        engine.execute(f"CREATE TABLE a AS SELECT * FROM '{folder}/accounts.parquet'")
        for name, query in FACTS.items():
            engine.execute(f"COPY ({query.format(last=last)}) TO '{folder}/{name}.parquet' (FORMAT parquet)")


_EACH = "FROM a, range({n}) AS r(n), LATERAL (SELECT account_id || '-' || n) AS k(id)"
FACTS = {
    "accounts": "SELECT *, 'owner ' || drawn(account_id, 'owner', 60) AS owner, "
    "['EMEA', 'AMER', 'APAC'][1 + drawn(account_id, 'region', 3)] AS region, "
    "'industry ' || drawn(account_id, 'industry', 12) AS industry, "
    "'source ' || drawn(account_id, 'source', 6) AS acquisition_source, "
    "'campaign ' || drawn(account_id, 'campaign', 40) AS acquisition_campaign, "
    "DATE '{last}' + drawn(account_id, 'renewal', 365) AS renewal_date FROM a",
    "users": "SELECT id || '-user' AS user_id, account_id, 'Person ' || n AS name, n = 0 AS is_champion, "
    f"n = 1 AS is_executive_sponsor {_EACH.replace('{n}', '4')}",
    "tickets": "SELECT id AS ticket_id, account_id, ago(id, 't') AS opened_at, "
    "CASE WHEN drawn(id, 'open', 20) > 0 THEN ago(id, 't') + drawn(id, 'took', 9) END AS resolved_at, "
    "['low', 'normal', 'high', 'urgent'][1 + drawn(id, 'how', 4)] AS severity, drawn(id, 'csat', 5) + 1 AS csat "
    f"{_EACH.replace('{n}', '5')}",
    "invoices": "SELECT id AS invoice_id, account_id, ago(id, 'i') AS issued_at, ago(id, 'i') + 30 AS due_at, "
    "CASE WHEN drawn(id, 'owed', 15) > 0 THEN ago(id, 'i') + drawn(id, 'late', 45) END AS paid_at, arr / 12 AS amount, "
    f"'open' AS status {_EACH.replace('{n}', '12')}",
    "subscriptions": "SELECT account_id || '-s' AS subscription_id, account_id, "
    "greatest(created_at, DATE '{last}' - 300) AS started_at, arr / 12 AS mrr, "
    "seats, plan FROM a",
    "surveys": "SELECT id AS response_id, account_id, 'nps' AS kind, drawn(id, 'nps', 11) AS score, "
    f"ago(id, 'v') AS answered_at {_EACH.replace('{n}', '2')}",
    "interactions": "SELECT id AS interaction_id, account_id, "
    "['meeting', 'qbr', 'call'][1 + drawn(id, 'k', 3)] AS kind, "
    f"ago(id, 'x') AS occurred_at, drawn(id, 'there', 6) > 0 AS attended {_EACH.replace('{n}', '4')}",
}


Ask = tuple[str, dict[str, str]]
"""An address, and the headers that it is asked with."""
PART = {"HX-Request": "true"}


def asked(accounts: list[str], last: dt.date) -> dict[str, list[Ask]]:
    """Every page as many people ask for it: each time for another account, owner, or choice, as far as it has any."""
    month = {"since": last - dt.timedelta(days=28), "as_of": last}
    choices = [
        {"owner": f"owner {number}", "tier": tier, "segment": segment}
        for number, (tier, segment) in enumerate(itertools.product(TIERS * 5, ("smb", "mid_market", "enterprise")))
    ]
    sorts = [{"sort": sort, "order": order} for order in ("asc", "desc") for sort in SORTS]

    def of_accounts(path: str, more: dict[str, Any], headers: dict[str, str]) -> list[Ask]:
        return [(f"{path}?{urlencode({'id': one, **more})}", headers) for one in accounts]

    def of_choices(path: str, given: Iterable[dict[str, Any]], headers: dict[str, str]) -> list[Ask]:
        return [(f"{path}?{urlencode(one)}", headers) for one in given]

    return {
        "Today, everyone": [("/?whose=all", {})],
        "Today, an owner": of_choices("/", ({"whose": "owner", "owner": f"owner {n}"} for n in range(60)), {}),
        "Portfolio": [("/portfolio", {})],
        "Portfolio, filtered": of_choices("/portfolio", choices, {}),
        "Portfolio: pictures of a filter": of_choices("/portfolio/overview", choices, PART),
        "Portfolio: what moved its movers": of_choices("/portfolio/movers", choices, PART),
        "Portfolio: flow between two new days": of_choices("/portfolio/flow", flows(last), PART),
        "Portfolio: list sorted": of_choices("/portfolio", sorts, PART),
        "Portfolio: list filtered and sorted": of_choices(
            "/portfolio", ({**one, **order} for one, order in zip(choices, itertools.cycle(sorts), strict=False)), PART
        ),
        "Account": of_accounts("/account", {}, {}),
        "Account: why it moved": of_accounts("/account/change", month, PART),
        "Account: score": of_accounts("/account/score", {}, PART),
        "Account: users, features, peers": of_accounts("/account/beside", {}, PART),
        "Cohorts": of_choices("/cohorts", ({"by": by} for by in ("segment", "plan", "owner", "region")), {}),
        "Scorecard": [("/scorecard", {})],
        "Data": [("/data", {})],
        "Report": [("/report", {})],
        "Report, filtered": of_choices("/report", ({"owner": f"owner {number}"} for number in range(60)), {}),
        "Settings": [("/settings", {})],
        "Settings: jobs": [("/settings/jobs", {})],
        "Settings: audit log": [("/settings/audit", {})],
    }


def flows(last: dt.date) -> list[dict[str, Any]]:
    """Two days of the year, others each time; every other ask is of an owner's accounts."""
    days = [(last - dt.timedelta(days=3 * back), last - dt.timedelta(days=180 + 5 * back)) for back in range(1, 31)]
    return [
        {"since": since, "until": until, **({"owner": f"owner {number}"} if number % 2 else {})}
        for number, (until, since) in enumerate(days)
    ]


TIERS = ("red", "yellow", "green")
SORTS = (
    "name",
    "score",
    "tier",
    "confidence",
    "revenue",
    "risk",
    "change",
    "seats",
    "owner",
    "renewal_date",
    "created_at",
)


class Client:
    """Someone who is signed in."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = f"weatherglass_session={cookie}"

    def took(self, ask: Ask) -> tuple[float, float]:
        """The milliseconds until a page is there, and those of the processor meanwhile."""
        path, headers = ask
        begun, worked = time.perf_counter(), time.process_time()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        connection.request("GET", path, headers={**headers, "Cookie": self._cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
        return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000


def measure(client: Client, pages: dict[str, list[Ask]], requests: int) -> dict[str, Row]:
    """Of each page: the p95 of first asks and of second ones, and what the processor did for a first."""
    found = {}
    for name, asks in pages.items():
        several = list(itertools.islice(asks, requests))
        first = [client.took(ask) for ask in several]
        while len(first) < requests and len(several) == 1:
            first.append(client.took(several[0]))
        again = [client.took(ask)[0] for ask in several for _ in range(max(1, requests // len(several)))]
        work = [cpu for _, cpu in first]
        found[name] = Row(p95([wall for wall, _ in first]), statistics.median(work), p95(work), p95(again))
        print(name, found[name], file=sys.stderr)
    return found


@dataclass(frozen=True)
class Row:
    """Milliseconds of a page."""

    first: float
    processor: float
    processor_p95: float
    again: float


def resident() -> float:
    """Gigabytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1024**3


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def table(found: dict[str, Row]) -> str:
    rows = [
        f"| {name} | {one.first:.0f} | {one.processor:.0f} | {one.processor_p95:.0f} | {one.again:.0f} |"
        for name, one in found.items()
    ]
    head = "| page | first, p95 ms | processor, median ms | processor, p95 ms | again, p95 ms |"
    return "\n".join([head, "|---|--:|--:|--:|--:|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "weatherglass-benchmarks" / "pages"
    )
    parser.add_argument("--only", default="", help="the pages with this in their names, of all")
    parser.add_argument("--write", type=Path, default=None, help="the page that gets the table between its marks")
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
        # from here on as after every night: what all pages show is worked out before anyone comes
        begun = time.monotonic()
        while not (server.started and live.ready):
            time.sleep(0.1)
        ready = time.monotonic()
        while app.state.site.memory.version != live.version:
            time.sleep(0.1)
        warmed = time.monotonic() - ready
        port = server.servers[0].sockets[0].getsockname()[1]
        client = Client(port, state.sessions.begin(person)[1])
        names = sorted(live.newest.table()["account_id"].to_pylist())
        accounts = names[:: max(1, len(names) // given.requests)]
        pages = asked(accounts, dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1))
        found = measure(client, {name: asks for name, asks in pages.items() if given.only in name}, given.requests)
        load = os.getloadavg()[1]
        memory = resident(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        server.should_exit = True
        thread.join()
    said = (
        f"{given.accounts:,} accounts, {given.days} days, {given.requests} requests a page, {page.machine('duckdb')} "
        f"{load:.1f} processes at work on them meanwhile. The goal is {GOAL} ms. "
        f"Ready after {ready - begun:.1f} s, all pages warm {warmed:.1f} s later. "
        f"The service held {memory[0]:.2f} GB after them, and {memory[1]:.2f} GB at most while it scored all accounts."
    )
    print(f"{said}\n\n{table(found)}")
    if given.write is not None:
        page.write(given.write, "pages", f"{said}\n\n{table(found)}")


if __name__ == "__main__":
    main()
