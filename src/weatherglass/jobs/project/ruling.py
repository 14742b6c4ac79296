"""Changing alert rules and plays in the project's file: they count from the next look on, and no score changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import ValidationError

from weatherglass.config.alerts import AlertRule
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.frozen import Frozen
from weatherglass.config.plays import Play
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.project.applying import set_options

if TYPE_CHECKING:
    from weatherglass.config.project import Project

T = TypeVar("T", bound=Frozen)
Part = Literal["rule", "play"]
WHERE: dict[Part, tuple[str, ...]] = {"rule": ("alerts", "rules"), "play": ("plays",)}


def changed_rule(name: str, rule: AlertRule, options: Mapping[str, Any]) -> AlertRule:
    """A rule with other options. Errors: ConfigError."""
    return checked("rule", name, AlertRule, {**rule.model_dump(exclude_unset=True), **options})


def changed_play(name: str, play: Play, options: Mapping[str, Any]) -> Play:
    """A play with other options. Errors: ConfigError."""
    return checked("play", name, Play, {**play.model_dump(exclude_unset=True), **options})


def write(folder: Path, part: Part, name: str, now: AlertRule | Play, options: Mapping[str, Any]) -> Project:
    """Write the options of a rule or play that differ into weatherglass.yml; the project that it then is.

    Errors: ConfigError when nothing differs, or the file would no longer be right.
    """
    differing = {option: value for option, value in options.items() if getattr(now, option) != value}
    wanted: dict[tuple[Hashable, ...], object] = {(*WHERE[part], name, one): value for one, value in differing.items()}
    if not wanted:
        raise ConfigError([Mistake(part, name, "nothing differs from it as it is")])
    return with_models(set_options(folder, wanted), folder)


def checked(part: str, name: str, kind: type[T], data: dict[str, Any]) -> T:
    """A part of the configuration, as its file would have it. Errors: ConfigError with the first mistake."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, (name, *first["loc"])))
        raise ConfigError([Mistake(part, where, str(first["msg"]))]) from None
