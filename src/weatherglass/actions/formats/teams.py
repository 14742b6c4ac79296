"""An adaptive card, as a Teams workflow takes it."""

from __future__ import annotations

import json
import re
from typing import Any

from weatherglass.actions.formats.cutting import cut, one_line
from weatherglass.actions.message import Block, Facts, Line, Link, Message

MOST_BYTES = 27_000
"""Teams refuses messages from about 28 KB on."""
_COLOURS = {"good": "Good", "neutral": "Default", "bad": "Attention"}


def teams(message: Message) -> dict[str, Any]:
    """The body for a workflow's webhook: a message with one adaptive card."""
    links = [block for block in message.blocks if isinstance(block, Link)]
    head = _text(one_line(message.title), 300, size="Large", weight="Bolder", color=_COLOURS[message.tone])
    body, room = [head], MOST_BYTES - 2_000
    for block in message.blocks:
        for part in _parts(block):
            room -= len(json.dumps(part).encode())
            if room < 0:
                body.append(_text("… more in Weatherglass", 100))
                return _message(body, links)
            body.append(part)
    return _message(body, links)


def _message(body: list[dict[str, Any]], links: list[Link]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": cut(one.label, 100), "url": one.url} for one in links[:6]],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _parts(block: Block) -> list[dict[str, Any]]:
    if isinstance(block, Line):
        return [_text(block.text, 4000)]
    if isinstance(block, Facts):
        facts = [{"title": plain(name, 200), "value": plain(value, 1000)} for name, value in block.pairs]
        return [{"type": "FactSet", "facts": facts}]
    if isinstance(block, Link):
        return []
    return [_text(block.title, 300, weight="Bolder"), *(_text(f"• {one_line(item)}", 600) for item in block.items)]


def _text(text: str, most: int, **options: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": plain(text, most), "wrap": True, **options}


def plain(text: str, most: int) -> str:
    """A text without the Markdown that cards would read into it."""
    return re.sub(r"([\\`*_\[\]()#~])", r"\\\1", cut(text, most))
