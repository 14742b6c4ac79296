"""Channels: where messages go and whether they arrive, tried, added, changed, switched off and taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from weatherglass.actions.channels.result import Failed
from weatherglass.config.alerts import Severity
from weatherglass.config.channels import Channel, MessageType
from weatherglass.jobs.acting import sending
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, MOST, SECRETS, drafted, one_of
from weatherglass.state.outbox import DEAD, SENT, WAITING
from weatherglass.web.api.access import Admin, Reader
from weatherglass.web.api.editions import CHANGING, Edition, MayMatch, MustMatch, Name, Options, tagged
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Told

router = APIRouter(tags=["channels"])
HIDDEN = frozenset({*SECRETS, "url", "to", "sender", "server", "port", "user", "path"})
"""Options that are not told: addresses and secrets."""
Texts = list[str]


class ChannelSettings(Told):
    """A channel as the configuration has it; no address and no secret is told."""

    name: str
    kind: str
    severity: str
    owners: list[str]
    segments: list[str]
    types: list[str]
    starttls: bool
    allow_private: bool
    given: list[str] = Field(description="The addresses and secrets that it has, by their option.")


class ChannelTold(ChannelSettings):
    """A channel, and what went there."""

    disabled: str | None = Field(description="Why nothing is sent there.")
    sent: int = Field(description="Messages of the last 30 days.")
    waiting: int
    dead: int = Field(description="Dead letters.")


class Channels(Edition):
    """The channels of the project."""

    channels: list[ChannelTold]


class OneChannel(ChannelSettings, Edition):
    """A channel of a version of the configuration."""


class ChannelChange(Options):
    """Options of a channel; what is not given stays as it is, or is as usual. The project file has them alike.

    In place of an address or a secret `$WEATHERGLASS_CHANNEL_...` names an environment variable of the service.
    """

    url: str | None = Field(default=None, max_length=2000, description="Of slack, teams, webhook and segment.")
    secrets: Texts | None = Field(default=None, max_length=MOST, description="Of a webhook: each of them signs.")
    write_key: str | None = Field(default=None, max_length=1000, description="Of segment.")
    to: Texts | None = Field(default=None, max_length=MOST, description="Of email.")
    sender: str | None = Field(default=None, max_length=1000)
    server: str | None = Field(default=None, max_length=1000)
    port: int | None = None
    user: str | None = Field(default=None, max_length=1000)
    password: str | None = Field(default=None, max_length=1000)
    starttls: bool | None = None
    path: str | None = Field(default=None, max_length=1000, description="Of file: a .jsonl in the project's folder.")
    owners: Texts | None = Field(default=None, max_length=MOST, description="Only of accounts of theirs; empty: all.")
    segments: Texts | None = Field(default=None, max_length=MOST)
    severity: Severity | None = Field(default=None, description="Only alerts of this severity and above.")
    types: list[MessageType] | None = Field(default=None, max_length=MOST, description="Empty: all.")
    allow_private: bool | None = Field(default=None, description="Whether it may lie in a private network.")


class ChannelRequest(ChannelChange):
    """Another channel."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    kind: Literal["slack", "teams", "email", "webhook", "segment", "file"]


class Tried(Told):
    """What came of a test message."""

    sent: bool
    why: str = Field(description="Why it was not.")


@router.get("/channels")
def list_channels(service: Serving, _: Reader) -> Channels:
    """Where messages go, and whether they arrive."""
    version, outbox = service.configuration.version, service.state.outbox
    off, counts = outbox.disabled(), outbox.counts()
    told = [
        ChannelTold(
            **_settings(one).model_dump(),
            disabled=off.get(one.name),
            sent=counts.get((one.name, SENT), 0),
            waiting=counts.get((one.name, WAITING), 0),
            dead=counts.get((one.name, DEAD), 0),
        )
        for one in service.configuration.project.channels
    ]
    return Channels(configuration=version, channels=told)


def _settings(one: Channel) -> ChannelSettings:
    facts = one.model_dump(mode="json", include=set(ChannelSettings.model_fields))
    return ChannelSettings(**facts, given=sorted(HIDDEN & one.model_fields_set))


def _found(service: Service, name: str) -> Channel:
    """Errors: NotFound."""
    found = one_of(service.configuration.project, "channel", name)
    assert isinstance(found, Channel)
    return found


def _one(service: Service, name: str, response: Response) -> OneChannel:
    version = tagged(response, service)
    return OneChannel(configuration=version, **_settings(_found(service, name)).model_dump())


@router.post("/channels", status_code=201, responses=CHANGING)
def add_channel(
    service: Serving, by: Admin, asked: ChannelRequest, versions: MayMatch, response: Response
) -> OneChannel:
    """Add a channel; it takes what comes from now on. Send a test over it first."""
    parts.add(service.configuration, by, versions, "channel", asked.name, asked.given())
    return _one(service, asked.name, response)


@router.post("/channels/test")
def try_channel(service: Serving, by: Admin, asked: ChannelRequest) -> Tried:
    """Send a message that says it is a test over a channel that is not there yet. Nothing is kept."""
    folder = service.configuration.folder
    made = drafted(service.configuration.project, "channel", asked.name, asked.given())
    assert isinstance(made, Channel)
    found = _sent(lambda: sending.send_test(made, folder))
    service.state.audit.add(by, "channel tried", f"channel:{made.name}", after={"sent": found.sent})
    return found


def _sent(send: Callable[[], None]) -> Tried:
    try:
        send()
    except Failed as failed:
        return Tried(sent=False, why=str(failed))
    return Tried(sent=True, why="")


@router.get("/channels/{name}")
def get_channel(service: Serving, _: Reader, name: Name, response: Response) -> OneChannel:
    """One channel, as the configuration has it; its ETag is the configuration's version."""
    return _one(service, name, response)


@router.patch("/channels/{name}", responses=CHANGING)
def change_channel(
    service: Serving, by: Admin, name: Name, asked: ChannelChange, versions: MustMatch, response: Response
) -> OneChannel:
    """Change options of a channel; with another address its secrets are given again."""
    parts.change(service.configuration, by, versions, "channel", name, asked.given())
    return _one(service, name, response)


@router.delete("/channels/{name}", responses=CHANGING)
def remove_channel(service: Serving, by: Admin, name: Name, versions: MustMatch, response: Response) -> Edition:
    """Take a channel away; what waits for it becomes dead letters."""
    parts.take_away(service.configuration, by, versions, "channel", name)
    return Edition(configuration=tagged(response, service))


@router.post("/channels/{name}/test")
def send_test(service: Serving, _: Admin, name: Name) -> Tried:
    """Send a message that says it is a test."""
    channel, folder = _found(service, name), service.live.read(lambda store: store.folder.parent)
    return _sent(lambda: sending.send_test(channel, folder))


@router.post("/channels/{name}/enable")
def enable_channel(service: Serving, by: Admin, name: Name) -> Channels:
    """Send there again, what has waited first."""
    service.state.outbox.enable(by, _found(service, name).name)
    return list_channels(service, by)


@router.post("/channels/{name}/disable")
def disable_channel(service: Serving, by: Admin, name: Name) -> Channels:
    """Send nothing there until it is switched on again; what comes for it waits."""
    service.state.outbox.switch_off(by, _found(service, name).name)
    return list_channels(service, by)
