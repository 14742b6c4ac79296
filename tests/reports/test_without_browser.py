"""Where no browser can be had, the tests that need one are skipped and say why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import DRIVER, unfit

ONE = f"{Path(__file__).parent / 'test_browser.py'}::test_no_sideways_scroll[1280-light]"
NO = "/bin/false"


@pytest.mark.parametrize(
    ("variable", "reason"),
    [("PLAYWRIGHT_NODEJS_PATH", "Playwright's driver does not run"), ("WEATHERGLASS_BROWSER", f"{NO} does not start")],
)
@pytest.mark.skipif(bool(unfit(DRIVER)), reason="Playwright's driver does not run")
def test_what_does_not_start_is_skipped(variable: str, reason: str) -> None:
    environment = {"WEATHERGLASS_BROWSER": sys.executable, **os.environ, variable: NO}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-n", "0", "-p", "no:cacheprovider", ONE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout and reason in done.stdout


def test_why_a_program_does_not_run() -> None:
    assert unfit((sys.executable, "-c", "")) == ""
    assert unfit((sys.executable, "-c", "import sys; sys.exit('libatomic.so.1: no such file')")).startswith("libatomic")
    assert unfit((NO,)) == "exit code 1"
    assert "nowhere" in unfit(("/nowhere/at/all",))
