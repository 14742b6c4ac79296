"""Core actions: the events that mean the product did its job."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Seen, Wording
from weatherglass.signals.scaling import Usage

DOCUMENT = "Events whose name is on the core list; without a list every track event."
SENTENCE = "{value:,.1f} core actions {per} against {baseline:,.1f} before"
ALONE = "{value:,.1f} core actions {per}"


def core_actions(block: Block) -> Usage:
    """x = core actions of the usage window."""
    return Usage(lambda: block.core.every(block.windows.usage), ever=block.core.ever, daily=block.core)


def instead(seen: Seen) -> Wording | None:
    """Without a baseline, the value alone."""
    return Wording(ALONE) if seen.baseline is None else None
