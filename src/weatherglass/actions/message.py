"""Messages: what is said, as a few kinds of block that every format can render."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["good", "neutral", "bad"]


@dataclass(frozen=True)
class Line:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names with values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Points:
    """A list."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """Where to look."""

    label: str
    url: str


Block = Line | Facts | Points | Link
_KINDS: dict[str, type[Line | Facts | Points | Link]] = {
    "line": Line,
    "facts": Facts,
    "points": Points,
    "link": Link,
}


@dataclass(frozen=True)
class Message:
    """One message; `data` is what machines read of it."""

    type: str
    title: str
    tone: Tone = "neutral"
    blocks: tuple[Block, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The message as the outbox keeps it."""
        blocks = [{"kind": type(block).__name__.lower(), **block.__dict__} for block in self.blocks]
        return {"type": self.type, "title": self.title, "tone": self.tone, "blocks": blocks, "data": self.data}


def message(body: dict[str, Any]) -> Message:
    """The message of a body."""
    blocks = tuple(_block(dict(block)) for block in body["blocks"])
    return Message(body["type"], body["title"], body["tone"], blocks, body["data"])


def _block(given: dict[str, Any]) -> Block:
    kind = given.pop("kind")
    if kind == "facts":
        given["pairs"] = tuple((str(name), str(value)) for name, value in given["pairs"])
    if kind == "points":
        given["items"] = tuple(given["items"])
    return _KINDS[kind](**given)
