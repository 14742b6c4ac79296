"""How fast messages are taken in: requests and events a second, beside a no-op and a decode-only route of one server.

Each run starts one service with more routes. `/noop` reads the body and answers, like any other route of the service;
`/noop-short` does the same where the intake's addresses are found, ahead of all other routes; `/decode` decodes and
checks the body as the intake does, and keeps nothing, there too. wrk (Debian: `apt-get install wrk`) sends to each
route in turn, in one run; what counts are the ratios. Every message has an id of its own.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from settling import settle, worked

SECONDS = 6
ROUNDS = 3
KEY = "bench"

CALL = (
    '{"anonymousId":null,"context":{"groupId":"acct_%s","library":{"name":"analytics-python","version":"2.4.0"}},'
    '"event":"report_run","integrations":{},"messageId":"%s","properties":{"plan":"pro","number":7,"where":"page"},'
    '"timestamp":"%s","type":"track","userId":"user_%s"}'
)

LUA = """
local calls, path, run, when = {calls}, "{path}", "{run}", "{when}"
local counter, thread = 0, 0
local threads = 0
function setup(t) t:set("thread", threads) threads = threads + 1 end
local form = [[{call}]]
local function call()
    counter = counter + 1
    return string.format(form, counter % 500, run .. "-" .. thread .. "-" .. counter, when, counter % 5000)
end
local headers = {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {key}"}}
function request()
    if calls == 1 then return wrk.format("POST", path, headers, call()) end
    local made = {{}}
    for n = 1, calls do made[n] = call() end
    return wrk.format("POST", path, headers, '{{"batch":[' .. table.concat(made, ",") .. ']}}')
end
function done(summary, latency, requests)
    local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
    io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), bad))
end
"""


@dataclass(frozen=True)
class Figures:
    """One measurement: requests a second, latencies in milliseconds, and answers that were no success.

    cpu: microseconds of processor time of the whole service, a request: with what it does behind the answers in the
    same time, without what it has left to do afterwards.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    bad: int


def serve(project: Path) -> None:
    """The service, with more routes beside it."""
    import msgspec
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from weatherglass import workspace
    from weatherglass.intake.calls import Envelope, Marks
    from weatherglass.jobs.live.store import Live
    from weatherglass.state import State
    from weatherglass.web.application import application
    from weatherglass.web.serving import run
    from weatherglass.web.settings import Settings

    done = Response(b'{"success":true}', media_type="application/json")
    one, batch = msgspec.json.Decoder(Marks), msgspec.json.Decoder(Envelope)

    async def noop(request: Request) -> Response:
        await request.body()
        return done

    async def decode(request: Request) -> Response:
        body = await request.body()
        if request.url.path == "/v1/decode":
            one.decode(body)
        else:
            for call in batch.decode(body).batch:
                one.decode(call)
        return done

    opened = workspace.open(project)
    state = State.open(opened.store.folder)
    made = application(Live(opened.store, opened.project), state, Settings(write_keys=f"bench={KEY}"))
    short = {"/v1/noop-short": noop, "/v1/decode": decode, "/v1/decode-batch": decode}
    routes = [Route(path, endpoint, methods=["POST"]) for path, endpoint in short.items()]
    made.router.routes.insert(0, Route("/v1/noop", noop, methods=["POST"]))
    # these take the same short way as the intake's own addresses: what is measured is what is done there
    made.state.straight |= {route.path: route for route in routes}
    run(made, "127.0.0.1", 0, lambda address: print(address, flush=True))


def measured(server: tuple[str, int], path: str, calls: int, connections: int, run: str) -> Figures:
    """What wrk says of one route, and what the service has worked."""
    import datetime as dt

    when = dt.datetime.now(dt.UTC).isoformat()
    script = LUA.format(calls=calls, path=path, run=run, when=when, call=CALL, key=KEY)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "-s", file.name, server[0]]
        settle(server[1])
        before = worked(server[1])
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        cpu = worked(server[1]) - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    assert found is not None, out
    requests, micros, p50, p99, bad = map(int, found.groups())
    return Figures(requests / micros * 1e6, p50 / 1000, p99 / 1000, cpu / requests * 1e6, bad)


def main() -> None:
    """Measure every route some times in turn, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    if asked.serve is not None:
        serve(asked.serve)
        return
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        subprocess.run([sys.executable, "-m", "weatherglass", "init", project], check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [sys.executable, __file__, "--serve", project], stdout=subprocess.PIPE, text=True, env={**os.environ}
        )
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            threading.Thread(target=server.stdout.read, daemon=True).start()
            _report((address, server.pid), asked.rounds)
        finally:
            server.terminate()
            server.wait()


def _report(server: tuple[str, int], rounds: int) -> None:
    plan = [(f"/v1/{path}", 1, 128) for path in ("noop", "noop-short", "decode", "track")]
    plan += [(f"/v1/{path}", 100, 32) for path in ("noop", "decode-batch", "batch")]
    found: dict[tuple[str, int], list[Figures]] = {}
    for _ in range(rounds):
        for path, calls, connections in plan:
            run = secrets.token_hex(4)
            found.setdefault((path, calls), []).append(measured(server, path, calls, connections, run))
    heads = ("requests/s", "events/s", "p50 ms", "p99 ms", "CPU us", "not 200")
    print(f"{'route':18}{'calls':>6}" + "".join(f"{head:>12}" for head in heads))
    medians = {}
    for key, figures in found.items():
        middle = [statistics.median(getattr(one, name) for one in figures) for name in ("rate", "p50", "p99", "cpu")]
        medians[key] = one = Figures(*middle, bad=sum(one.bad for one in figures))
        told = (f"{one.rate:,.0f}", f"{one.rate * key[1]:,.0f}", f"{one.p50:.1f}", f"{one.p99:.1f}", f"{one.cpu:,.0f}")
        print(f"{key[0]:18}{key[1]:6}" + "".join(f"{text:>12}" for text in (*told, one.bad)))
    _compare("single", medians["/v1/track", 1], medians["/v1/noop", 1], "a no-op")
    _compare("single", medians["/v1/track", 1], medians["/v1/noop-short", 1], "a no-op on the intake's short way")
    _compare("batch", medians["/v1/batch", 100], medians["/v1/decode-batch", 100], "decode-and-validate")


def _compare(what: str, one: Figures, other: Figures, name: str) -> None:
    print(
        f"{what}: {one.rate / other.rate:.2f} of the requests/s of {name}, p99 {one.p99 / other.p99:.2f} times its; "
        f"{other.cpu / one.cpu:.2f} by processor time"
    )


if __name__ == "__main__":
    main()
