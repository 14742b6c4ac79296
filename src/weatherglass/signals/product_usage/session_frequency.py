"""Sessions of all users of the account."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Seen, Wording
from weatherglass.signals.scaling import Usage

DOCUMENT = "Sessions: unbroken runs of a user's 22.5-minute slots with activity, within one day."
SENTENCE = "{value:,.1f} sessions {per} against {baseline:,.1f} before"
ALONE = "{value:,.1f} sessions {per}"


def session_frequency(block: Block) -> Usage:
    """x = sessions of the usage window."""
    return Usage(lambda: block.sessions.every(block.windows.usage), ever=block.sessions.ever, daily=block.sessions)


def instead(seen: Seen) -> Wording | None:
    """Without a baseline, the value alone."""
    return Wording(ALONE) if seen.baseline is None else None
