"""Whether a stated probability is the rate at which it comes true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weatherglass.signals.windows import Floats

BINS = 10


@dataclass(frozen=True)
class Reliability:
    """A reliability curve: rows in bins of about equal number, by stated probability, and what came true.

    `error` is the expected calibration error: the mean distance of the two, weighted by rows; NaN without rows.
    """

    stated: tuple[float, ...]
    happened: tuple[float, ...]
    rows: tuple[int, ...]
    error: float

    def to_json(self) -> dict[str, Any]:
        return {
            "bins": [
                {"stated": stated, "happened": happened, "rows": rows}
                for stated, happened, rows in zip(self.stated, self.happened, self.rows, strict=True)
            ],
            "expected_calibration_error": None if np.isnan(self.error) else self.error,
        }


def reliability(probability: Floats, label: npt.NDArray[np.integer], bins: int = BINS) -> Reliability:
    """The curve of stated probabilities; rows of one probability share a bin."""
    if not len(probability):
        return Reliability((), (), (), float("nan"))
    edges = np.unique(np.quantile(probability, np.linspace(0.0, 1.0, bins + 1)[1:-1]))
    bin_of = np.searchsorted(edges, probability, side="right")
    rows = np.bincount(bin_of, minlength=len(edges) + 1)
    there = rows > 0
    stated = np.bincount(bin_of, probability, len(rows))[there] / rows[there]
    happened = np.bincount(bin_of, (label == 1).astype(np.float64), len(rows))[there] / rows[there]
    error = float(np.sum(rows[there] * np.abs(stated - happened)) / len(probability))
    return Reliability(tuple(stated.tolist()), tuple(happened.tolist()), tuple(rows[there].tolist()), error)
