"""The clocks of senders: how far one is off, told from when it says that it sent, and what that makes of its times."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from weatherglass.events.times import TimeError, moment

BELIEVED = 60_000_000
"""Microseconds that a clock may be off, and a request on its way, before times are corrected."""

_EPOCH = datetime(1970, 1, 1)


class _Sent(msgspec.Struct):
    sentAt: msgspec.Raw = msgspec.Raw(b"")  # noqa: N815 - the wire's name


_sent = msgspec.json.Decoder(_Sent)


def behind(call: bytes, received: int, otherwise: int = 0) -> int:
    """By how many microseconds the clock of who sent a call is behind ours; 0 where it is right.

    otherwise: where the call itself does not say when it was sent.
    """
    if b'"sentAt"' not in call:
        return otherwise
    try:
        sent = bytes(_sent.decode(call).sentAt)
    except msgspec.DecodeError:
        return 0
    return behind_by(sent, received) if sent else otherwise


def behind_by(sent: bytes, received: int) -> int:
    """The same by a `sentAt` as JSON. received: microseconds since 1970."""
    if len(sent) < 3:
        return 0
    try:
        away = received - (moment(msgspec.json.decode(sent)) - _EPOCH) // timedelta(microseconds=1)
    except (TimeError, msgspec.DecodeError, TypeError):
        return 0
    return away if abs(away) > BELIEVED else 0


def corrected(call: dict[str, Any], by: int) -> None:
    """Move the time of a call, as Segment does: `timestamp` becomes what our clock showed then.

    What went through Segment before (it has `receivedAt`, or both times) is corrected already. by: as of `behind`.
    """
    said = [call[name] for name in ("timestamp", "originalTimestamp", "sentAt") if call.get(name) not in (None, "")]
    if not said or call.get("receivedAt") or (call.get("timestamp") and call.get("originalTimestamp")):
        return
    with suppress(TimeError, OverflowError, TypeError):
        call["timestamp"] = f"{(moment(said[0]) + timedelta(microseconds=by)).isoformat()}Z"
