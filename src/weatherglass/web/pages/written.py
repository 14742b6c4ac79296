"""What pages write into weatherglass.yml of rules, plays and channels: used at once, and kept in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from weatherglass.config.errors import ConfigError
from weatherglass.jobs.project import extending
from weatherglass.jobs.project.extending import Part
from weatherglass.jobs.project.ruling import write
from weatherglass.state import Unfit

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.web.pages.visit import Visit

SECRET = frozenset({"url", "secrets", "write_key", "user", "password"})
"""Options that the audit log does not keep."""


def save(visit: Visit, part: Literal["rule", "play"], name: str, now: Any, options: dict[str, Any]) -> None:
    """Write options of a rule or play that differ. Errors: Unfit."""
    differing = {option: value for option, value in options.items() if getattr(now, option) != value}
    if not differing:
        raise Unfit(f"nothing differs from the {part} as it is")
    _take_up(visit, lambda folder: write(folder, part, name, now, differing))
    was = now.model_dump(mode="json")
    before = {option: was[option] for option in differing}
    state = visit.site.service.state
    state.audit.add(visit.actor, f"{part} changed", f"{part}:{name}", before=before, after=differing)


def add(visit: Visit, part: Part, name: str, options: Mapping[str, Any]) -> None:
    """Write a new one. Errors: Unfit."""
    _take_up(visit, lambda folder: extending.add(folder, part, name, options))
    visit.site.service.state.audit.add(visit.actor, f"{part} added", f"{part}:{name}", after=_told(options))


def take_away(visit: Visit, part: Part, name: str) -> None:
    """Take one of their own out, where nothing names it. Errors: Unfit."""
    project = visit.site.project
    found: Any = next((one for one in project.channels if one.name == name), None)
    if part != "channel":
        found = (project.alerts.rules if part == "rule" else project.plays).get(name)
    before = None if found is None else _told(found.model_dump(mode="json", exclude_unset=True))
    _take_up(visit, lambda folder: extending.take_away(folder, part, name))
    visit.site.service.state.audit.add(visit.actor, f"{part} taken away", f"{part}:{name}", before=before)


def folder_of(visit: Visit) -> Path:
    """Where weatherglass.yml is. Errors: Unfit."""
    if visit.site.folder is None:
        raise Unfit("this service was started without a project's folder, so nothing can be written into its file")
    return visit.site.folder


def _take_up(visit: Visit, change: Callable[[Path], Project]) -> None:
    try:
        project = change(folder_of(visit))
    except ConfigError as error:
        raise unfit(error) from None
    visit.site.service.live.take_up(project)


def unfit(error: ConfigError) -> Unfit:
    """The mistakes of a configuration, as a form is told of them."""
    return Unfit("; ".join(f"{one.path}: {one.message}" if one.path else one.message for one in error.mistakes))


def _told(options: Mapping[str, Any]) -> dict[str, Any]:
    return {option: value for option, value in options.items() if option not in SECRET}
