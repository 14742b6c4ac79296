"""Markdown, for whatever reads it."""

from __future__ import annotations

import re

from weatherglass.actions.formats.cutting import one_line
from weatherglass.actions.message import Facts, Line, Link, Message


def markdown(message: Message) -> str:
    """The whole message."""
    parts = [f"## {_safe(one_line(message.title))}"]
    for block in message.blocks:
        if isinstance(block, Line):
            parts.append(_safe(block.text))
        elif isinstance(block, Facts):
            parts.append("\n".join(f"- **{_safe(name)}**: {_safe(one_line(value))}" for name, value in block.pairs))
        elif isinstance(block, Link):
            parts.append(f"[{_safe(one_line(block.label))}](<{block.url.replace('>', '%3E')}>)")
        else:
            items = "\n".join(f"- {_safe(one_line(item))}" for item in block.items)
            parts.append(f"**{_safe(block.title)}**\n\n{items}")
    return "\n\n".join(parts) + "\n"


def _safe(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)
