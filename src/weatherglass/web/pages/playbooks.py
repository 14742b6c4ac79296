"""Playbooks, as an admin changes them: whether a play is on, what it holds out, and its steps."""

from __future__ import annotations

from typing import Any, get_args

from starlette.responses import Response

from weatherglass.config.plays import NAMES, Play, Role
from weatherglass.jobs.ruling import changed_play
from weatherglass.state import NotFound, Unfit
from weatherglass.web.pages.alerts import save
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.rule_words import begins_with
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.visit import Visit

ROLES: tuple[str, ...] = get_args(Role)
NUMBERS = ("again_after", "min_sample")
MORE = 1
"""Empty steps that a form offers."""


def playbooks_page(visit: Visit) -> Response:
    """All plays, each with its form."""
    plays = visit.site.project.plays
    return show_settings(
        visit,
        "settings/playbooks.html",
        plays=plays,
        begins=begins_with,
        roles=ROLES,
        names=NAMES,
        more=MORE,
        writing=visit.site.folder is not None,
    )


def change_playbook(visit: Visit) -> Response:
    """Write a play's options into weatherglass.yml: they count from the next night on."""
    name = visit.form.secret("play")
    play = visit.site.project.plays.get(name)
    if play is None:
        raise NotFound(f"there is no play {name[:60]!r}")
    options = _options(visit, play)
    changed = changed_play(name, play, options)
    kept = {option: getattr(changed, option) for option in options}
    plain = {option: value for option, value in options.items() if kept[option] != getattr(play, option)}
    save(visit, "play", name, play, plain)
    return visit.go("/settings/playbooks", f"{name} is {'on' if changed.enabled else 'off'}, as you said.")


def _options(visit: Visit, play: Play) -> dict[str, Any]:
    form = visit.form
    options: dict[str, Any] = {}
    if form.text("do") in {"on", "off"}:
        return {"enabled": form.text("do") == "on"}
    for option in NUMBERS:
        if form.text(option):
            options[option] = _whole(form.text(option), option)
    if form.text("holdout"):
        options["holdout"] = round(_whole(form.text("holdout"), "holdout") / 100, 4)
    if "step:0:title" in form:
        options["steps"] = _steps(visit, len(play.steps) + MORE)
    return options


def _steps(visit: Visit, most: int) -> list[dict[str, Any]]:
    """The steps of the form; one without a title is none."""
    found = []
    for place in range(most):
        title = visit.form.text(f"step:{place}:title")
        if not title:
            continue
        step: dict[str, Any] = {"title": title}
        role, text = visit.form.text(f"step:{place}:role"), visit.form.text(f"step:{place}:text")
        if role and role != "owner":
            step["role"] = role
        step["due_days"] = _whole(visit.form.text(f"step:{place}:due_days") or "7", "days")
        if text:
            step["text"] = text
        found.append(step)
    return found


def _whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Unfit(f"{text[:40]!r} is no whole number of {what.replace('_', ' ')}")
    return int(text)


DOORS = (
    Door("/settings/playbooks", playbooks_page, "admin"),
    Door("/settings/playbooks", change_playbook, "admin", "POST"),
)
