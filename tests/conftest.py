"""One way to draw cases for all tests, and what a slow run is made of."""

from __future__ import annotations

import pytest
from browsing import browser
from effort import SLOW
from hypothesis import is_hypothesis_test, settings

settings.load_profile("weatherglass")
__all__ = ["browser"]


def pytest_configure(config: pytest.Config) -> None:
    # a failing company is long to read, and still better read than a complaint about its length
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a slow run every test that draws its cases draws many more of them, and so is a slow one."""
    if SLOW:
        for item in items:
            if is_hypothesis_test(getattr(item, "obj", None)):
                item.add_marker(pytest.mark.slow)
