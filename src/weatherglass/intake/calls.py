"""What one request of Segment's tracking API holds: its calls, each as a JSON text that stands by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from weatherglass.events.wire import CALLS
from weatherglass.intake import clocks
from weatherglass.intake.entries import Entry

IMPORT = "import"
"""The kind of a batch of what happened long ago."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = msgspec.Raw(b"null")


class Envelope(msgspec.Struct):
    """A batch: its calls, and what is said of all of them."""

    batch: list[msgspec.Raw]
    context: msgspec.Raw = _NOTHING
    integrations: msgspec.Raw = _NOTHING
    sentAt: msgspec.Raw = _NOTHING  # noqa: N815


class Marks(msgspec.Struct):
    """Of a call, what may have to be filled in."""

    type: msgspec.Raw = _NOTHING
    timestamp: msgspec.Raw = _NOTHING
    originalTimestamp: msgspec.Raw = _NOTHING  # noqa: N815 - the wire's names
    sentAt: msgspec.Raw = _NOTHING  # noqa: N815
    receivedAt: msgspec.Raw = _NOTHING  # noqa: N815


_envelope = msgspec.json.Decoder(Envelope)
_marks = msgspec.json.Decoder(Marks)
_EMPTY = (b"null", b'""')


def calls(entry: Entry) -> Iterator[bytes]:
    """The calls of an entry, in order; what is no JSON object comes as it is.

    `context` and `integrations` of a batch are merged into its calls, whose own members count. A call's type is that of
    its address, where the address says one; a call without any time has that at which it was received. Times of a clock
    that is off are corrected by `sentAt`, but for those of imports: what is sent again was sent at another time.
    """
    if entry.kind in CALLS:
        yield _filled(entry.body, entry.kind, entry.received, {}, clocks.behind(entry.body, entry.received))
        return
    envelope = _envelope.decode(entry.body)
    shared = {}
    for name in ("context", "integrations"):
        given = bytes(getattr(envelope, name))
        if given.lstrip()[:1] == b"{":
            shared[name] = msgspec.json.decode(given)
    live = entry.kind != IMPORT
    of_all = clocks.behind_by(bytes(envelope.sentAt), entry.received) if live else 0
    for item in envelope.batch:
        call = bytes(item)
        by = clocks.behind(call, entry.received, of_all) if live else 0
        yield _filled(call, None, entry.received, shared, by)


def sizes(batch: bytes) -> list[int]:
    """How many bytes each call of a batch takes."""
    return [memoryview(item).nbytes for item in _envelope.decode(batch).batch]


def moment(micros: int) -> str:
    """A moment as ISO 8601."""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _filled(call: bytes, kind: str | None, received: int, shared: dict[str, Any], by: int) -> bytes:
    try:
        marks = _marks.decode(call)
    except msgspec.DecodeError:
        return call
    timed = any(
        bytes(mark) not in _EMPTY for mark in (marks.timestamp, marks.originalTimestamp, marks.sentAt, marks.receivedAt)
    )
    typed = kind is None or bytes(marks.type).lower() == f'"{kind}"'.encode()
    if timed and typed and not shared and not by:
        return call
    filled: dict[str, Any] = msgspec.json.decode(call)
    if not typed:
        filled["type"] = kind
    if by:
        clocks.corrected(filled, by)
    if not timed:
        filled["receivedAt"] = moment(received)
    for name, given in shared.items():
        own = filled.get(name)
        if own is None or isinstance(own, dict):
            filled[name] = {**given, **(own or {})}
    return msgspec.json.encode(filled)
