"""Settings: the segments that have scorecards of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.responses import Response

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.presets import PRESETS
from weatherglass.config.project import Project
from weatherglass.config.scorecard import Scorecard
from weatherglass.jobs.project.configuration import Noted
from weatherglass.jobs.project.segmenting import add_segment, change_segment, named_by, remove_segment, segments
from weatherglass.state import NotFound, Unfit
from weatherglass.web.pages.filters import offered
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.visit import Visit

MOST_VALUES = 200


def segments_page(visit: Visit) -> Response:
    """The cards with whom they are for."""
    project = visit.site.project
    found = visit.site.look(lambda standing: segments(standing.store, project))
    return show_settings(
        visit,
        "settings/segments.html",
        segments=found,
        versions={one.card.name: project.version(one.card) for one in found},
        named={one.card.name: named_by(project, one.card) for one in found},
        columns=ACCOUNT_TEXTS,
        bases=tuple(PRESETS),
        offered=visit.site.remembered("offered", offered),
        publishing=visit.site.folder is not None,
    )


def change(visit: Visit) -> Response:
    """Add a segment, or have one be for other accounts; scores follow from the last finished day on."""
    form = visit.form
    name, column, values = form.text("card"), form.text("column"), form.lines("values")
    if len(values) > MOST_VALUES:
        raise Unfit(f"a segment is told by at most {MOST_VALUES} values")
    if form.text("do") == "add":
        _adopt(visit, name, lambda folder: add_segment(folder, name, {column: values}, form.text("base")))
    else:
        card = _card(visit, name)
        if not card.where:
            raise Unfit(f"the scorecard {name[:60]} is for all who have no other: it names nobody")
        _adopt(visit, name, lambda folder: change_segment(folder, name, {**card.where, column: values}))
    return visit.go("/settings/segments", f"{name[:60]} is for these accounts from the last finished day on.")


def take_away(visit: Visit) -> Response:
    """Take a segment away, where nothing names it: its accounts have the next card that is for them."""
    name = _card(visit, visit.form.text("card")).name
    _adopt(visit, name, lambda folder: remove_segment(folder, name))
    return visit.go("/settings/segments", f"{name[:60]} is taken away: its accounts have the next scorecard for them.")


def _card(visit: Visit, name: str) -> Scorecard:
    card = next((one for one in visit.site.project.scorecards if one.name == name), None)
    if card is None:
        raise NotFound(f"there is no scorecard {name[:60]!r}")
    return card


def _adopt(visit: Visit, name: str, change: Callable[[Path], Project]) -> None:
    def write(folder: Path) -> tuple[Project, Noted]:
        before, new = visit.site.project, change(folder)
        return new, Noted("segment changed", f"scorecard:{name}", _whom(before), _whom(new))

    visit.site.service.configuration.change(visit.actor, visit.versions, write, scores=True)
    visit.site.catch_up()


def _whom(project: Project) -> dict[str, Any]:
    return {one.name: {key: list(value) for key, value in one.where.items()} for one in project.scorecards}


DOORS = (
    Door("/settings/segments", segments_page, "admin"),
    Door("/settings/segments", change, "admin", "POST"),
    Door("/settings/segments/remove", take_away, "admin", "POST"),
)
