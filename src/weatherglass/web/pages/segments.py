"""Settings: the segments that have scorecards of their own."""

from __future__ import annotations

from starlette.responses import Response

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.presets import PRESETS
from weatherglass.jobs.project import cards
from weatherglass.jobs.project.segmenting import named_by, segments
from weatherglass.web.pages.filters import offered
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.visit import Visit


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
    form, configuration = visit.form, visit.site.service.configuration
    name, column, values = form.text("card"), form.text("column"), form.lines("values")
    if form.text("do") == "add":
        cards.add(configuration, visit.actor, visit.versions, name, {column: values}, form.text("base"))
    else:
        where = {**cards.card_of(visit.site.project, name).where, column: values}
        cards.mean(configuration, visit.actor, visit.versions, name, where)
    visit.site.catch_up()
    return visit.go("/settings/segments", f"{name[:60]} is for these accounts from the last finished day on.")


def take_away(visit: Visit) -> Response:
    """Take a segment away, where nothing names it: its accounts have the next card that is for them."""
    name = visit.form.text("card")
    cards.take_away(visit.site.service.configuration, visit.actor, visit.versions, name)
    visit.site.catch_up()
    return visit.go("/settings/segments", f"{name[:60]} is taken away: its accounts have the next scorecard for them.")


DOORS = (
    Door("/settings/segments", segments_page, "admin"),
    Door("/settings/segments", change, "admin", "POST"),
    Door("/settings/segments/remove", take_away, "admin", "POST"),
)
