"""What the small state raises."""

from __future__ import annotations


class StateError(Exception):
    """A state that cannot be opened, read or written; the message says what would help."""


class Unfit(StateError):
    """A change that cannot be made as it was asked for; the message says what would be right."""


class NotFound(StateError):
    """Something by that id is not there."""


class Taken(StateError):
    """A name or an address that someone else has already."""


class TooMany(StateError):
    """Too many failures in a row: `wait` seconds from now another try is listened to."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait
