"""The calls of Segment and RudderStack, and the rows that they become.

Where a row's value is looked for is said once, as paths, and read twice: by `event_row` for one message, and by
`sources/calls.py` in SQL for a file of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from weatherglass.events.times import moment

Path = tuple[str, ...]

CALLS = ("track", "identify", "page", "screen", "group", "alias")
"""The types of a call; any other type (`delete`) is no event."""

MARKS = ("userId", "anonymousId", "messageId")
"""A JSON object with a type of `CALLS` and one of these is a call, whatever its file is named."""

TYPE: Path = ("type",)
ACCOUNT: tuple[Path, ...] = (("context", "groupId"), ("groupId",))
ACCOUNT_OF_GROUP: tuple[Path, ...] = (("groupId",), ("context", "groupId"))
USER: tuple[Path, ...] = (("userId",), ("anonymousId",))
NAME: tuple[Path, ...] = (("event",),)
NAME_OF_PAGE: tuple[Path, ...] = (("name",), ("properties", "name"), ("type",))
TIMESTAMP: tuple[Path, ...] = (("timestamp",), ("originalTimestamp",), ("sentAt",), ("receivedAt",))
MESSAGE: tuple[Path, ...] = (("messageId",),)
PROPERTIES: tuple[Path, ...] = (("properties",), ("traits",), ("context", "traits"))
TRAITS: Path = ("traits",)
"""Of a `group` call: what it says about the account."""


class WireError(ValueError):
    """A message that is no event; `column` and `reason` (a key of `REASONS`) say why."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


def is_call(message: object) -> bool:
    """Whether a decoded JSON value is a call of Segment or RudderStack."""
    return isinstance(message, Mapping) and _type(message) in CALLS and any(message.get(mark) for mark in MARKS)


def event_row(message: Mapping[str, object], zone: tzinfo = UTC) -> dict[str, object]:
    """The row of table `events` that a call is: its columns by name, absent ones None, `timestamp` naive UTC.

    Errors: `WireError` for a message of another type or without a name or time, `TimeError` for an unreadable time.
    """
    kind = _type(message)
    if kind not in CALLS:
        raise WireError("type", "call")
    if kind == "track":
        name = _text(message, NAME)
    else:
        name = _text(message, NAME_OF_PAGE) if kind in {"page", "screen"} else kind
    when = _text(message, TIMESTAMP)
    if name is None or when is None:
        raise WireError("name" if name is None else "timestamp", "missing")
    return {
        "account_id": _text(message, ACCOUNT_OF_GROUP if kind == "group" else ACCOUNT),
        "user_id": _text(message, USER),
        "name": name,
        "timestamp": moment(when, zone),
        "type": kind,
        "message_id": _text(message, MESSAGE),
        "properties": next((found for path in PROPERTIES if isinstance(found := _at(message, path), Mapping)), None),
    }


def group_traits(message: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The account that a `group` call describes and what it says of it; None for every other message."""
    traits = _at(message, TRAITS)
    account = _text(message, ACCOUNT_OF_GROUP)
    if _type(message) != "group" or account is None or not isinstance(traits, Mapping) or not traits:
        return None
    return account, dict(traits)


def _type(message: Mapping[str, object]) -> str | None:
    kind = message.get("type")
    return kind.lower() if isinstance(kind, str) else None


def _at(message: Mapping[str, object], path: Path) -> object:
    found: object = message
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(message: Mapping[str, object], paths: tuple[Path, ...]) -> str | None:
    """The first text or number that one of the paths leads to; empty text is nothing."""
    for path in paths:
        found = _at(message, path)
        if isinstance(found, (str, int, float)) and not isinstance(found, bool) and found != "":
            return str(found)
    return None
