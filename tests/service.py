"""A service as a process of its own, and a client that speaks to it as simply as can be."""

from __future__ import annotations

import base64
import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from commands import PROGRAM, environment

KEY = "the-write-key"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
HEADERS = {"Authorization": BASIC, "Content-Type": "application/json"}


class Service:
    """`weatherglass serve` of a project folder, on a free port. before: Python that runs in the process first."""

    def __init__(self, project: Path, before: str = "", arguments: tuple[str, ...] = (), **settings: str) -> None:
        self.project = project
        known = {
            "WEATHERGLASS_WRITE_KEYS": f"web={KEY}",
            **{f"WEATHERGLASS_{k.upper()}": v for k, v in settings.items()},
        }
        program = [sys.executable, "-c", f"{before}\n{PROGRAM[2]}", "serve", "-p", str(project), "--port", "0"]
        program += arguments
        self.log, told = project / "service.log", project / "service.out"
        # files and not pipes: a pipe that nobody empties would stop the service
        with self.log.open("ab") as errors, told.open("wb") as out:
            self.process = subprocess.Popen(
                program, stdout=out, stderr=errors, text=True, env={**environment(), **known, **UNBUFFERED}
            )
        eventually(lambda: "Serving http" in told.read_text() or self.process.poll() is not None, 300)
        line = next((line for line in told.read_text().splitlines() if line.startswith("Serving http://")), "")
        assert line, self.log.read_text()[-2000:]
        host, _, self.port = line.split("//")[1].strip().rpartition(":")
        self.host, self.address = host.strip("[]"), f"http://{host}:{self.port}"

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, int(self.port), timeout=timeout)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body of one request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body, HEADERS if headers is None else headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post(self, path: str, said: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and decoded answer to a JSON body."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        status, _, answer = self.ask("POST", path, body, headers)
        return status, json.loads(answer) if answer else None

    def rejects(self) -> Any:
        """What the debug view shows of the write key."""
        status, _, answer = self.ask("GET", "/api/v1/intake/rejects")
        assert status == 200
        return json.loads(answer)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()


UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


def eventually(what: Any, seconds: float = 30) -> Any:
    """What a function returns once it is true."""
    until = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)


def resident(pid: int) -> int:
    """The memory of a process, in bytes, without files that it has mapped: those the system takes back at need."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024
