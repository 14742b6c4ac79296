"""How long after its message an account's visible score has changed, while events come in all the time.

A company of 100,000 accounts with 180 days of history is made, loaded and scored, unless `--project` names one that
is. A service is started over a copy of it. Then batches are sent at the asked rate, each event for an account chosen
at random; and beside them, at moments of chance, events of accounts that nobody has heard of. An account is visible
when the API has a score for it: the time from the sending of its first event to then is what is measured. It goes
through the log, the store, the roll-ups and the kernel like every other.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from settling import settle

BATCH = 20
PROBE_SECONDS = 0.5
"""Between two accounts that nobody has heard of, on average."""
KEY = "bench"
PLAIN = {"WEATHERGLASS_NIGHTLY_HOUR": "24", "PYTHONUNBUFFERED": "1"}
"""The nightly jobs are left out: what is measured is the day."""


def main() -> None:
    """Make what is missing, send, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, help="a scored project; without it one is made, which takes minutes")
    parser.add_argument("--rate", type=int, default=2000, help="events a second")
    parser.add_argument("--seconds", type=int, default=300, help="long enough for events to become a segment")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshness-") as name:
        project = Path(name) / "project"
        if asked.project is None:
            made(project, Path(name) / "data")
        else:
            shutil.copytree(asked.project, project)
        measure(project, asked.rate, asked.seconds)


def made(project: Path, data: Path) -> None:
    """Simulate, load and score the company."""
    size = ["--accounts", "100000", "--days", "180", "--events", "96000000"]
    for command in (["simulate", *size, "--out", data], ["init", project], ["load", data, "-p", project]):
        weatherglass(*command)
    weatherglass("score", "-p", project)


def weatherglass(*arguments: str | Path) -> None:
    """Run a command."""
    program = Path(sys.executable).parent / "weatherglass"
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def measure(project: Path, rate: int, seconds: int) -> None:
    """Serve, send, look, and say what was seen."""
    from weatherglass.state import State
    from weatherglass.state.actor import SERVICE
    from weatherglass.store import Store
    from weatherglass.store.store import FOLDER

    with Store.open(project) as store:
        accounts = [name for (name,) in store.engine.rows("SELECT account_id FROM account_ids")]
        names = [name for (name,) in store.engine.rows("SELECT DISTINCT name FROM event_names WHERE type = 'track'")]
    with State.open(project / FOLDER) as state:
        token = state.tokens.create(SERVICE, "bench", "read")[1]
    program = Path(sys.executable).parent / "weatherglass"
    environment = {**os.environ, "WEATHERGLASS_WRITE_KEYS": f"bench={KEY}", **PLAIN}
    told = project / "out"
    with told.open("w") as out:
        server = subprocess.Popen([program, "serve", "-p", project, "--port", "0"], stdout=out, env=environment)
    try:
        while "//" not in told.read_text():
            time.sleep(0.05)
        address = told.read_text().split("//")[1].split()[0]
        begun = time.monotonic()
        while ask(http.client.HTTPConnection(address), accounts[0], token) != 200:
            time.sleep(0.2)
        print(f"the first pass over {len(accounts):,} accounts took {time.monotonic() - begun:.1f} s")
        # pages of all accounts are made after the first pass, which is no part of what is measured
        settle(server.pid)
        run(address, token, (accounts, names), rate, seconds)
        memory = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        print(f"memory of the service: {memory / 1e9:.2f} GB")
    finally:
        server.terminate()
        server.wait()


def run(address: str, token: str, known: tuple[list[str], list[str]], rate: int, seconds: int) -> None:
    """Send for so long, and print what was measured."""
    stop = time.monotonic() + seconds
    sent: list[int] = []
    sender = threading.Thread(target=send, args=(address, known, rate, stop, sent))
    sender.start()
    time.sleep(2)
    seen: list[float] = []
    probes: list[threading.Thread] = []
    while time.monotonic() < stop:
        # whether or not the one before was answered: else what takes long would be looked at the least
        probes.append(threading.Thread(target=lambda: seen.append(probe(address, token, known[1][0]))))
        probes[-1].start()
        time.sleep(random.random() * 2 * PROBE_SECONDS)
    for thread in (sender, *probes):
        thread.join()
    seen.sort()
    told = ", ".join(f"p{part} {seen[min(len(seen) - 1, len(seen) * part // 100)]:.2f} s" for part in (50, 90, 99))
    print(f"{sum(sent) / seconds:,.0f} events/s taken in; {len(seen)} probes: {told}, longest {seen[-1]:.2f} s")


def send(address: str, known: tuple[list[str], list[str]], rate: int, stop: float, sent: list[int]) -> None:
    """Send batches at a steady rate."""
    connection, due = http.client.HTTPConnection(address), time.monotonic()
    while (now := time.monotonic()) < stop:
        if now < due:
            time.sleep(due - now)
        due += BATCH / rate
        calls = [call(random.choice(known[0]), random.choice(known[1])) for _ in range(BATCH)]
        if post(connection, "/v1/batch", {"batch": calls}) == 200:
            sent.append(BATCH)


def probe(address: str, token: str, name: str) -> float:
    """Seconds until an account that is new is visible."""
    account = f"new-{secrets.token_hex(6)}"
    connection = http.client.HTTPConnection(address)
    begun = time.monotonic()
    post(connection, "/v1/track", call(account, name))
    while ask(connection, account, token) != 200:
        time.sleep(0.05)
    connection.close()
    return time.monotonic() - begun


def call(account: str, name: str) -> dict[str, object]:
    """One event of an account, now."""
    return {
        "type": "track",
        "event": name,
        "userId": f"user-{random.randrange(100_000)}",
        "messageId": secrets.token_hex(10),
        "timestamp": dt.datetime.now(dt.UTC).isoformat(),
        "context": {"groupId": account},
    }


def post(connection: http.client.HTTPConnection, path: str, said: object) -> int:
    """The status of an answer."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(said), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def ask(connection: http.client.HTTPConnection, account: str, token: str) -> int:
    """Whether the newest score of an account is there: 200."""
    connection.request("GET", f"/api/v1/newest/{account}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


if __name__ == "__main__":
    main()
