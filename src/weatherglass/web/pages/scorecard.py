"""The scorecard: what the score is made of, what other weights would do, publishing them, and how it came to be."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.scaling import Scaling
from weatherglass.config.scorecard import Scorecard, usual_scaling
from weatherglass.jobs.epochs import ALWAYS, Epochs
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.project.cards import Numbers, card_of, publish
from weatherglass.jobs.project.publishing import differences
from weatherglass.jobs.project.what_if import WhatIf, changed, what_if
from weatherglass.rollups import calendar
from weatherglass.scores.words import document
from weatherglass.state import Unfit
from weatherglass.web.pages.pen import query
from weatherglass.web.pages.proposal import Proposal, addable
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.scaling_form import kinds
from weatherglass.web.pages.visit import Visit

HEALTHY = ((5, 10), (20, 30), (60, 70))
"""Percent of accounts in the lowest, the middle and the best of three tiers that is usual in a healthy portfolio."""


def scorecard_page(visit: Visit) -> Response:
    """The editor of one card, and all versions there have been."""
    project = visit.site.project
    names = [card.name for card in project.scorecards]
    name = visit.asked("card") if visit.asked("card") in names else names[-1]
    versions, since = visit.site.look(lambda standing: _versions(standing.store))
    asked = visit.asked("version")
    shown = next((one for one in versions if one["version"] == asked), None)
    card = next(one for one in project.scorecards if one.name == name)
    if shown is not None and shown["name"] in names:
        name = str(shown["name"])
        card = next(one for one in project.scorecards if one.name == name)
    mine = [one for one in versions if one["name"] == name]
    current = project.version(card)
    return visit.show(
        "scorecard.html",
        "scorecard",
        card=card,
        names=names,
        current=current,
        versions=mine,
        since=since,
        shown=shown,
        weights=_weights(card, shown),
        addable=addable(card),
        dropped=_dropped(card, shown),
        scalings=_scalings(card, shown),
        windows=_windows(card, shown),
        kinds=kinds,
        cohorts=ACCOUNT_TEXTS,
        document=document,
        usual=lambda signal: usual_scaling(signal).kind.replace("_", " "),
        differences=_differences(card, shown, current),
        publishing=visit.site.folder is not None,
    )


def _versions(store: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = store.engine.rows("SELECT scorecard_version, card, first_used FROM scorecards ORDER BY version DESC")
    found = []
    for version, text, used in rows:
        written = json.loads(text)
        found.append({"version": version, "name": written["name"], "used": used, "card": written})
    since: dict[str, Any] = {}
    for first, project in Epochs.read(store).starts:
        for card in project.scorecards:
            since.setdefault(project.version(card), None if first <= ALWAYS else calendar.date(first))
    return found, since


def _weights(card: Scorecard, shown: dict[str, Any] | None) -> dict[str, float]:
    """The numbers that the editor begins with: the card's own, or those of an older version where it has them."""
    found = {f"d:{name}": part.weight for name, part in card.dimensions.items()}
    for name, part in card.dimensions.items():
        found |= {f"s:{name}.{signal}": one.weight for signal, one in part.signals.items()}
    found |= {f"line:{place}": line for place, line in enumerate(card.tiers.lines)}
    if shown is None:
        return found
    older = shown["card"]
    for name, part in older["dimensions"].items():
        found |= {key: part["weight"] for key in (f"d:{name}",) if key in found}
        for signal, one in part["signals"].items():
            key = f"{name}.{signal}"
            found[f"s:{key}" if f"s:{key}" in found else f"a:{key}"] = one["weight"]
    if older["tiers"]["names"] == list(card.tiers.names):
        found |= {f"line:{place}": line for place, line in enumerate(older["tiers"]["lines"])}
    return found


def _scalings(card: Scorecard, shown: dict[str, Any] | None) -> dict[str, Scaling]:
    """By `dimension.signal`: the card's own scaling, or that of an older version where it has one.

    Of signals that only the older version has, its own.
    """
    older = {} if shown is None else shown["card"]["dimensions"]
    found = {}
    for name, part in card.dimensions.items():
        was = older.get(name, {}).get("signals", {})
        for signal, one in part.signals.items():
            found[f"{name}.{signal}"] = one.scaling
        for signal in [*part.signals, *addable(card)[name]]:
            if signal in was:
                found[f"{name}.{signal}"] = Scaling.model_validate(was[signal]["scaling"])
    return found


