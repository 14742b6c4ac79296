"""Calls as libraries write them, read without any detour.

What is not written quite so (a number for an id, a time in another form, a `group` call) is not read here: the rules
for all of it are those of files. Where both can read a call they read the same.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from weatherglass.events.times import believable

Row = tuple[str | None, str | None, str, datetime, str, str | None, str | None]
"""account_id, user_id, name, timestamp (naive, UTC), type, message_id, properties (JSON)."""

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)", re.ASCII
)
_KINDS = frozenset({"track", "page", "screen", "identify", "alias"})
_NONE = msgspec.Raw(b"")


class _Context(msgspec.Struct):
    groupId: str | None = None  # noqa: N815 - the wire's names
    traits: msgspec.Raw = _NONE


class _Named(msgspec.Struct):
    name: msgspec.Raw = _NONE


class _Call(msgspec.Struct):
    type: str
    timestamp: str
    event: str | None = None
    name: str | None = None
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    groupId: str | None = None  # noqa: N815
    messageId: str | None = None  # noqa: N815
    context: _Context | None = None
    properties: msgspec.Raw = _NONE
    traits: msgspec.Raw = _NONE


_NO_CONTEXT = _Context()
_decode = msgspec.json.Decoder(_Call).decode
_decode_named = msgspec.json.Decoder(_Named).decode


def plain(call: bytes) -> Row | None:
    """The row of table `events` that a call is; None for one that has to be read by the rules of files."""
    try:
        said = _decode(call)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if said.type not in _KINDS or not _MOMENT.fullmatch(said.timestamp) or b"\\u0000" in call:
        return None
    context = said.context or _NO_CONTEXT
    name = _name(said)
    user = said.userId or said.anonymousId
    account = context.groupId or said.groupId
    if not name or not (user or account):
        return None
    try:
        when = datetime.fromisoformat(said.timestamp)
        when = (when if when.tzinfo is UTC else when.astimezone(UTC)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    if not believable(when):
        return None
    told = _object(said.properties) or _object(said.traits) or _object(context.traits)
    return account or None, user or None, name, when, said.type, said.messageId or None, told


def _name(said: _Call) -> str | None:
    if said.type == "track":
        return said.event
    if said.type in ("identify", "alias"):
        return said.type
    if said.name:
        return said.name
    if _object(said.properties) is not None and bytes(_decode_named(said.properties).name) not in (b"", b"null"):
        # a name among the properties
        return None
    return said.type


def _object(raw: msgspec.Raw) -> str | None:
    if raw is _NONE:
        return None
    text = bytes(raw)
    return text.decode() if text[:1] == b"{" else None
