"""Channels that are added on the page: a test message first, then adding; changing one, and taking one away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from starlette.responses import Response

from weatherglass.actions.channels.result import Failed
from weatherglass.config.alerts import SEVERITIES
from weatherglass.config.channels import SEGMENT_URL, Channel, MessageType
from weatherglass.jobs.acting.sending import send_test
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, OURS, drafted, one_of
from weatherglass.state import Unfit
from weatherglass.state.outbox import WAITING
from weatherglass.web.pages.filters import offered
from weatherglass.web.pages.forms import Form
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.settings import show_settings
from weatherglass.web.pages.visit import Visit

KINDS: dict[str, str] = {
    "slack": "Slack, an incoming webhook",
    "teams": "Teams, a workflow's webhook",
    "email": "E-mail, over SMTP",
    "webhook": "Standard Webhooks, signed",
    "segment": "Segment, who enters or leaves an audience",
    "file": "A file, lines of JSON",
}
FIELDS: dict[str, tuple[str, ...]] = {
    "slack": ("url",),
    "teams": ("url",),
    "email": ("to", "sender", "server", "port", "user", "password", "starttls"),
    "webhook": ("url", "secrets"),
    "segment": ("write_key", "url"),
    "file": ("path",),
}
"""What each kind needs to know."""
LISTS, FLAGS = ("to", "secrets", "owners", "segments"), ("starttls", "allow_private")
WHAT = ("owners", "segments", "severity", "types")
"""What of all there is goes there."""
TYPES: tuple[str, ...] = get_args(MessageType)


def new_channel_page(visit: Visit) -> Response:
    """The form of another channel of one kind, or of one that there is."""
    name = visit.request.query_params.get("channel", "")
    now = _there(visit, name) if name else None
    kind = now.kind if now is not None else visit.asked("kind") if visit.asked("kind") in KINDS else "slack"
    return show_settings(
        visit,
        "settings/new_channel.html",
        "/settings/channels",
        now=now,
        kind=kind,
        kinds=KINDS,
        fields=FIELDS[kind],
        severities=SEVERITIES,
        types=TYPES,
        offered=visit.site.remembered("offered", offered),
        ours=OURS,
        segment_url=SEGMENT_URL,
        longest=LONGEST_NAME,
        writing=visit.site.folder is not None,
    )


def _there(visit: Visit, name: str) -> Channel:
    """Errors: NotFound."""
    found = one_of(visit.site.project, "channel", name)
    assert isinstance(found, Channel)
    return found


def _asked(visit: Visit) -> tuple[str, Channel, dict[str, Any]]:
    """The name, the channel and the options of the form. Errors: Unfit."""
    form, kind = visit.form, visit.form.text("kind")
    if kind not in KINDS:
        raise Unfit("choose what kind of channel it is")
    options: dict[str, Any] = {"kind": kind, **_filled_in(form, (*FIELDS[kind], *WHAT, *FLAGS))}
    name = form.text("name")
    made = drafted(visit.site.project, "channel", name, options)
    assert isinstance(made, Channel)
    return name, made, options


def _filled_in(form: Form, wanted: Iterable[str]) -> dict[str, Any]:
    """The options of a form that say something."""
    found: dict[str, Any] = {}
    for option in wanted:
        if option in FLAGS:
            found |= {option: True} if form.text(option) else {}
        elif option == "types":
            found |= {option: form.texts(option)} if form.texts(option) else {}
        elif option in LISTS:
            found |= {option: form.lines(option)} if form.lines(option) else {}
        elif form.text(option):
            found[option] = _number(form.text(option)) if option == "port" else form.text(option)
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Unfit(f"{text[:40]!r} is no port")
    return int(text)


def try_channel(visit: Visit) -> Response:
    """Send a test over the channel of the form; nothing is kept."""
    folder, why = visit.site.service.configuration.folder, ""
    _, channel, _ = _asked(visit)
    try:
        send_test(channel, folder)
    except Failed as failed:
        why = str(failed)
    visit.site.service.state.audit.add(visit.actor, "channel tried", f"channel:{channel.name}", after={"sent": not why})
    template = "parts/channel_test.html" if visit.partial else "settings/channel_test.html"
    return show_settings(visit, template, "/settings/channels", channel=channel, why=why)


def add_channel(visit: Visit) -> Response:
    """Write it into weatherglass.yml: it takes what comes from now on."""
    name, _, options = _asked(visit)
    parts.add(visit.site.service.configuration, visit.actor, visit.versions, "channel", name, options)
    return visit.go("/settings/channels", f"{name} is there, and takes what comes from now on.")


def change_channel(visit: Visit) -> Response:
    """Write what differs into weatherglass.yml; of where messages go, what is left empty stays as it is."""
    form, name = visit.form, visit.form.secret("channel")
    kind = _there(visit, name).kind
    empty: dict[str, Any] = {"owners": [], "segments": [], "types": []}
    ticked = {flag: bool(form.text(flag)) for flag in _flags(kind)}
    options = {**empty, **_filled_in(form, (*FIELDS[kind], *WHAT)), **ticked}
    changed = parts.change(visit.site.service.configuration, visit.actor, visit.versions, "channel", name, options)
    return visit.go("/settings/channels", f"{name[:60]} is {'changed' if changed else 'as it was'}.")


def _flags(kind: str) -> tuple[str, ...]:
    """What the form of a kind has boxes for."""
    private = () if kind == "file" else ("allow_private",)
    return (*private, *(one for one in FIELDS[kind] if one in FLAGS))


def take_channel_away(visit: Visit) -> Response:
    """Take a channel out; what waits for it becomes dead letters."""
    name = visit.form.secret("channel")
    one_of(visit.site.project, "channel", name)
    waiting = visit.site.service.state.outbox.counts().get((name, WAITING), 0)
    parts.take_away(visit.site.service.configuration, visit.actor, visit.versions, "channel", name)
    more = f" Messages that waited for it, {waiting:,}, become dead letters." if waiting else ""
    return visit.go("/settings/channels", f"{name} is taken away.{more}")


DOORS = (
    Door("/settings/channels/new", new_channel_page, "admin"),
    Door("/settings/channels/try", try_channel, "admin", "POST"),
    Door("/settings/channels/new", add_channel, "admin", "POST"),
    Door("/settings/channels/change", change_channel, "admin", "POST"),
    Door("/settings/channels/remove", take_channel_away, "admin", "POST"),
)
