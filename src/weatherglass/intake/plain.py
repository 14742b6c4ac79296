"""Calls as libraries write them, read many at once without any detour.

What is not written quite so (a number for an id, a time in another form, a `group` call) is not read here: the rules
for all of it are those of files. Where both can read a call they read the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from weatherglass.intake import clocks

if TYPE_CHECKING:
    import pyarrow as pa

_YEAR = r"(?:199[1-9]|20[0-8]\d|209[0-8])"
_LEAP_YEAR = r"(?:199[26]|20(?:[02468][048]|[13579][26]))"
_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
# nothing that is cast to a moment may fail, or lie outside of the span in which one is believed
MOMENT = (
    rf"^(?:{_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{{1,6}})?"
    r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$"
)
_KINDS = ("track", "page", "screen", "identify", "alias")
_NOTHING = msgspec.Raw(b"")


class _Context(msgspec.Struct, gc=False):
    groupId: str | None = None  # noqa: N815 - the wire's names
    traits: msgspec.Raw = _NOTHING


class _Named(msgspec.Struct):
    name: msgspec.Raw = _NOTHING


class Call(msgspec.Struct, gc=False):
    """What of a call an event is made of, where each part is of the kind that libraries write."""

    type: str
    timestamp: str
    event: str | None = None
    name: str | None = None
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    groupId: str | None = None  # noqa: N815
    messageId: str | None = None  # noqa: N815
    context: _Context | None = None
    properties: msgspec.Raw = _NOTHING
    traits: msgspec.Raw = _NOTHING
    sentAt: msgspec.Raw = _NOTHING  # noqa: N815


class _Batch(msgspec.Struct):
    batch: list[Call]
    sentAt: msgspec.Raw = _NOTHING  # noqa: N815
    context: msgspec.Raw = _NOTHING
    integrations: msgspec.Raw = _NOTHING


SHORTEST = len('{"type":"","timestamp":""}')
"""No call that can be looked at takes fewer bytes."""
_decode = msgspec.json.Decoder(Call).decode
_decode_batch = msgspec.json.Decoder(_Batch).decode
_decode_named = msgspec.json.Decoder(_Named).decode


def said(call: bytes, received: int | None = None) -> Call | None:
    """What a call says; None for one that cannot be plain.

    received: when it came, in microseconds since 1970, where a clock that is off makes it be read otherwise.
    """
    try:
        found = None if _has_nul(call) else _decode(call)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if found is None or received is None:
        return found
    return None if clocks.behind_by(bytes(found.sentAt), received) else found


def all_said(batch: bytes, received: int | None) -> list[Call] | None:
    """What the calls of a batch say; None where one cannot be plain, or something is said of all of them."""
    try:
        found = None if _has_nul(batch) else _decode_batch(batch)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if found is None or any(bytes(shared).lstrip()[:1] == b"{" for shared in (found.context, found.integrations)):
        return None
    if received is not None and (times := batch.count(b'"sentAt"')):
        sent = {bytes(found.sentAt)}
        if times > 1 or b"" in sent:
            sent.update(bytes(call.sentAt) for call in found.batch)
        if any(clocks.behind_by(text, received) for text in sent):
            return None
    return found.batch


def read(calls: Sequence[Call | None]) -> tuple[pa.Table, list[int]]:
    """The rows of table `events` that calls are, and the places of the others, from 0.

    `number` is that of the call, from 1; `timestamp` is naive, UTC, in microseconds; `properties` are JSON;
    `message_id` is NULL where a call has none.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    known = [call for call in calls if call is not None]
    numbers = pa.array([number for number, call in enumerate(calls, 1) if call is not None], pa.int64())
    columns = {
        "account_id": [(call.context and call.context.groupId) or call.groupId or None for call in known],
        "user_id": [call.userId or call.anonymousId or None for call in known],
        "name": [call.event or None if call.type == "track" else _name(call) for call in known],
        "timestamp": [call.timestamp for call in known],
        "type": [call.type for call in known],
        "message_id": [call.messageId or None for call in known],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    told = [text if (text := bytes(call.properties))[:1] == b"{" else _traits(call) for call in known]
    table = table.append_column("properties", pa.array(told, pa.binary()).cast(pa.string()))
    table = table.append_column("number", numbers)
    somebodys = pc.or_(pc.is_valid(table["account_id"]), pc.is_valid(table["user_id"]))
    named = pc.and_(pc.is_valid(table["name"]), pc.is_in(table["type"], pa.array(_KINDS)))
    plain = pc.and_(pc.and_(somebodys, named), pc.match_substring_regex(table["timestamp"], MOMENT))
    others: list[int] = []
    if table.num_rows < len(calls) or not pc.all(plain).as_py():
        table = table.filter(plain)
        others = sorted(set(range(len(calls))).difference(number - 1 for number in table["number"].to_pylist()))
    at = pc.cast(table["timestamp"], pa.timestamp("us", "UTC")).cast(pa.int64()).cast(pa.timestamp("us"))
    return table.set_column(table.schema.get_field_index("timestamp"), "timestamp", at), others


def _has_nul(text: bytes) -> bool:
    return b"\\u0000" in text


def _name(call: Call) -> str | None:
    """The name of an event that is no `track`."""
    if call.type in ("identify", "alias"):
        return call.type
    if call.name:
        return call.name
    if _object(call.properties) and bytes(_decode_named(call.properties).name) not in (b"", b"null"):
        # a name among the properties
        return None
    return call.type


def _traits(call: Call) -> bytes | None:
    return _object(call.traits) or (_object(call.context.traits) if call.context else None)


def _object(raw: msgspec.Raw) -> bytes | None:
    text = bytes(raw)
    return text if text[:1] == b"{" else None
