"""What came of sending, and what keeps it from being tried."""

from __future__ import annotations

import os


class Failed(Exception):
    """It did not arrive."""

    def __init__(self, why: str, wait: float | None = None, *, gone: bool = False, final: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds that the other side asks to wait."""
        self.gone = gone
        """The other side wants nothing more, ever."""
        self.final = final
        """This message will never be taken; others may."""


def given(text: str | None) -> str:
    """A setting, or what the environment variable holds that `$NAME` names. Errors: Failed where there is none."""
    if text is None:
        return ""
    if not text.startswith("$"):
        return text
    found = os.environ.get(text[1:])
    if not found:
        raise Failed(f"the environment has no {text[1:]}")
    return found
