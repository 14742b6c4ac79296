"""Channels: where messages go, and which of them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from weatherglass.config.alerts import Severity
from weatherglass.config.frozen import Flag, Frozen, Text, Whole, listed
from weatherglass.config.problems import Problems

Texts = Annotated[tuple[Text, ...], BeforeValidator(listed), AfterValidator(tuple)]
MessageType = Literal[
    "episode.opened",
    "episode.updated",
    "episode.closed",
    "data.opened",
    "data.closed",
    "digest",
    "task.overdue",
    "audience.entered",
    "audience.left",
    "channel.disabled",
]


AUDIENCE_TYPES = frozenset({"audience.entered", "audience.left"})
SEGMENT_URL = "https://api.segment.io/v1/batch"


class Channel(Frozen):
    """One place to send messages to. `$NAME` in place of an address or secret names an environment variable."""

    name: Text
    kind: Literal["slack", "teams", "email", "webhook", "segment", "file"]
    url: Text | None = None
    """Of slack, teams and webhook; of segment, where its calls go."""
    secrets: Texts = ()
    """Of a webhook: `whsec_` and base64; each of them signs, so that one can be rotated."""
    write_key: Text | None = None
    """Of segment: the write key of the source that the calls come from."""
    to: Texts = ()
    """Of email: the addresses."""
    sender: Text = "weatherglass@localhost"
    """Of email: the address it comes from."""
    server: Text = "localhost"
    """Of email: the SMTP server."""
    port: Annotated[Whole, Field(ge=1, le=65535)] = 25
    user: Text | None = None
    password: Text | None = None
    starttls: Flag = False
    path: Text | None = None
    """Of file: where lines of JSON are added."""
    owners: Texts = ()
    """Only what concerns accounts of these owners; none: of all."""
    segments: Texts = ()
    severity: Severity = "low"
    """Only alerts of this severity and above."""
    types: Annotated[tuple[MessageType, ...], BeforeValidator(listed)] = ()
    """Only messages of these types; none: all."""
    allow_private: Flag = False
    """Whether the address may lie in a private network, or on this machine."""

    def takes(self, kind: str) -> bool:
        """Whether messages of a type go there; Segment is told of audiences alone, and of what is tried."""
        if self.kind == "segment" and kind not in AUDIENCE_TYPES:
            return False
        return not self.types or kind in self.types

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = Problems()
        needed = {"email": "to", "file": "path", "segment": "write_key"}.get(self.kind, "url")
        if not getattr(self, needed):
            problems.add(f"a channel of the kind {self.kind} needs {needed}", needed)
        if self.kind == "webhook" and not self.secrets:
            problems.add("a webhook is signed: it needs secrets", "secrets")
        problems.raise_any("Channel")
        return self
