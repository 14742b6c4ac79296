"""The filters of lists: read from an address, so that an address is a saved view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.choosing import EVERYONE, Choice
from weatherglass.jobs.views.standing import TEXTS, Standing
from weatherglass.web.api.choice import ChoiceQuery
from weatherglass.web.pages.visit import Visit

MOST_VALUES = 300
"""Values of one attribute that a filter offers."""


@dataclass(frozen=True)
class Filters:
    """What was chosen, and the parameters that say so."""

    choice: Choice
    given: dict[str, Any]
    """Parameters of the address, without those that are empty."""
    wrong: str = ""
    """What could not be read; everyone is shown then."""


def filters(visit: Visit) -> Filters:
    """The filters of an address."""
    parameters = visit.request.query_params
    given: dict[str, Any] = {}
    for name, field in ChoiceQuery.model_fields.items():
        values = [value for value in parameters.getlist(name) if value.strip()]
        if values:
            many = field.annotation is not None and "list" in str(field.annotation)
            given[name] = values if many else values[-1]
    try:
        return Filters(ChoiceQuery.model_validate(given).choice(), given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = str(first["loc"][0]).replace("_", " ") if first["loc"] else "a filter"
        return Filters(EVERYONE, given, f"{where}: {first['msg']}")


def offered(standing: Standing) -> dict[str, list[str]]:
    """The values that each attribute has."""
    engine = standing.store.engine
    return {
        name: [
            value
            for (value,) in engine.rows(
                f"SELECT {identifier(name)} FROM accounts WHERE {identifier(name)} <> '' "
                f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_VALUES}"
            )
        ]
        for name in TEXTS
    }
