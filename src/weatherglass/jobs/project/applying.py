"""Writing what was found or chosen into a project's file, all else left as it stands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from weatherglass.config.document import parse
from weatherglass.config.editing import card_path, edited, listed
from weatherglass.config.project import Project
from weatherglass.config.reading import FILE_NAME, parse_project
from weatherglass.jobs.replacing import replace_text

CardChanges = Mapping[str, Mapping[tuple[Hashable, ...], object]]
"""Scorecard to options of it, each with its new value."""


def apply(folder: Path, changes: CardChanges) -> Project:
    """Write new values into weatherglass.yml and return the project that it then is.

    Errors: ConfigError when the file would no longer be right; it is left as it was then.
    """
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8")
    names = [card.name for card in parse_project(text, str(path)).scorecards]
    data: Any = parse(text, str(path)).data
    cards = data.get("scorecards") if data else None
    # the card of all others need not stand in the file, until something of it is its own
    if cards and names[-1] in changes and len(cards) < len(names):
        text = listed(text, ("scorecards",), {"name": names[-1]}, last=True)
        data = parse(text, str(path)).data
    wanted: dict[tuple[Hashable, ...], object] = {}
    for name, options in changes.items():
        at = card_path(data, names.index(name))
        wanted |= {(*at, *option): value for option, value in options.items()}
    return _written(path, text, wanted)


def set_options(folder: Path, wanted: Mapping[tuple[Hashable, ...], object]) -> Project:
    """Write options, by their path from the top, into weatherglass.yml; the project that it then is.

    Errors: ConfigError when the file would no longer be right; it is left as it was then.
    """
    path = folder / FILE_NAME
    return _written(path, path.read_text(encoding="utf-8"), wanted)


def _written(path: Path, text: str, wanted: Mapping[tuple[Hashable, ...], object]) -> Project:
    new = edited(text, wanted, str(path))
    project = parse_project(new, str(path))
    replace_text(path, new)
    return project
