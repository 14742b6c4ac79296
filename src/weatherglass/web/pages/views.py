"""Saved views of the portfolio: a choice, an order and columns under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError
from starlette.responses import Response

from weatherglass.jobs.views import listing
from weatherglass.state import Unfit
from weatherglass.state.views import View
from weatherglass.web.api.choice import ChoiceQuery
from weatherglass.web.pages.filters import Filters
from weatherglass.web.pages.pen import query
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit

ORDER = ("sort", "order")
MOST_FIELDS = 200


def saved(visit: Visit) -> list[View]:
    """The views of who is here, and those that are shared."""
    return visit.site.service.state.views.of(visit.actor)


def asked(visit: Visit, chosen: Filters) -> str:
    """The parameters of this address that a view keeps: filters, order, columns."""
    parameters = visit.request.query_params
    order = {name: visit.asked(name) for name in ORDER}
    return query(chosen.given, **order, column=parameters.getlist("column"))[1:]


def _kept(text: str) -> str:
    """Those of some parameters that a view keeps. Errors: Unfit where a filter cannot be read."""
    try:
        pairs = parse_qsl(text, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Unfit("there are too many filters for a view: take some away") from None
    known = [(name, value) for name, value in pairs if name in ChoiceQuery.model_fields and value.strip()]
    given: dict[str, Any] = {}
    for name, value in known:
        many = "list" in str(ChoiceQuery.model_fields[name].annotation)
        given[name] = [*given.get(name, []), value] if many else value
    try:
        ChoiceQuery.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Unfit(f"a view keeps filters that can be read: {first['loc'][0]}: {first['msg']}") from None
    order = [(name, value) for name, value in pairs if name == "sort" and value in listing.SORTS]
    order += [(name, value) for name, value in pairs if name == "order" and value in {"asc", "desc"}]
    return urlencode([*known, *order, *((name, value) for name, value in pairs if name == "column")])


def save(visit: Visit) -> Response:
    """Keep what is on the page under a name, for oneself or for everybody."""
    form = visit.form
    kept = _kept(form.text("query"))
    shared = form.text("shared") == "yes"
    made = visit.site.service.state.views.save(visit.actor, form.text("name"), kept, shared=shared)
    who = "everybody" if made.shared else "you"
    return visit.go(f"/portfolio?{made.query}", f"The view {made.name} is there for {who}.")


def delete(visit: Visit) -> Response:
    """Take a view away."""
    text = visit.form.text("view")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    gone = visit.site.service.state.views.delete(visit.actor, number)
    return visit.go("/portfolio", f"The view {gone.name} is taken away.")


DOORS = (
    Door("/portfolio/views", save, "read", "POST"),
    Door("/portfolio/views/delete", delete, "read", "POST"),
)
