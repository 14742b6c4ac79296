"""A panel as it would have been on an earlier day, when less was known of what followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from weatherglass.outcomes.labels import NOT_YET, Labels
from weatherglass.outcomes.panel import Panel


def without_hindsight(panel: Panel, day: int) -> Panel:
    """The rows up to a day, with labels that could be known by its end, and no churn that came later.

    day: by number. A panel that ends before is the same.
    """
    if day >= panel.reading.known_to:
        return panel
    early = panel.where(panel.day <= day)
    labels = {key: _known(early, label, key[1], day) for key, label in early.labels.items()}
    churn = early.day + np.nan_to_num(early.days_to_churn, nan=np.inf)
    return replace(
        early,
        labels=labels,
        days_to_churn=np.where(churn <= day, early.days_to_churn, np.nan),
        snapshots=tuple(one for one in panel.snapshots if one <= day),
        reading=replace(panel.reading, known_to=day),
    )


def _known(panel: Panel, label: Labels, horizon: int, day: int) -> Labels:
    by_then = panel.day + horizon + panel.reading.delay <= day
    return np.where(by_then, label, np.int8(NOT_YET)).astype(np.int8)
