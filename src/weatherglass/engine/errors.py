"""What an engine raises."""

from __future__ import annotations


class EngineError(Exception):
    """A statement that the engine could not carry out; the message is the engine's own first line."""
