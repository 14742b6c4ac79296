"""Alert rules, plays and channels in the text of the project's file: added, changed, taken out; no score changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from weatherglass.config.alerts import PRESET_RULES
from weatherglass.config.document import parse
from weatherglass.config.editing import edited, listed, removed
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.plays import PRESET_PLAYS
from weatherglass.config.reading import FILE_NAME, parse_project
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.project.applying import set_options
from weatherglass.jobs.project.drafting import Part, parts
from weatherglass.jobs.replacing import replace_text

if TYPE_CHECKING:
    from weatherglass.config.project import Project

WHERE: dict[Part, tuple[str, ...]] = {"rule": ("alerts", "rules"), "play": ("plays",), "channel": ("channels",)}
SWITCH = {"rule": ("alerts", "preset_rules"), "play": ("preset_plays",)}
"""Where the file says that none of those comes along."""


def add(folder: Path, part: Part, name: str, options: Mapping[str, Any]) -> Project:
    """Write a new rule, play or channel into weatherglass.yml; the project that it then is.

    Errors: ConfigError where there is one of this name, or the file would not be right; it is left as it was then.
    """
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8")
    if name in parts(parse_project(text, str(path)), part):
        raise ConfigError([Mistake(part, name, f"there is another {part} of this name; names must differ")])
    if part == "channel":
        value = {"name": name, **options}
        data: Any = parse(text, str(path)).data or {}
        new = listed(text, ("channels",), value) if data.get("channels") else edited(text, {("channels",): [value]}, "")
    else:
        new = _added(text, part, name, options, str(path))
    project = parse_project(new, str(path))
    if name not in parts(project, part):
        raise ConfigError([Mistake(part, name, "this name cannot be written into the file; choose another")])
    replace_text(path, new)
    return with_models(project, folder)


def _added(text: str, part: Literal["rule", "play"], name: str, options: Mapping[str, Any], file: str) -> str:
    """The text with another rule or play, and with none that comes along where there was none before."""
    project, held = parse_project(text, file), parse(text, file).data
    for key in WHERE[part]:
        held = held.get(key) if isinstance(held, Mapping) else None
    wanted: dict[tuple[Hashable, ...], object] = {(*WHERE[part], name): dict(options)}
    if held == []:
        wanted = {WHERE[part]: {name: dict(options)}}
    if not (project.alerts.preset_rules if part == "rule" else project.preset_plays):
        wanted[SWITCH[part]] = False
    return edited(text, wanted, file)


def take_away(folder: Path, part: Part, name: str) -> Project:
    """Take a rule, play or channel out of weatherglass.yml; the project that it then is.

    Errors: ConfigError where it comes with Weatherglass, or something still names it.
    """
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8")
    before = parse_project(text, str(path))
    if name not in parts(before, part):
        raise ConfigError([Mistake(part, name, f"there is no such {part}")])
    if comes_along(before, part, name):
        raise ConfigError([Mistake(part, name, f"this {part} comes with Weatherglass: switch it off instead")])
    users = named_by(before, part, name)
    if users:
        told = f"it is named by {', '.join(users)}: change that first"
        raise ConfigError([Mistake(part, name, told)])
    place = _place(before, part, name)
    new = removed(text, place, str(path))
    project = parse_project(new, str(path))
    replace_text(path, new)
    return with_models(project, folder)


def change(folder: Path, part: Part, name: str, options: Mapping[str, Any]) -> Project:
    """Write options of a rule, play or channel into weatherglass.yml; the project that it then is.

    Errors: ConfigError when the file would no longer be right; it is left as it was then.
    """
    path = folder / FILE_NAME
    place = _place(parse_project(path.read_text(encoding="utf-8"), str(path)), part, name)
    return with_models(set_options(folder, {(*place, option): value for option, value in options.items()}), folder)


def _place(project: Project, part: Part, name: str) -> tuple[Hashable, ...]:
    """Where one stands in the file."""
    return (*WHERE[part], list(parts(project, part)).index(name) if part == "channel" else name)


def comes_along(project: Project, part: Part, name: str) -> bool:
    """Whether it comes with Weatherglass: then it can be switched off, and not taken away."""
    if part == "rule":
        return project.alerts.preset_rules and name in PRESET_RULES
    return part == "play" and project.preset_plays and name in PRESET_PLAYS


def named_by(project: Project, part: Part, name: str) -> list[str]:
    """What of the project speaks of a rule or play by its name."""
    if part == "play":
        return [f"the rule {rule}" for rule, one in project.alerts.rules.items() if one.play == name]
    if part == "channel":
        return []
    plays = [f"the play {play}" for play, one in project.plays.items() if name in one.when.alert]
    return plays + [f"the audience {one.name}" for one in project.audiences if name in one.when.alert]
