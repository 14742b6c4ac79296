"""Texts that people write: what both databases can hold."""

from __future__ import annotations

from weatherglass.state.errors import Unfit


def written(text: str, what: str, longest: int) -> str:
    """A text without blanks around it. Errors: Unfit where it is empty, too long or holds what is no character."""
    text = text.strip()
    if not 0 < len(text) <= longest:
        raise Unfit(f"{what} has 1 to {longest:,} characters, not {len(text):,}")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Unfit(f"{what} holds a character that cannot be kept (NUL, or half of a pair)")
    return text
