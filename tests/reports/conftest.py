"""Material to report on, and a real browser to look at the page with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from reports.company import build
from reports.pages import Node, parse
from weatherglass.reports import Material, render

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# What a browser would otherwise ask of the network on its own
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="session")
def material() -> Material:
    """The company that most tests look at: 148 accounts, a year."""
    return build()


@pytest.fixture(scope="session")
def html(material: Material) -> str:
    return render(material)


@pytest.fixture(scope="session")
def page(html: str) -> Node:
    return parse(html)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; skips where there is none."""
    found = os.environ.get("WEATHERGLASS_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium: set WEATHERGLASS_BROWSER to its executable, or put chromium on the PATH")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=list(QUIET))
        yield chromium
        chromium.close()
