"""A real browser to look at pages with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DRIVER = (sys.executable, "-m", "playwright", "--version")
# What a browser would otherwise ask of the network on its own
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; skips where there is none, or where it cannot be started."""
    found = os.environ.get("WEATHERGLASS_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium: set WEATHERGLASS_BROWSER to its executable, or put chromium on the PATH")
    if why := unfit(DRIVER):
        pytest.skip(f"Playwright's driver does not run (libatomic1 may be missing): {why}")
    with sync_playwright() as play:
        try:
            chromium = play.chromium.launch(executable_path=found, args=list(QUIET))
        except Error as error:
            pytest.skip(f"{found} does not start: {error.message.splitlines()[0]}")
        yield chromium
        chromium.close()


def unfit(command: Sequence[str]) -> str:
    """Why a program does not run; empty where it does."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return " ".join(done.stderr.split())[:300] or f"exit code {done.returncode}"
