"""The facts that scores are made of, as the steps' SQL finds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from weatherglass.rollups.steps import step

Columns = dict[str, npt.NDArray[Any]]

KINDS = ("tickets", "invoices", "subscriptions", "surveys", "interactions", "champions")
"""The facts that signals look at, each a step of its own."""
QUERIES = {
    "milestone_rows": "milestones",
    "key_uses": (
        'SELECT k.account, k."day" AS used_day, n.feature, k.uses FROM key_feature_days AS k '
        "INNER JOIN features AS n ON n.name = k.feature"
    ),
    "members": "SELECT account, member FROM members",
}
"""What else is read by account."""
NAMES = (*KINDS, "champion_days", *QUERIES)


def query(name: str, among: str = "") -> str:
    """The SQL of a kind of fact. among: the condition on `f.account` of the wanted accounts; empty for all."""
    if name == "champion_days":
        sql = step(name, champions=f"SELECT * FROM ({step('champions')}) AS f {among}")
    elif name in QUERIES:
        sql = QUERIES[name] if " " in QUERIES[name] else step(QUERIES[name])
    else:
        sql = step(name)
    return f"SELECT * FROM ({sql}) AS f {among}" if among else sql


def condition(accounts: npt.NDArray[np.int64]) -> str:
    """That a row is of one of some accounts."""
    return f"WHERE f.account IN ({', '.join(map(str, accounts.tolist()))})"
