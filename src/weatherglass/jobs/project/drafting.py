"""Alert rules, plays and channels that somebody asks for: whether they can be, and what only a file may say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import ValidationError

from weatherglass.config.alerts import AlertRule, Problem
from weatherglass.config.channels import Channel
from weatherglass.config.plays import Play
from weatherglass.state.errors import NotFound, Taken, Unfit

if TYPE_CHECKING:
    from weatherglass.config.project import Project

Part = Literal["rule", "play", "channel"]
Made = AlertRule | Play | Channel
MODELS: dict[Part, type[Made]] = {"rule": AlertRule, "play": Play, "channel": Channel}
LONGEST_NAME = 60
MOST = 100
"""Values of a list."""
OURS = "WEATHERGLASS_CHANNEL_"
"""How the environment variables begin that may be named: others hold what is none of a channel's business."""
SECRETS = ("secrets", "write_key", "password")
PLACES = frozenset({"url", "server", "port", "starttls"})
"""Options of a channel that say where its secrets go."""
HARMLESS = frozenset({"owners", "segments", "severity", "types"})
"""Options of a channel that may change whatever else the file says of it."""
_FILE = re.compile(r"\w[\w.-]{0,99}\.jsonl")


def parts(project: Project, part: Part) -> Mapping[str, Made]:
    """The rules, plays or channels that there are, by name."""
    if part == "channel":
        return {one.name: one for one in project.channels}
    return project.alerts.rules if part == "rule" else project.plays


def one_of(project: Project, part: Part, name: str) -> Made:
    """A rule, play or channel. Errors: NotFound."""
    found = parts(project, part).get(name)
    if found is None:
        raise NotFound(f"there is no {part} {name[:60]!r}")
    return found


def check_name(name: str) -> None:
    """Errors: Unfit for what is no name."""
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise Unfit(f"a name is 1 to {LONGEST_NAME} characters that can be seen, with no blanks around it")


def drafted(project: Project, part: Part, name: str, options: Mapping[str, Any]) -> Made:
    """Another rule, play or channel, as the file would have it. Errors: Taken, Unfit."""
    check_name(name)
    if name in parts(project, part):
        raise Taken(f"there is another {part} {name!r}; names must differ")
    if part == "play" and not options.get("steps"):
        raise Unfit("a play has at least one step: give one a title")
    if part == "channel":
        _check_channel(options)
    made = _checked(part, name, {"name": name, **options} if part == "channel" else options)
    _check_names(project, made, options)
    return made


def altered(project: Project, part: Part, name: str, options: Mapping[str, Any]) -> tuple[Made, dict[str, Any]]:
    """A rule, play or channel with other options, and those of them that differ. Errors: NotFound, Unfit."""
    now = one_of(project, part, name)
    whole = {**now.model_dump(mode="json", exclude_unset=True), **options}
    made = _checked(part, name, whole)
    differing = {option: value for option, value in options.items() if getattr(made, option) != getattr(now, option)}
    _check_names(project, made, differing)
    if isinstance(now, Channel) and differing.keys() - HARMLESS:
        _check_channel(whole)
        _check_place(now, options, differing)
    if isinstance(made, Play) and "steps" in differing and not made.steps:
        raise Unfit("a play has at least one step: give one a title")
    return made, differing


def _checked(part: Part, name: str, data: Mapping[str, Any]) -> Made:
    try:
        return MODELS[part].model_validate(dict(data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Unfit(f"{'.'.join(map(str, (name, *first['loc'])))}: {first['msg']}") from None


def _check_names(project: Project, made: Made, options: Mapping[str, Any]) -> None:
    """Errors: Unfit where something is named that is not there."""
    if isinstance(made, AlertRule) and "play" in options and made.play is not None and made.play not in project.plays:
        raise Unfit(f"there is no play {made.play[:60]!r}")
    if not isinstance(made, Play):
        return
    tiers = {tier for card in project.scorecards for tier in card.tiers.names}
    known: list[tuple[str, tuple[str, ...], set[str]]] = []
    if "when" in options:
        known.append(("tier", made.when.tier, tiers))
        known.append(("rule or problem", made.when.alert, {*project.alerts.rules, *get_args(Problem)}))
    if "exit_tier" in options:
        known.append(("tier", made.exit_tier, tiers))
    for what, named, there in known:
        for one in named:
            if one not in there:
                raise Unfit(f"there is no {what} {one[:60]!r}")


def _check_channel(options: Mapping[str, Any]) -> None:
    """What a file may say, and who asks over the network may not. Errors: Unfit."""
    if any(isinstance(value, list) and len(value) > MOST for value in options.values()):
        raise Unfit(f"a list has at most {MOST} lines")
    texts = [text for value in options.values() for text in (value if isinstance(value, list) else [value])]
    for text in texts:
        if isinstance(text, str) and text.strip().startswith("$") and not text.startswith(f"${OURS}"):
            raise Unfit(
                f"only environment variables that begin with {OURS} may be named here; others stand in the file"
            )
    path = options.get("path")
    if path is not None and not (isinstance(path, str) and _FILE.fullmatch(path)):
        raise Unfit(
            "a file is one in the project's folder that ends with .jsonl here; others stand in weatherglass.yml"
        )


def _check_place(now: Channel, given: Mapping[str, Any], differing: Mapping[str, Any]) -> None:
    """Errors: Unfit where a secret that is kept would go to another place than it was given for."""
    kept = [one for one in SECRETS if getattr(now, one) and one not in given]
    if kept and differing.keys() & PLACES:
        raise Unfit(f"{kept[0]} was given for another place: give it again with the new one")
