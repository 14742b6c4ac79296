"""Numbered steps that bring a store's tables forward; each is applied once, in order."""

from __future__ import annotations

from importlib.resources import files


def steps() -> list[tuple[int, str]]:
    """Every step as (number, SQL), ascending."""
    found = [entry for entry in files(__name__).iterdir() if entry.name.endswith(".sql")]
    return sorted((int(entry.name[:4]), entry.read_text(encoding="utf-8")) for entry in found)
