"""Channels: where messages go, whether they arrive, and dead letters."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from weatherglass.actions.channels.result import Failed
from weatherglass.jobs.acting.sending import try_channel
from weatherglass.state import NotFound, Unfit
from weatherglass.state.outbox import DEAD, SENT, WAITING
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.today import number_of
from weatherglass.web.pages.visit import Visit

SIZE = 50
STATES = {DEAD: "Dead letters", WAITING: "Waiting", SENT: "Sent"}


def channels_page(visit: Visit) -> Response:
    """The channels of the project, and their messages; no address and no secret is shown."""
    outbox = visit.site.service.state.outbox
    state = visit.asked("state") if visit.asked("state") in STATES else DEAD
    before = number_of(visit.asked("before")) or None
    found = outbox.letters(state, before, SIZE + 1)
    facts: dict[str, Any] = {
        "channels": visit.site.project.channels,
        "off": outbox.disabled(),
        "counts": outbox.counts(),
        "letters": found[:SIZE],
        "following": found[SIZE - 1].id if len(found) > SIZE else None,
        "before": before,
        "state": state,
        "states": STATES,
        "writing": visit.site.folder is not None,
    }
    return show_settings(visit, "settings/channels.html", **facts)


def change_channel(visit: Visit) -> Response:
    """Send a test, or begin again to send what waits."""
    name, done = visit.form.secret("channel"), visit.form.text("do")
    if name not in {one.name for one in visit.site.project.channels}:
        raise NotFound(f"there is no channel {name[:60]!r}")
    if done == "enable":
        visit.site.service.state.outbox.enable(visit.actor, name)
        return visit.go("/settings/channels", f"{name[:60]} is on: what waits is sent first.")
    if done == "disable":
        visit.site.service.state.outbox.switch_off(visit.actor, name)
        return visit.go("/settings/channels", f"{name[:60]} is off: what comes for it waits.")
    if done != "test":
        raise Unfit("choose what is to be done with the channel")
    folder = visit.site.service.live.read(lambda store: store.folder.parent)
    try:
        try_channel(visit.site.project, name, folder)
    except Failed as failed:
        return visit.go("/settings/channels", f"{name[:60]} did not take the test: {failed}")
    return visit.go("/settings/channels", f"{name[:60]} has taken a message that says it is a test.")


def replay(visit: Visit) -> Response:
    """Send a message again that was sent or is dead, under the same message id."""
    letter = visit.site.service.state.outbox.replay(visit.actor, number_of(visit.form.text("message")))
    return visit.go("/settings/channels", f"It is sent to {letter.channel[:60]} again.")


DOORS = (
    Door("/settings/channels", channels_page, "admin"),
    Door("/settings/channels", change_channel, "admin", "POST"),
    Door("/settings/messages", replay, "admin", "POST"),
)
