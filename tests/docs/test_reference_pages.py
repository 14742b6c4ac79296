"""The pages that are written from the code say what the code does now."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

import generate
import pytest
import typer

from docs.pages import text
from weatherglass.cli.main import app
from weatherglass.config import PRESETS
from weatherglass.events.tables import TABLES
from weatherglass.rollups import steps
from weatherglass.scores.words import document
from weatherglass.signals.catalogue import CATALOGUE
from weatherglass.web.settings import Settings


@pytest.mark.parametrize("page", generate.PAGES)
def test_the_page_is_what_the_code_says(page: str) -> None:
    assert generate.fresh(page, text(f"docs/{page}")) == text(f"docs/{page}"), "run `make docs`"


def _section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next of its kind."""
    _, found, rest = text(page).partition(f"\n## {heading}\n")
    assert found, f"{page} has no section {heading}"
    return rest.split("\n## ")[0]


COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    section = _section("docs/cli.md", name)
    assert COMMANDS[name].help in section
    for part in COMMANDS[name].params:
        assert part.help and part.help in section
        names = part.opts if part.param_type_name == "option" else [part.metavar.strip("[]")]
        for one in names:
            assert f"`{one}`" in section or f"`{one} " in section, one


def test_every_signal_is_documented_with_its_weights() -> None:
    for signal in CATALOGUE:
        lines = _section("docs/signals.md", signal.dimension).splitlines()
        (row,) = (line for line in lines if line.startswith(f"| `{signal.name}` |"))
        what, *weights = (cell.strip() for cell in row.strip("|").split(" | ")[1:])
        assert what == document(signal.name, PRESETS["default"])
        for weight, card in zip(weights, PRESETS.values(), strict=True):
            part = card.dimensions[signal.dimension].signals.get(signal.name)
            assert weight.split()[0] == ("-" if part is None else f"{part.weight:g}")


@pytest.mark.parametrize("name", steps.names())
def test_every_step_is_documented(name: str) -> None:
    page = text("docs/rollups.md")
    for line in steps.documented(name).splitlines():
        assert line.removeprefix("-- ") in page
    assert f". {name}\n" in page


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_documented_with_its_other_names(table: Any) -> None:
    section = _section("docs/tables.md", table.name)
    for column in table.columns:
        (row,) = (line for line in section.splitlines() if line.startswith(f"| `{column.name}`"))
        assert all(f"`{alias}`" in row for alias in column.aliases)
        assert ("(required)" in row) == column.required


def test_a_page_without_its_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="are missing"):
        generate.fresh("cli.md", "# The command line\n")


def test_every_route_is_documented() -> None:
    from weatherglass.web.api.application import described, description

    page = text("docs/api.md")
    for path, operations in description(described())["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in page


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_is_documented(setting: Field[object]) -> None:
    assert f"`{setting.name.upper()}`" in text("docs/serving.md") + text("docs/operating.md")
