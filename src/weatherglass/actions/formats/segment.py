"""Messages about audiences as calls of Segment's tracking API: traits of the account, and of each of its people."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from weatherglass.actions.message import Message

MOST_CALLS = 400
"""Of one request: Segment takes 500 kB at once."""
_LIBRARY = {"name": "weatherglass"}


def segment(message: Message, message_id: str, made_at: str, people: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Bodies of batches: a `group` call with the account's traits, then an `identify` for each of its people.

    Each call has a `messageId` of its own that is the same in every try, by which Segment drops what it has already.
    """
    calls = list(_calls(message, people))
    for number, call in enumerate(calls):
        call |= {"messageId": f"{message_id}-{number}", "timestamp": made_at}
        call["context"] = {**call.get("context", {}), "library": _LIBRARY}
    for start in range(0, len(calls), MOST_CALLS):
        yield {"batch": calls[start : start + MOST_CALLS], "sentAt": made_at}


def _calls(message: Message, people: Sequence[str]) -> Iterator[dict[str, Any]]:
    account = message.data.get("account_id")
    if account is None:
        yield {"type": "track", "anonymousId": "weatherglass", "event": message.title, "properties": {}}
        return
    member = {trait(str(message.data["audience"])): message.type == "audience.entered"}
    # a group call is made by somebody: nobody's own id, and the same one for the account each time
    nobody = f"weatherglass-{hashlib.sha256(str(account).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    yield {"type": "group", "anonymousId": nobody, "groupId": account, "traits": {**member, **_standing(message)}}
    for user in people:
        yield {"type": "identify", "userId": user, "traits": dict(member), "context": {"groupId": account}}


def trait(audience: str) -> str:
    """The name of the trait that says whether somebody is in an audience."""
    return f"weatherglass_{re.sub(r'[^0-9a-zA-Z]+', '_', audience).strip('_').lower() or 'audience'}"


def _standing(message: Message) -> dict[str, Any]:
    """The account's score and tier, where it has them."""
    found: dict[str, Any] = {}
    score, tier = str(message.data.get("score", "")), message.data.get("tier")
    if score.isdigit():
        found["weatherglass_score"] = int(score)
    if tier:
        found["weatherglass_tier"] = tier
    return found
