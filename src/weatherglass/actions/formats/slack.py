"""Slack's Block Kit, within its limits."""

from __future__ import annotations

from typing import Any

from weatherglass.actions.formats.cutting import cut, one_line
from weatherglass.actions.message import Block, Facts, Line, Link, Message

MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_SECTION = 3000
MOST_FIELDS = 10
MOST_FIELD = 2000
MOST_CHARACTERS = 12_000
"""Of all blocks together: some 13,200 are refused as `msg_blocks_too_long`, though no page says so."""
MORE = "… more in Weatherglass"


def slack(message: Message) -> dict[str, Any]:
    """The body for an incoming webhook: `text` for notifications, `blocks` for the rest."""
    title = one_line(message.title)
    blocks: list[dict[str, Any]] = [{"type": "header", "text": {"type": "plain_text", "text": cut(title, MOST_HEADER)}}]
    room = MOST_CHARACTERS - len(title)
    for block in message.blocks:
        made = _block(block)
        size = len(str(made))
        if size > room or len(blocks) >= MOST_BLOCKS - 1:
            blocks.append(_section(MORE))
            break
        room -= size
        blocks.append(made)
    return {"text": cut(escaped(title), MOST_SECTION), "blocks": blocks}


def escaped(text: str) -> str:
    """The three characters that Slack reads as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped(text: str, most: int) -> str:
    """Escaped, and within a limit: cut before it is escaped, so that no escape is cut."""
    kept = text
    while len(escaped(kept)) > most:
        kept = cut(kept, max(1, len(kept) - max(1, (len(escaped(kept)) - most) // 5)))
    return escaped(kept)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or " "}}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Line):
        return _section(_escaped(block.text, MOST_SECTION))
    if isinstance(block, Facts):
        pairs = block.pairs[:MOST_FIELDS]
        fields = [f"*{_escaped(name, 200)}*\n{_escaped(value, MOST_FIELD - 210)}" for name, value in pairs]
        return {"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in fields]}
    if isinstance(block, Link):
        return _section(f"<{_address(block.url)}|{_escaped(one_line(block.label), 200).replace('|', '/')}>")
    lines = [f"• {_escaped(one_line(item), 500)}" for item in block.items]
    text = f"*{_escaped(block.title, 200)}*"
    for line in lines:
        if len(text) + len(line) + len(MORE) + 2 > MOST_SECTION:
            text += f"\n{MORE}"
            break
        text += f"\n{line}"
    return _section(text)


def _address(url: str) -> str:
    return escaped(url).replace("|", "%7C").replace(" ", "%20")
