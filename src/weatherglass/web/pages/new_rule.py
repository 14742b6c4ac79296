"""Alert rules of a project's own: what one would tell first, then adding it; and taking one away."""

from __future__ import annotations

from typing import Any, get_args

from starlette.responses import Response

from weatherglass.config.alerts import SEVERITIES, AlertRule, Kind, Problem
from weatherglass.config.catalogue import DIMENSIONS, SIGNALS
from weatherglass.jobs.acting.alerting import LOOK_BACK
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, drafted
from weatherglass.state import Unfit
from weatherglass.web.pages.alerts import numbers, rehearsed
from weatherglass.web.pages.pen import query
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.rule_words import LABELS, OPTIONS, SIGNS, waits_for
from weatherglass.web.pages.visit import Visit

KINDS: tuple[Kind, ...] = get_args(Kind)
PROBLEMS: tuple[str, ...] = get_args(Problem)
USUAL: dict[Kind, dict[str, Any]] = {
    "drop": {"points": 30.0},
    "tier_down": {"points": 30.0},
    "trend": {"points": 30.0},
    "use_drop": {"points": 35.0},
    "fading": {"points": 30.0, "days": 14},
    "renewal": {"days": 60},
    "payment": {"days": 7},
    "milestone": {"days": 7},
    "silence": {"days": 14},
    "tickets": {"days": 7},
}
"""The numbers that a form begins with where they are not those of every rule."""
NAMED: dict[Kind, str] = {"dimension_below": "dimension", "signal_below": "signal"}


def new_rule_page(visit: Visit) -> Response:
    """The form of a rule of one kind."""
    asked = visit.asked("kind")
    kind: Kind = asked if asked in KINDS else "drop"
    named = {"dimension": DIMENSIONS[0], "signal": SIGNALS[DIMENSIONS[0]][0]}
    given = {what: named[what] for one, what in NAMED.items() if one == kind}
    begun = AlertRule.model_validate({"kind": kind, **USUAL.get(kind, {}), **given})
    return visit.show(
        "new_rule.html",
        "today",
        kind=kind,
        kinds=SIGNS,
        rule=begun,
        options=OPTIONS[kind],
        labels=LABELS,
        severities=SEVERITIES,
        problems=PROBLEMS,
        dimensions=DIMENSIONS,
        signals=SIGNALS,
        plays=list(visit.site.project.plays),
        longest=LONGEST_NAME,
        days=LOOK_BACK,
        writing=visit.site.folder is not None,
    )


def _asked(visit: Visit) -> tuple[str, AlertRule, dict[str, Any]]:
    """The name, the rule and the options of the form. Errors: Unfit."""
    kind = visit.form.text("kind")
    if kind not in KINDS:
        raise Unfit("choose what the rule looks for")
    options: dict[str, Any] = {"kind": kind, **numbers(visit, kind)}
    for what in ("dimension", "signal"):
        if NAMED.get(kind) == what:
            options[what] = visit.form.text(what)
    options |= {what: visit.form.text(what) for what in ("problem", "play") if visit.form.text(what)}
    name = visit.form.text("name")
    made = drafted(visit.site.project, "rule", name, options)
    assert isinstance(made, AlertRule)
    return name, made, options


def try_new_rule(visit: Visit) -> Response:
    """What the rule of the form would have told; from there it is added. Nothing is kept."""
    name, rule, options = _asked(visit)
    found = rehearsed(visit, name, rule)
    template = "parts/new_rehearsal.html" if visit.partial else "new_rehearsal.html"
    facts: dict[str, Any] = {"found": found, "rule": rule, "name": name, "words": waits_for(rule)}
    return visit.show(
        template, "today", **facts, fields={"name": name, **options}, writing=visit.site.folder is not None
    )


def add_rule(visit: Visit) -> Response:
    """Write it into weatherglass.yml, switched on or off: it counts from the next look on."""
    name, rule, options = _asked(visit)
    on = visit.form.text("do") == "on"
    whole = options if on else {**options, "enabled": False}
    parts.add(visit.site.service.configuration, visit.actor, visit.versions, "rule", name, whole)
    return visit.go(
        f"/alerts/rules{query({'rule': name})}", f"{name}: {'on' if on else 'off'}, speaks when {waits_for(rule)}."
    )


def take_rule_away(visit: Visit) -> Response:
    """Take a rule of the project's own out; its open alerts are closed when nothing is seen of them any more."""
    name = visit.form.secret("rule")
    parts.take_away(visit.site.service.configuration, visit.actor, visit.versions, "rule", name)
    return visit.go("/alerts/rules", f"The rule {name} is taken away.")


DOORS = (
    Door("/alerts/rules/new", new_rule_page, "admin"),
    Door("/alerts/rules/new/try", try_new_rule, "admin", "POST"),
    Door("/alerts/rules/new", add_rule, "admin", "POST"),
    Door("/alerts/rules/remove", take_rule_away, "admin", "POST"),
)
