"""What keeps somebody from signing in."""

from __future__ import annotations


class Refused(Exception):
    """A sign-in that did not come about; the message may be shown to whoever tried."""