def _windows(card: Scorecard, shown: dict[str, Any] | None) -> dict[str, float]:
    return {**card.windows.model_dump(), **({} if shown is None else shown["card"]["windows"])}


def _dropped(card: Scorecard, shown: dict[str, Any] | None) -> set[str]:
    """The signals of the card that an older version did without."""
    if shown is None:
        return set()
    older = {f"{name}.{signal}" for name, part in shown["card"]["dimensions"].items() for signal in part["signals"]}
    return {f"{name}.{signal}" for name, part in card.dimensions.items() for signal in part.signals} - older


def _differences(card: Scorecard, shown: dict[str, Any] | None, current: str) -> list[Any]:
    if shown is None or shown["version"] == current:
        return []
    return differences(shown["card"], json.loads(card.model_dump_json()))


def _proposal(visit: Visit) -> tuple[Scorecard, Proposal]:
    """The card of the form, and what it proposes. Errors: NotFound for a card that is not there."""
    card = card_of(visit.site.project, visit.form.text("card"))
    return card, Proposal.read(visit.form, card)


def what_if_part(visit: Visit) -> Response:
    """What the numbers of the form would do to the tiers of all accounts; nothing is kept."""
    mine, asked = _proposal(visit)
    project = visit.site.project
    if asked.mistakes:
        return _mistaken(visit, mine, asked)
    other = changed(project, asked.card, asked.dimensions, asked.signals, asked.lines, asked.exchange)
    card = next(one for one in other.scorecards if one.name == asked.card)
    try:
        found = visit.site.look(lambda standing: what_if(standing.store, project, other, standing.day()))
    except UnknownAccount:
        raise Unfit("nothing is scored yet, so there is nothing to compare") from None
    names = visit.site.look(lambda standing: _names(standing.store, [one.account_id for one in found.moved]))
    template = "parts/what_if.html" if visit.partial else "what_if.html"
    return visit.show(
        template,
        "scorecard",
        found=found,
        asked_for=asked,
        version=other.version(card),
        same=other.version(card) == project.version(mine),
        tiers=[*reversed(card.tiers.names), "unscored"],
        healthy=dict(zip(card.tiers.names, HEALTHY, strict=True)) if len(card.tiers.names) == len(HEALTHY) else {},
        bins=_bins(found),
        names=names,
        publishing=visit.site.folder is not None,
    )


def _mistaken(visit: Visit, card: Scorecard, asked: Proposal) -> Response:
    """What cannot be read, each with a way to its field; nothing is compared then."""
    template, status = ("parts/mistaken.html", 200) if visit.partial else ("mistaken.html", 422)
    return visit.show(template, "scorecard", status=status, card=card, mistakes=asked.mistakes)


def _bins(found: WhatIf) -> dict[str, Any]:
    series = [{"name": "as it is", "values": found.distribution}, {"name": "then", "values": found.distribution_then}]
    return {"labels": [str(at) for at in range(0, 100, 5)], "whole": True, "series": series}


def _names(store: Any, accounts: list[str]) -> dict[str, str]:
    rows = store.engine.rows("SELECT account_id, name FROM accounts WHERE list_contains(?, account_id)", [accounts])
    return dict(rows)


def publish_card(visit: Visit) -> Response:
    """Write the numbers into weatherglass.yml, and score with them from the last finished day on."""
    card, asked = _proposal(visit)
    if asked.mistakes:
        return _mistaken(visit, card, asked)
    numbers = Numbers(asked.dimensions, asked.signals, asked.lines, asked.exchange)
    version = publish(visit.site.service.configuration, visit.actor, visit.versions, card.name, numbers)
    visit.site.catch_up()
    told = f"Version {version} makes the scores from the last finished day on."
    return visit.go(f"/scorecard{query({'card': card.name})}", told)


DOORS = (
    Door("/scorecard", scorecard_page),
    Door("/scorecard/what-if", what_if_part, "read", "POST"),
    Door("/scorecard/publish", publish_card, "admin", "POST"),
)
