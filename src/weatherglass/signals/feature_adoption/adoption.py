"""How much of what the account may use it does use."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.windows import Floats, Ints

DOCUMENT = "Breadth over the available features in the last {adoption} days, with emphasis on key features."
SENTENCE = "{value:.0f} of {baseline:.0f} available features used in the last {adoption} days"
ARITHMETIC = (
    "100 x breadth x emphasis; breadth = min(1, max(0, {value:.0f} - 1) / max(1, ceil(0.6 x {baseline:.0f}) - 1)), "
    "emphasis = 0.5 + 0.5 x share of key features adopted"
)

KEY_USES = 3
"""Uses in the window from which a key feature counts as adopted."""
SHARE = 6, 10
"""Using six in ten of the available features is full breadth; whole numbers keep the ceiling exact."""


def adoption(block: Block) -> Measure:
    """100 * breadth * emphasis; null with fewer than 2 available features or before any activity."""
    entitled = block.of_account(block.grid.entitlements.count)
    available = np.where(entitled >= 0, entitled, block.of_day(block.grid.workspace.available))
    used = _used(block)
    wanted = -(-available * SHARE[0] // SHARE[1])
    breadth = np.minimum(1.0, np.maximum(0, used - 1) / np.maximum(1, wanted - 1))
    null = (available < 2) | ~block.had_activity
    return measure(100.0 * breadth * _emphasis(block), used, available, null=null)


def _used(block: Block) -> Ints:
    used = np.zeros(block.shape, dtype=np.int64)
    for word, allowed in enumerate(block.grid.entitlements.words):
        features = block.features_within(word, block.windows.adoption)
        used += np.bitwise_count(features & block.of_account(allowed))
    return used


def _emphasis(block: Block) -> Floats:
    uses = block.facts("key_uses")
    keys = block.of_account(block.grid.entitlements.keys)
    adopted = np.zeros(block.shape, dtype=np.int64)
    if uses is not None:
        for feature in np.flatnonzero(np.bincount(uses["feature"])):
            one = uses.where(uses["feature"] == feature)
            daily = block.daily(one, "used_day", one["uses"])
            adopted += daily.total(block.windows.adoption) >= KEY_USES
    share = np.divide(adopted, keys, out=np.ones(block.shape), where=keys > 0)
    return np.asarray(0.5 + 0.5 * share)
