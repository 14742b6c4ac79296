"""Commands that the pages show exist, with their options."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import Any

import pytest
import typer

from docs.pages import PAGES, ROOT, blocks, text
from weatherglass.cli.main import app

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def _lines(page: str) -> list[str]:
    """The command lines of a page: those of shell blocks, and what follows `$` in blocks that show a terminal."""
    shell = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return shell + [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line[:2] == "$ "]


def _calls(page: str, program: str) -> list[list[str]]:
    """The words after the name of a program, wherever a line calls it."""
    calls = (re.split(r" (?:\||&&) ", line) for line in _lines(page))
    words = [shlex.split(call, comments=True) for line in calls for call in line]
    return [call[1:] for call in words if call and call[0] == program]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_weatherglass_exist(page: str) -> None:
    for name, *words in _calls(page, "weatherglass"):
        assert name in COMMANDS, f"{page}: weatherglass {name}"
        known = {option for part in COMMANDS[name].params for option in part.opts}
        for word in words:
            assert not word.startswith("--") or word in known, f"{page}: weatherglass {name} {word}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_text_exist(page: str) -> None:
    for name in re.findall(r"`weatherglass ([a-z]+)[^`]*`", text(page)):
        assert name in COMMANDS, f"{page}: weatherglass {name}"


def _targets() -> set[str]:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    return set(re.findall(r"^make ([a-z-]+)", listed, flags=re.MULTILINE))


def test_make_targets_exist() -> None:
    targets = _targets()
    for page in PAGES:
        named = [*re.findall(r"`make ([a-z-]+)`", text(page)), *(call[0] for call in _calls(page, "make"))]
        assert set(named) <= targets, page


def test_the_readme_shows_how_to_begin() -> None:
    assert {"demo", "test"} <= {call[0] for call in _calls("README.md", "make")}
    shown = {call[0] for call in _calls("README.md", "weatherglass")}
    assert {"init", "load", "score", "explain", "report"} <= shown
