"""A form that was made from an older configuration: what has changed since, and what was entered, to be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from weatherglass.jobs.project.parts import SECRET
from weatherglass.jobs.project.publishing import differences

if TYPE_CHECKING:
    from weatherglass.jobs.project.configuration import Outdated
    from weatherglass.state.audit import Entry
    from weatherglass.web.pages.visit import Visit

PROOFS = frozenset({"csrf", "made_from"})
ACTIONS = ("/remove", "/publish", "/change")
"""Ends of addresses that only take forms; without them it is the page that has the form."""


def refused(visit: Visit, error: Outdated) -> Response:
    """The page of a refused change. Sent from there, it is made from the version that the page names."""
    path = visit.request.url.path
    where = next((path.removesuffix(end) for end in ACTIONS if path.endswith(end)), path)
    fields = [(name, value) for name, value in visit.form.pairs if name not in PROOFS]
    return visit.show(
        "parts/outdated.html" if visit.partial else "outdated.html",
        status=409,
        path=path,
        where=where,
        now=error.now,
        since=[(entry, _lines(entry)) for entry in error.since],
        fields=fields,
        entered=[(name, "as entered" if name in SECRET else value) for name, value in fields if value.strip()],
    )


def _lines(entry: Entry) -> list[Any]:
    """What an entry of the audit log says was changed."""
    after = {name: value for name, value in (entry.after or {}).items() if name != "configuration"}
    return differences(entry.before or {}, after)
