"""Score rows and signal rows as Arrow tables, in the columns that files, the API and Python callers see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weatherglass.arrays import column, days, named, nothing
from weatherglass.scores.contributions import contributions
from weatherglass.scores.lifecycle import LIFECYCLES
from weatherglass.scores.result import Result
from weatherglass.scores.tiers import GRADES, UNSCORED
from weatherglass.signals.catalogue import DIMENSIONS
from weatherglass.signals.windows import Bools

UNSCORED_NAME = "unscored"

SCORE_COLUMNS = pa.schema(
    [
        ("account_id", pa.string()),
        ("as_of", pa.date32()),
        ("score", pa.float64()),
        ("tier", pa.string()),
        ("tier_shown", pa.string()),
        ("grade", pa.string()),
        ("lifecycle", pa.string()),
        ("coverage", pa.float64()),
        ("confidence", pa.float64()),
        ("method", pa.string()),
        ("scorecard_version", pa.string()),
        *((f"dim_{name}", pa.float64()) for name in DIMENSIONS),
    ]
)
SIGNAL_COLUMNS = pa.schema(
    [
        ("account_id", pa.string()),
        ("as_of", pa.date32()),
        ("dimension", pa.string()),
        ("signal", pa.string()),
        ("value", pa.float64()),
        ("baseline", pa.float64()),
        ("score", pa.float64()),
        ("weight", pa.float64()),
        ("contribution", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Whose:
    """Whose scores a result holds: the accounts, the number of the first day, and the version of their card."""

    account_ids: npt.NDArray[np.object_]
    first_day: int
    version: str


def score_rows(result: Result, whose: Whose, chosen: Bools) -> pa.Table:
    """One row for each chosen account and day, account by account."""
    scores, card = result.scores, result.scores.card
    rows, columns = np.nonzero(chosen)
    tiers = (*card.tiers.names, UNSCORED_NAME)
    parts: dict[str, pa.Array] = {
        "account_id": named(rows, whose.account_ids),
        "as_of": days(whose.first_day + columns),
        "score": points(scores.score[chosen]),
        "tier": _named(result.tier[chosen], tiers),
        "tier_shown": _named(result.tier_shown[chosen], tiers),
        "grade": _named(result.grade[chosen], GRADES),
        "lifecycle": _named(scores.stage[chosen], LIFECYCLES),
        "coverage": column(scores.coverage[chosen]),
        "confidence": column(scores.confidence[chosen]),
        "method": named(np.zeros_like(rows), (card.made_by,)),
        "scorecard_version": named(np.zeros_like(rows), (whose.version,)),
    }
    for name in DIMENSIONS:
        parts[f"dim_{name}"] = points(scores.dimensions[name].score[chosen])
    return pa.table(parts, schema=SCORE_COLUMNS)


def signal_rows(result: Result, whose: Whose, chosen: Bools) -> pa.Table:
    """One row for each chosen account, day and signal that there is to show; by account, day and catalogue order."""
    lines = contributions(result.scores)
    found = [np.nonzero(chosen & line.rows) for line in lines]
    if not found:
        return nothing(SIGNAL_COLUMNS)
    rows, columns = (np.concatenate(part) for part in zip(*found, strict=True))
    number = np.repeat(np.arange(len(lines)), [len(there) for there, _ in found])
    order = np.lexsort((number, columns, rows))

    def told(name: str) -> pa.Array:
        parts = [getattr(line, name)[there] for line, there in zip(lines, found, strict=True)]
        return points(np.concatenate(parts)[order])

    which = number[order]
    parts = {
        "account_id": named(rows[order], whose.account_ids),
        "as_of": days(whose.first_day + columns[order]),
        "dimension": named(which, [line.dimension for line in lines]),
        "signal": named(which, [line.signal for line in lines]),
        **{name: told(name) for name in ("value", "baseline", "score", "weight", "contribution")},
    }
    return pa.table(parts, schema=SIGNAL_COLUMNS)


def points(values: npt.NDArray[np.float64]) -> pa.Array:
    """Doubles with NaN as null."""
    return column(values, np.isnan(values))


def _named(codes: npt.NDArray[np.int8], names: tuple[str, ...]) -> pa.Array:
    # code -1 is the last name where there is one more than codes, null otherwise
    indices = np.where(codes == UNSCORED, len(names) - 1, codes) if names[-1] == UNSCORED_NAME else codes
    return named(indices, names)
