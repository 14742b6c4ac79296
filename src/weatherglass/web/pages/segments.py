"""Settings: the segments that have scorecards of their own."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.presets import PRESETS
from weatherglass.config.project import Project
from weatherglass.config.scorecard import Scorecard
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
    form, folder = visit.form, _folder(visit)
    name, column, values = form.text("card"), form.text("column"), form.lines("values")
    if len(values) > MOST_VALUES:
        raise Unfit(f"a segment is told by at most {MOST_VALUES} values")
    if form.text("do") == "add":
        new = add_segment(folder, name, {column: values}, form.text("base"))
    else:
        card = _card(visit, name)
        if not card.where:
            raise Unfit(f"the scorecard {name[:60]} is for all who have no other: it names nobody")
        new = change_segment(folder, name, {**card.where, column: values})
    _adopt(visit, new, name)
    return visit.go("/settings/segments", f"{name[:60]} is for these accounts from the last finished day on.")


def take_away(visit: Visit) -> Response:
    """Take a segment away, where nothing names it: its accounts have the next card that is for them."""
    folder, name = _folder(visit), _card(visit, visit.form.text("card")).name
    _adopt(visit, remove_segment(folder, name), name)
    return visit.go("/settings/segments", f"{name[:60]} is taken away: its accounts have the next scorecard for them.")


def _card(visit: Visit, name: str) -> Scorecard:
    card = next((one for one in visit.site.project.scorecards if one.name == name), None)
    if card is None:
        raise NotFound(f"there is no scorecard {name[:60]!r}")
    return card


def _folder(visit: Visit) -> Path:
    if visit.site.folder is None:
        raise Unfit("this service was started without a project's folder, so segments cannot be changed here")
    return visit.site.folder


def _adopt(visit: Visit, new: Project, name: str) -> None:
    before = {one.name: {key: list(value) for key, value in one.where.items()} for one in visit.site.project.scorecards}
    visit.site.service.live.adopt(new).result()
    visit.site.catch_up()
    after = {one.name: {key: list(value) for key, value in one.where.items()} for one in new.scorecards}
    visit.site.service.state.audit.add(visit.actor, "segment changed", f"scorecard:{name}", before=before, after=after)


DOORS = (
    Door("/settings/segments", segments_page, "admin"),
    Door("/settings/segments", change, "admin", "POST"),
    Door("/settings/segments/remove", take_away, "admin", "POST"),
)
