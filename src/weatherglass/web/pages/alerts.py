"""Alerts: what is the matter and what drove it, what people think of them, and the rules they come from."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from starlette.responses import Response

from weatherglass.actions.telling import Driver
from weatherglass.config.alerts import PRESET_RULES, SEVERITIES, AlertRule, Kind
from weatherglass.jobs.acting.alerting import LOOK_BACK
from weatherglass.jobs.acting.driving import driven
from weatherglass.jobs.acting.effects import ENOUGH_FEEDBACK, worth
from weatherglass.jobs.acting.rehearsing import Rehearsal, rehearse
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import altered
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import NotFound, Unfit
from weatherglass.state.episodes import Asked, Kept
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.rule_words import LABELS, OPTIONS, waits_for
from weatherglass.web.pages.today import number_of, owners
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.whose import whose

SIZE = 30
FEEDBACK = {"useful": "Useful", "not": "Not useful", "known": "Known already"}


def alerts_page(visit: Visit) -> Response:
    """Open alerts, the gravest first, or those that are over."""
    state: Literal["open", "closed"] = "closed" if visit.asked("state") == "closed" else "open"
    chosen = whose(visit, visit.site.remembered("owners", owners))
    severity = visit.asked("severity") if visit.asked("severity") in SEVERITIES else ""
    page = max(1, min(1000, number_of(visit.asked("page"))))
    given = {"state": "closed" if state == "closed" else "", "severity": severity}
    facts: dict[str, Any] = {"state": state, "whose": chosen, "given": given, "severity": severity, "number": page}
    if chosen.nobody:
        return visit.show("alerts.html", "today", **facts, found=[], total=0, pages=1, severities=SEVERITIES)
    asked = Asked(state, chosen.names, severity)
    found, total = visit.site.service.state.episodes.search(asked, page, SIZE)
    facts |= {"found": found, "total": total, "pages": max(1, -(-total // SIZE)), "severities": SEVERITIES}
    return visit.show("alerts.html", "today", **facts, **_about(visit, found))


def _about(visit: Visit, found: list[Kept]) -> dict[str, Any]:
    """What is shown beside alerts: who the accounts are, and which play belongs to which rule."""
    ids = [one.account_id for one in found if one.account_id]
    rows = visit.site.look(lambda standing: _called(standing, ids)) if ids else {}
    rules = visit.site.project.alerts.rules
    return {
        "rows": rows,
        "undriven": undriven,
        "drivers": _drivers(visit, [one.account_id for one in found if undriven(one)]),
        "plays": {name: rule.play for name, rule in rules.items() if rule.play in visit.site.project.plays},
        "feedback": FEEDBACK,
        "today": visit.site.today(),
        "enabled": visit.site.project.alerts.enabled,
    }


SCORED = frozenset({"health", "support", "renewal"})
"""Problems that are of the score; of the others the line of the rule says all there is."""


def undriven(one: Kept) -> bool:
    """Whether an open alert has no drivers of its own: nobody was told of it, so none were looked for."""
    return one.state == "open" and not one.facts and one.problem in SCORED


def _drivers(visit: Visit, accounts: list[str]) -> dict[str, tuple[Driver, ...]]:
    """What took most from the scores of accounts lately, where nothing was worked out when their alert opened."""
    asked = sorted({one for one in accounts if one})
    if not asked:
        return {}

    def read(standing: Standing, missing: list[str]) -> dict[str, tuple[Driver, ...]]:
        if standing.open_day is not None:
            return {}
        found = driven(standing.store, missing, standing.day())
        return {one: found.get(one, ()) for one in missing}

    try:
        return visit.site.remembered_each("driven", asked, read)
    except UnknownAccount:
        return {}


def _called(standing: Standing, accounts: list[str]) -> dict[str, dict[str, Any]]:
    """Who accounts are, and how they stand now."""
    try:
        source = standing.relation(standing.day())
    except UnknownAccount:
        return {}
    columns = "account_id, name, score, tier_shown AS tier, revenue"
    query = f"SELECT {columns} FROM ({source}) WHERE list_contains(?, account_id)"
    return {row["account_id"]: row for row in standing.store.engine.arrow(query, [accounts]).to_pylist()}


def judge(visit: Visit) -> Response:
    """What somebody thinks of an alert."""
    word = visit.form.text("feedback")
    if word not in FEEDBACK:
        raise Unfit(f"an alert is {', '.join(FEEDBACK)}")
    made = visit.site.service.state.episodes.judge(visit.actor, number_of(visit.form.text("alert")), word)  # type: ignore[arg-type]
    if visit.partial:
        return visit.show("parts/alert.html", "today", one=made, **_about(visit, [made]))
    if visit.form.secret("account"):
        return visit.go(f"/account?{urlencode({'id': made.account_id})}", f"Kept: {FEEDBACK[word].lower()}.")
    given = {name: visit.form.text(name) for name in ("whose", "owner", "page", "state", "severity")}
    asked = urlencode({name: value for name, value in given.items() if value})
    return visit.go(f"/alerts?{asked}" if asked else "/alerts", f"Kept: {FEEDBACK[word].lower()}.")


def rules_page(visit: Visit) -> Response:
    """The rules, and what people said of their alerts."""
    state = visit.site.service.state
    return visit.show(
        "rules.html",
        "today",
        rules=visit.site.project.alerts.rules,
        alerts=visit.site.project.alerts,
        worths=worth(state),
        counts=state.episodes.counts(),
        enough=ENOUGH_FEEDBACK,
        waits_for=waits_for,
        options=OPTIONS,
        labels=LABELS,
        severities=SEVERITIES,
        writing=visit.site.folder is not None,
        presets=PRESET_RULES if visit.site.project.alerts.preset_rules else (),
        days=LOOK_BACK,
    )


def _rule(visit: Visit) -> tuple[str, AlertRule, dict[str, Any]]:
    """The rule of a form, and the options that it gives. Errors: NotFound, Unfit."""
    name = visit.form.secret("rule")
    rule = visit.site.project.alerts.rules.get(name)
    if rule is None:
        raise NotFound(f"there is no rule {name[:60]!r}")
    return name, rule, numbers(visit, rule.kind)


def numbers(visit: Visit, kind: Kind) -> dict[str, Any]:
    """The options of a rule's kind that a form gives. Errors: Unfit for what is no number."""
    options: dict[str, Any] = {}
    for option in OPTIONS[kind]:
        text = visit.form.text(option)
        if text:
            options[option] = _number(text, option)
    if visit.form.text("severity"):
        options["severity"] = visit.form.text("severity")
    return options


