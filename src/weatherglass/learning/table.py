"""What is learned from: a table of the signals of accounts on snapshot days, and whether they churned after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from weatherglass.outcomes.labels import NOT_YET, YES
from weatherglass.outcomes.panel import Panel
from weatherglass.signals.catalogue import CATALOGUE
from weatherglass.signals.windows import Bools, Floats, Ints

USUAL = 28
"""Days between snapshots at which a row counts as one: of denser ones each counts for less."""


@dataclass(frozen=True)
class Table:
    """Rows of accounts and days; `x` is `[rows, signals]`, the signals' own scores, NaN where they are null."""

    names: tuple[str, ...]
    x: Floats
    label: Floats
    """1 where the account churned within the horizon, else 0."""
    weight: Floats
    account: Ints
    day: Ints
    prior: Floats
    """The weighted score."""
    churn: Ints
    """The day of the churn that a positive row is about, by number; -1 for other rows."""
    ahead: Floats
    """Days to the account's next churn, however far; NaN where none is known."""
    followed: Ints
    """Days after the row's day of which everything is known."""

    @classmethod
    def of(cls, panel: Panel, horizon: int, names: Sequence[str] | None = None) -> Self:
        """The rows of a panel whose labels are known; names: the signals, else all that tell accounts apart."""
        rows = panel.where(panel.label(horizon) != NOT_YET)
        chosen = tuple(names) if names is not None else telling(rows)
        empty = np.full(len(rows), np.nan)
        columns = [rows.signals.get(name, empty) for name in chosen]
        positive = rows.label(horizon) == YES
        when = np.where(positive & ~np.isnan(rows.days_to_churn), rows.day + np.nan_to_num(rows.days_to_churn), -1)
        days = np.diff(np.array(panel.snapshots))
        every = float(days.min()) if len(days) else float(USUAL)
        return cls(
            names=chosen,
            x=np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0)),
            label=positive.astype(np.float64),
            weight=np.full(len(rows), min(1.0, every / USUAL)),
            account=rows.account,
            day=rows.day,
            prior=rows.score,
            churn=when.astype(np.int64),
            ahead=rows.days_to_churn,
            followed=rows.followed(),
        )

    def __len__(self) -> int:
        return len(self.label)

    def where(self, keep: Bools) -> Self:
        columns = ("x", "label", "weight", "account", "day", "prior", "churn", "ahead", "followed")
        return replace(self, **{name: getattr(self, name)[keep] for name in columns})

    @property
    def churns(self) -> int:
        """Different churns: one account's, seen from several days, is one."""
        there = self.label > 0
        return len(np.unique(np.stack([self.account[there], self.churn[there]], axis=1), axis=0))


def halves(panel: Panel, horizon: int, share: float = 0.7) -> tuple[Table, Table]:
    """Rows to learn from and later rows to test on, which nothing is learned from: not even which signals there are."""
    learn, test = panel.split(share, horizon)
    first = Table.of(panel.where(learn), horizon)
    return first, Table.of(panel.where(test), horizon, first.names)


def telling(panel: Panel) -> tuple[str, ...]:
    """The signals that are there and are not the same for everyone, in the order of the catalogue."""
    found = []
    for signal in CATALOGUE:
        scores = panel.signals.get(signal.name)
        if scores is None or signal.dimension == "onboarding":
            continue
        known = scores[~np.isnan(scores)]
        if len(known) and float(known.min()) < float(known.max()):
            found.append(signal.name)
    return tuple(found)
