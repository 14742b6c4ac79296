"""Alert rules, plays and channels of a running service: added, changed and taken away, on the page and over the API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from weatherglass.jobs.project import extending
from weatherglass.jobs.project.configuration import Configuration, Noted
from weatherglass.jobs.project.drafting import Part, altered, drafted, one_of

if TYPE_CHECKING:
    from pathlib import Path

    from weatherglass.config.project import Project
    from weatherglass.state import Actor

Versions = Collection[str] | None
SECRET = frozenset({"url", "secrets", "write_key", "user", "password"})
"""Options that the audit log does not keep."""


def add(
    configuration: Configuration, by: Actor, made_from: Versions, part: Part, name: str, options: Mapping[str, Any]
) -> None:
    """Write another one. Errors: Taken, Unfit, Outdated."""

    def write(folder: Path) -> tuple[Project, Noted]:
        drafted(configuration.project, part, name, options)
        noted = Noted(f"{part} added", f"{part}:{name}", after=_told(options))
        return extending.add(folder, part, name, options), noted

    configuration.change(by, made_from, write)


def change(
    configuration: Configuration, by: Actor, made_from: Versions, part: Part, name: str, options: Mapping[str, Any]
) -> bool:
    """Write those options that differ; whether there are any. Errors: NotFound, Unfit, Outdated."""
    altered(configuration.project, part, name, options)

    def write(folder: Path) -> tuple[Project, Noted] | None:
        now = one_of(configuration.project, part, name)
        _, differing = altered(configuration.project, part, name, options)
        if not differing:
            return None
        was = now.model_dump(mode="json")
        before = _told({option: was[option] for option in differing})
        noted = Noted(f"{part} changed", f"{part}:{name}", before, _told(differing))
        return extending.change(folder, part, name, differing), noted

    return configuration.change(by, made_from, write) is not None


def take_away(configuration: Configuration, by: Actor, made_from: Versions, part: Part, name: str) -> None:
    """Take one of the project's own out, where nothing names it. Errors: NotFound, Unfit, Outdated."""
    one_of(configuration.project, part, name)

    def write(folder: Path) -> tuple[Project, Noted]:
        before = _told(one_of(configuration.project, part, name).model_dump(mode="json", exclude_unset=True))
        return extending.take_away(folder, part, name), Noted(f"{part} taken away", f"{part}:{name}", before)

    configuration.change(by, made_from, write)


def _told(options: Mapping[str, Any]) -> dict[str, Any]:
    return {option: value for option, value in options.items() if option not in SECRET}