def _number(text: str, option: str) -> float | int:
    try:
        return int(text) if option == "days" else float(text)
    except ValueError:
        raise Unfit(f"{text[:40]!r} is no number of {option}") from None


def try_rule(visit: Visit) -> Response:
    """What a rule with these numbers would have told of the last 90 days; nothing is kept."""
    name, _, options = _rule(visit)
    other, _ = altered(visit.site.project, "rule", name, options)
    assert isinstance(other, AlertRule)
    found = rehearsed(visit, name, other)
    template = "parts/rehearsal.html" if visit.partial else "rehearsal.html"
    return visit.show(template, "today", found=found, rule=other, name=name, words=waits_for(other))


def rehearsed(visit: Visit, name: str, rule: AlertRule) -> Rehearsal:
    """What a rule would have told. Errors: Unfit before anything is scored."""
    try:
        return visit.site.service.live.read(lambda store: rehearse(store, visit.site.project, name, rule))
    except UnknownAccount:
        raise Unfit("nothing is scored yet, so there is nothing to look back on") from None


def change_rule(visit: Visit) -> Response:
    """Write a rule's options into weatherglass.yml: it counts from the next look on."""
    name, _, options = _rule(visit)
    if visit.form.text("do") in {"on", "off"}:
        options["enabled"] = visit.form.text("do") == "on"
    after, _ = altered(visit.site.project, "rule", name, options)
    assert isinstance(after, AlertRule)
    if not parts.change(visit.site.service.configuration, visit.actor, visit.versions, "rule", name, options):
        raise Unfit("nothing differs from the rule as it is")
    return visit.go("/alerts/rules", f"{name}: {'on' if after.enabled else 'off'}, speaks when {waits_for(after)}.")


DOORS = (
    Door("/alerts", alerts_page),
    Door("/alerts/judge", judge, "write", "POST"),
    Door("/alerts/rules", rules_page),
    Door("/alerts/rules", change_rule, "admin", "POST"),
    Door("/alerts/try", try_rule, "write", "POST"),
)
