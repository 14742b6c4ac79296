"""JSON for machines: a Standard Webhooks event."""

from __future__ import annotations

import json
from typing import Any

from weatherglass.actions.formats.cutting import cut, one_line
from weatherglass.actions.message import Message

MOST_BYTES = 20_000


def event(message: Message, made_at: str) -> dict[str, Any]:
    """`type`, `timestamp` and `data`; what does not fit into 20 KB is left out of `data` and named in `left_out`."""
    data: dict[str, Any] = {"title": cut(one_line(message.title), 500), **message.data}
    left_out: list[str] = []
    made = {"type": message.type, "timestamp": made_at, "data": data}
    while len(json.dumps(made).encode()) > MOST_BYTES - 500:
        largest = max(data, key=lambda name: len(json.dumps(data[name])))
        left_out.append(largest)
        del data[largest]
        data["left_out"] = sorted({*left_out} - {"left_out"})
    return made
