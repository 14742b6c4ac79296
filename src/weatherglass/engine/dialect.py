"""How names and values are spelled in SQL: the one place that quotes."""

from __future__ import annotations


def identifier(name: str) -> str:
    """A quoted identifier; any text is a legal name but the empty one and one with a NUL."""
    if not name or "\x00" in name:
        raise ValueError(f"not a name that SQL can hold: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string, for the places that take no parameter (file paths in table functions)."""
    if "\x00" in text:
        raise ValueError(f"not a text that SQL can hold: {text!r}")
    return "'" + text.replace("'", "''") + "'"
