"""The wizard's second half: a write key, code to copy, and the first events and scores as they appear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.standing import Standing
from weatherglass.state.credentials import EVENTS
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.snippets import snippets
from weatherglass.web.pages.uploads import MOST_BYTES
from weatherglass.web.pages.visit import Visit

SHOWN = 8


@dataclass(frozen=True)
class Arrived:
    """What has come in so far."""

    events: int
    accounts: list[dict[str, Any]]
    refused: int
    why: str
    """The last refusal."""


def connect_page(visit: Visit) -> Response:
    """Code to copy, and what has come in so far."""
    return _page(visit, "")


def _page(visit: Visit, key: str) -> Response:
    url = str(visit.request.base_url).rstrip("/")
    pieces = snippets(url, key or "YOUR_WRITE_KEY")
    keys = [one for one in visit.site.service.state.keys.all() if one.revoked_at is None]
    return visit.show(
        "connect.html", "data", pieces=pieces, key=key, keys=keys, arrived=_arrived(visit), most=MOST_BYTES >> 20
    )


def make_key(visit: Visit) -> Response:
    """A new write key for events; its secret stands on this page and nowhere again."""
    name = visit.form.text("name") or "First write key"
    _, secret = visit.site.service.state.keys.create(visit.actor, name, EVENTS)
    return _page(visit, secret)


def arrived_part(visit: Visit) -> Response:
    """What the page asks for again and again until there is something."""
    return visit.show("parts/arrived.html", arrived=_arrived(visit))


def _arrived(visit: Visit) -> Arrived:
    live = visit.site.service.live

    def read(standing: Standing) -> tuple[int, list[dict[str, Any]]]:
        engine = standing.store.engine
        events = engine.row(
            'SELECT coalesce((SELECT sum("rows") FROM segments), 0) + (SELECT count(*) FROM live_events)'
        )
        try:
            rows = engine.arrow(
                "SELECT account_id, name, score, tier_shown AS tier, lifecycle FROM "
                f"({standing.relation(standing.day())}) ORDER BY score IS NULL, account_id LIMIT {SHOWN}"
            ).to_pylist()
        except UnknownAccount:
            rows = []
        return int(events[0]), rows

    service = visit.site.service
    newest = live.newest.table()
    overrides = service.state.overrides.all()
    events, accounts = live.read(lambda store: read(Standing(store, overrides, newest)))
    last = live.rejects.last()
    return Arrived(events, accounts, sum(live.rejects.counts().values()), last[0].reason if last else "")


DOORS = (
    Door("/connect", connect_page, "admin"),
    Door("/connect", make_key, "admin", "POST"),
    Door("/connect/arrived", arrived_part, "admin"),
)
