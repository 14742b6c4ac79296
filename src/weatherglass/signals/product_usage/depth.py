"""How much happens in a session."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Seen, Wording, ratio
from weatherglass.signals.scaling import Usage

DOCUMENT = "Activity events of users for each session of the last {usage} days."
SENTENCE = "{value:.1f} events a session; the most in a year was {baseline:.1f}"
ALONE = "{value:.1f} events a session"
SILENT = "no session in the last {usage} days, but there were some before"


def depth(block: Block) -> Usage:
    """x = events of users / sessions of the usage window; does not exist without sessions."""
    days = block.windows.usage
    return Usage(lambda: ratio(block.events.every(days), block.sessions.every(days)), ever=block.sessions.ever)


def instead(seen: Seen) -> Wording | None:
    """Without a value there is no session any more; without a baseline, the value alone."""
    if seen.value is None:
        return Wording(SILENT)
    return Wording(ALONE) if seen.baseline is None else None
