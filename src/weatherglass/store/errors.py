"""What a store raises."""

from __future__ import annotations


class StoreError(Exception):
    """A store that cannot be opened, read or written; the message says what would help."""
