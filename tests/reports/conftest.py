"""Material to report on."""

from __future__ import annotations

import pytest

from reports.company import build
from reports.pages import Node, parse
from weatherglass.reports.material import Material
from weatherglass.reports.page import render


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
