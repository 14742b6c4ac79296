"""PostHog's capture messages, told as calls of Segment: the same rules hold for both from there on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from weatherglass.intake.calls import moment
from weatherglass.intake.entries import Entry

_KINDS = {"$identify": "identify", "$create_alias": "alias", "$pageview": "page", "$screen": "screen"}
_LONGEST_OFFSET = 400 * 86_400_000
"""Milliseconds; nothing waits longer in a browser."""
_SHOWN = {"$pageview": "$pathname", "$screen": "$screen_name"}


def calls(entry: Entry, account_group: str) -> Iterator[bytes]:
    """The calls that an entry means, in order. account_group: the group type that is the account."""
    said = msgspec.json.decode(entry.body)
    events = said.get("batch") if isinstance(said, dict) and isinstance(said.get("batch"), list) else said
    for event in events if isinstance(events, list) else [events]:
        told = call(event, account_group, entry.received) if isinstance(event, dict) else event
        if told is not None:
            yield msgspec.json.encode(told)


def call(event: Mapping[str, Any], account_group: str, received: int) -> dict[str, Any] | None:
    """One event as a call; None for a description of a group that is no account."""
    properties = event.get("properties")
    properties = dict(properties) if isinstance(properties, Mapping) else {}
    if isinstance(properties.get("token"), str):
        # the write key, as PostHog's browser library sends it: it is to be written down nowhere
        del properties["token"]
    name = event.get("event")
    kind = _KINDS.get(str(name), "track")
    told: dict[str, Any] = {
        "type": kind,
        "userId": event.get("distinct_id") or properties.get("distinct_id") or event.get("$distinct_id"),
        "timestamp": event.get("timestamp") or properties.get("timestamp") or moment(received - _ago(event)),
        "messageId": event.get("uuid") or properties.get("$insert_id"),
        "properties": properties,
    }
    groups = properties.get("$groups")
    account = groups.get(account_group) if isinstance(groups, Mapping) else None
    if account not in (None, ""):
        told["context"] = {"groupId": account}
    if name == "$groupidentify":
        return _group(told, properties, account_group)
    if kind == "track":
        told["event"] = name
    elif kind in ("page", "screen"):
        told["name"] = properties.get(_SHOWN[str(name)]) or kind
    elif kind == "identify":
        told["traits"] = _traits(event, properties)
    return told


def _ago(event: Mapping[str, Any]) -> int:
    """How long before it was sent an event without a time happened, in microseconds, as far as it says so."""
    offset = event.get("offset")
    if not isinstance(offset, int | float) or isinstance(offset, bool) or not 0 <= offset < _LONGEST_OFFSET:
        return 0
    return int(offset * 1000)


def _group(told: dict[str, Any], properties: Mapping[str, Any], account_group: str) -> dict[str, Any] | None:
    if properties.get("$group_type") != account_group:
        return None
    told |= {"type": "group", "groupId": properties.get("$group_key"), "traits": properties.get("$group_set")}
    told.pop("context", None)
    # it describes the group and makes nobody its member; the libraries make up a user for it
    told["userId"] = None
    return told


def _traits(event: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    traits: dict[str, Any] = {}
    for given in (event.get("$set"), properties.get("$set")):
        if isinstance(given, Mapping):
            traits |= given
    return traits
