"""Playbooks, as an admin changes them: whom a play is for, its steps, what it holds out; previews; coming and going."""

from __future__ import annotations

from typing import Any, get_args

from starlette.responses import Response

from weatherglass.config.alerts import Problem
from weatherglass.config.plays import NAMES, PRESET_PLAYS, Lifecycle, Play, Role
from weatherglass.jobs.acting.previewing import preview
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, altered, drafted
from weatherglass.state import NotFound, Unfit
from weatherglass.web.pages.filters import offered
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.rule_words import begins_with
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.visit import Visit

ROLES: tuple[str, ...] = get_args(Role)
NUMBERS = ("again_after", "min_sample")
PROBLEMS: tuple[str, ...] = get_args(Problem)
LIFECYCLES: tuple[str, ...] = get_args(Lifecycle)
MORE, MOST_NEW = 1, 5
"""Empty steps that the form of a play offers, and that of a new one."""


def playbooks_page(visit: Visit) -> Response:
    """All plays, each with its form."""
    return show_settings(
        visit,
        "settings/playbooks.html",
        plays=visit.site.project.plays,
        presets=PRESET_PLAYS if visit.site.project.preset_plays else (),
        begins=begins_with,
        more=MORE,
        **choices(visit),
    )


def new_playbook_page(visit: Visit) -> Response:
    """The form of another play."""
    begun = Play(steps=())
    facts = {"play": begun, "more": MOST_NEW, "longest": LONGEST_NAME, **choices(visit)}
    return show_settings(visit, "settings/new_playbook.html", "/settings/playbooks", **facts)


def choices(visit: Visit) -> dict[str, Any]:
    """What the form of a play offers."""
    project = visit.site.project
    return {
        "roles": ROLES,
        "names": NAMES,
        "tiers": visit.site.looks.tiers,
        "problems": PROBLEMS,
        "rules": [name for name in project.alerts.rules if name not in PROBLEMS],
        "lifecycles": LIFECYCLES,
        "offered": visit.site.remembered("offered", offered),
        "writing": visit.site.folder is not None,
    }


def change_playbook(visit: Visit) -> Response:
    """Write a play's options into weatherglass.yml: they count from the next night on."""
    name, play = _mine(visit)
    options = _options(visit, play)
    changed, _ = altered(visit.site.project, "play", name, options)
    assert isinstance(changed, Play)
    if not parts.change(visit.site.service.configuration, visit.actor, visit.versions, "play", name, options):
        raise Unfit("nothing differs from the play as it is")
    return visit.go("/settings/playbooks", f"{name} is {'on' if changed.enabled else 'off'}, as you said.")


def _mine(visit: Visit) -> tuple[str, Play]:
    name = visit.form.secret("play")
    play = visit.site.project.plays.get(name)
    if play is None:
        raise NotFound(f"there is no play {name[:60]!r}")
    return name, play


def _new(visit: Visit) -> tuple[str, Play, dict[str, Any]]:
    """The name, the play and the options of the form of another one. Errors: Taken, Unfit."""
    name = visit.form.text("name")
    options = _options(visit, Play())
    made = drafted(visit.site.project, "play", name, options)
    assert isinstance(made, Play)
    return name, made, options


def preview_playbook(visit: Visit) -> Response:
    """For whom a play would begin now, and with which tasks; nothing is kept."""
    if visit.form.secret("play"):
        name, now = _mine(visit)
        made, _ = altered(visit.site.project, "play", name, _options(visit, now))
        assert isinstance(made, Play)
        play = made
    else:
        name, play, _ = _new(visit)
    project, state = visit.site.project, visit.site.service.state
    try:
        found = visit.site.service.live.read(lambda store: preview(store, state, project, name, play))
    except UnknownAccount:
        raise Unfit("nothing is scored yet, so there is nobody to begin it for") from None
    template = "parts/preview.html" if visit.partial else "settings/preview.html"
    facts = {"found": found, "play": play, "name": name, "begins": begins_with(play.when)}
    return show_settings(visit, template, "/settings/playbooks", **facts)


def add_playbook(visit: Visit) -> Response:
    """Write another play into weatherglass.yml, switched on or off: it counts from the next night on."""
    name, _, options = _new(visit)
    on = visit.form.text("do") == "on"
    whole = options if on else {**options, "enabled": False}
    parts.add(visit.site.service.configuration, visit.actor, visit.versions, "play", name, whole)
    return visit.go("/settings/playbooks", f"{name} is there, switched {'on' if on else 'off'}.")


def take_playbook_away(visit: Visit) -> Response:
    """Take a play of the project's own out; where it is at work its open tasks are dropped with the next night."""
    name, _ = _mine(visit)
    parts.take_away(visit.site.service.configuration, visit.actor, visit.versions, "play", name)
    return visit.go("/settings/playbooks", f"The play {name} is taken away.")


def _options(visit: Visit, play: Play) -> dict[str, Any]:
    form = visit.form
    options: dict[str, Any] = {}
    if form.text("do") in {"on", "off"} and form.secret("play"):
        return {"enabled": form.text("do") == "on"}
    for option in NUMBERS:
        if form.text(option):
            options[option] = _whole(form.text(option), option)
    if form.text("holdout"):
        options["holdout"] = round(_whole(form.text("holdout"), "holdout") / 100, 4)
    if "step:0:title" in form:
        options["steps"] = _steps(visit, max(len(play.steps) + MORE, MOST_NEW))
    if form.text("whom"):
        options["when"] = _when(visit)
        options["exit_tier"] = form.texts("exit_tier")
    return options


def _when(visit: Visit) -> dict[str, Any]:
    """Whom a play is for, as the form says it. Errors: Unfit."""
    form = visit.form
    found: dict[str, Any] = {name: form.texts(f"when:{name}") for name in ("tier", "alert", "lifecycle")}
    found["segment"] = form.lines("when:segment")
    for name in ("renewal_days", "steady_days"):
        if form.text(f"when:{name}"):
            found[name] = _whole(form.text(f"when:{name}"), "days")
    if form.text("when:score_below"):
        found["score_below"] = _points(form.text("when:score_below"))
    return {name: value for name, value in found.items() if value != []}


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


def _points(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Unfit(f"{text[:40]!r} is no number of points") from None


def _whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Unfit(f"{text[:40]!r} is no whole number of {what.replace('_', ' ')}")
    return int(text)


DOORS = (
    Door("/settings/playbooks", playbooks_page, "admin"),
    Door("/settings/playbooks", change_playbook, "admin", "POST"),
    Door("/settings/playbooks/new", new_playbook_page, "admin"),
    Door("/settings/playbooks/preview", preview_playbook, "admin", "POST"),
    Door("/settings/playbooks/new", add_playbook, "admin", "POST"),
    Door("/settings/playbooks/remove", take_playbook_away, "admin", "POST"),
)
