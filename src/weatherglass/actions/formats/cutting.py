"""Texts within limits, without a cut in the middle of an escape."""

from __future__ import annotations


def cut(text: str, most: int) -> str:
    """At most so many characters; a text that was longer ends with an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def one_line(text: str) -> str:
    """Without line breaks and control characters, which a title or a header line must not have."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
