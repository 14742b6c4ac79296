"""One message in the log: what arrived, when, by whose key, and as which kind."""

from __future__ import annotations

import struct

import msgspec

_HEAD = struct.Struct("<qBB")
SHORTEST = _HEAD.size
"""No message takes fewer bytes."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What one request brought."""

    position: int
    """Where it lies in the log: the same whenever it is read again."""
    end: int
    """Where the next one lies."""
    received: int
    """Microseconds since 1970, UTC."""
    kind: str
    """Which door it came through, such as `track`, `batch` or `accounts`."""
    key: str
    """The name of the write key or token."""
    body: bytes


def packed(received: int, kind: str, key: str, body: bytes) -> bytes:
    """The bytes of a message. Names longer than 255 bytes are cut."""
    kind_, key_ = kind.encode()[:255], key.encode()[:255]
    return _HEAD.pack(received, len(kind_), len(key_)) + kind_ + key_ + body


def unpacked(position: int, end: int, payload: bytes) -> Entry:
    """The message that `packed` wrote."""
    received, kind, key = _HEAD.unpack_from(payload)
    at = _HEAD.size
    body = at + kind + key
    return Entry(
        position,
        end,
        received,
        payload[at : at + kind].decode(errors="replace"),
        payload[at + kind : body].decode(errors="replace"),
        payload[body:],
    )
