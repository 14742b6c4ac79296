"""The roll-up steps: one SQL file each, in the order of their numbers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _text(name: str) -> str:
    found = [entry for entry in (files(__package__) / "sql").iterdir() if entry.name[3:] == f"{name}.sql"]
    return found[0].read_text(encoding="utf-8")


def step(name: str, **parts: str) -> str:
    """The SQL of a step, with the parts that depend on the files at hand filled in."""
    return Template(_text(name)).substitute(parts)


def documented(name: str) -> str:
    """The SQL of a step as it is written, for people to read."""
    return _text(name)


def names() -> list[str]:
    """All steps, in order."""
    entries = sorted(entry.name for entry in (files(__package__) / "sql").iterdir() if entry.name.endswith(".sql"))
    return [name[3:-4] for name in entries]
