"""The demo ends with its page: served where someone can stop it, else with the address."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import httpx2
from commands import PROGRAM, environment

SMALL = ["demo", "--accounts", "12", "--days", "90"]


def test_without_a_terminal_it_says_the_address_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, *SMALL], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "weatherglass serve -p demo" in done.stdout
    assert "http://127.0.0.1:8017/login" in done.stdout
    assert re.search(r"demo@example.com, password demo_\w+", done.stdout)


def test_served_it_lets_in_whoever_reads_the_terminal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with (
        told.open("wb") as out,
        subprocess.Popen(
            [*PROGRAM, *SMALL, "--serve", "--port", "0"],
            cwd=tmp_path,
            env={**environment(), "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            address = _address(told, process)
            with httpx2.Client(timeout=60) as client:
                answer = client.get(address, follow_redirects=True)
                assert answer.status_code == 200
                assert "Demo Visitor" in answer.text
                assert client.get(address.partition("/enter")[0] + "/portfolio").status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def _address(told: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 240
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/enter\?code=\w+", told.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(told.read_text()[-2000:])
