"""What an account is worth a year."""

from __future__ import annotations

import math

import pyarrow as pa


def revenue_of(accounts: pa.Table) -> dict[str, float | None]:
    """Annual revenue by account: `arr`, else 12 x `mrr`, else None (not known, which is not zero)."""
    ids = accounts.column("account_id").to_pylist()
    arr, mrr = _numbers(accounts, "arr"), _numbers(accounts, "mrr")
    return {
        account: yearly if yearly is not None else (12 * monthly if monthly is not None else None)
        for account, yearly, monthly in zip(ids, arr, mrr, strict=True)
    }


def from_months(accounts: pa.Table) -> int:
    """How many accounts' revenue is 12 x `mrr` for want of an `arr`."""
    pairs = zip(_numbers(accounts, "arr"), _numbers(accounts, "mrr"), strict=True)
    return sum(arr is None and mrr is not None for arr, mrr in pairs)


def _numbers(accounts: pa.Table, name: str) -> list[float | None]:
    if name not in accounts.column_names:
        return [None] * accounts.num_rows
    values = accounts.column(name).to_pylist()
    return [None if value is None or not math.isfinite(value) else float(value) for value in values]
