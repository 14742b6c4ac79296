"""Panels made up from a seed, whose churn is foreseen as well as is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from weatherglass.config import OutcomeRules
from weatherglass.outcomes.fates import Reading
from weatherglass.outcomes.labels import CHURNED, KINDS, NOT_YET, YES
from weatherglass.outcomes.leading import NEVER_WARNED
from weatherglass.outcomes.panel import HORIZONS, Leads, Panel

EVERY = 28
FIRST = 19_000
"""The number of the first snapshot day."""


def made_up(
    accounts: int = 150, snapshots: int = 14, strength: float = 1.5, rate: float = 0.02, seed: int = 3
) -> Panel:
    """Accounts that churn at a rate a snapshot; before it their score falls by `strength` times its spread.

    Who has churned has no more rows. The first half of the accounts brings a hundred times what the others do.
    """
    random = np.random.default_rng(3)
    goes = random.geometric(rate, accounts) * EVERY + FIRST - random.integers(0, EVERY, accounts)
    account = np.repeat(np.arange(accounts), snapshots)
    day = np.tile(FIRST + EVERY * np.arange(snapshots), accounts)
    alive = day < goes[account]
    account, day = account[alive], day[alive]
    known_to = FIRST + EVERY * (snapshots - 1) + 30
    ahead = (goes[account] - day).astype(np.float64)
    soon = ahead <= max(HORIZONS)
    score = np.clip(55 + 15 * (random.normal(size=len(day)) - strength * soon), 0, 100)
    return Panel(
        **_columns(account, day, score), **_fates(account, day, ahead, known_to, random), **_frame(day, known_to)
    )


def _columns(account: Any, day: Any, score: Any) -> dict[str, Any]:
    rows = len(day)
    return {
        "account": account,
        "account_id": np.array([f"account {number}" for number in account], dtype=object),
        "day": day,
        "score": score,
        "tier": np.searchsorted([45.0, 75.0], score, side="right").astype(np.int8),
        "tiers": np.full(rows, 3, np.int8),
        "card": np.zeros(rows, np.int8),
        "tenure": day - FIRST + 10 * (account % 60),
        "segment": np.where(account % 3 > 0, "smb", "enterprise").astype(object),
        "override": np.full(rows, np.nan),
        "revenue": np.where(account < account.max(initial=0) / 2, 100.0, 1.0),
    }


def _fates(account: Any, day: Any, ahead: Any, known_to: int, random: np.random.Generator) -> dict[str, Any]:
    labels = {}
    for kind in range(len(KINDS)):
        for horizon in HORIZONS:
            happens = (ahead <= horizon).astype(np.int8) if kind == CHURNED else np.zeros(len(day), np.int8)
            labels[kind, horizon] = np.where(day + horizon <= known_to, happens, NOT_YET).astype(np.int8)
    about = labels[CHURNED, 90] == YES
    gone, place = np.unique(account[about], return_index=True)
    when = (day + ahead)[about][place].astype(np.int64)
    red = np.where(random.random(len(gone)) < 0.8, when - random.integers(1, 180, len(gone)), NEVER_WARNED)
    stayed = np.unique(account[labels[CHURNED, 90] == 0])
    middle = np.full(len(stayed), FIRST + EVERY)
    none = np.full(len(stayed), NEVER_WARNED)
    return {
        "labels": labels,
        "days_to_churn": np.where(day + ahead <= known_to, ahead, np.nan),
        "days_silent": random.integers(0, 30, len(day)).astype(np.float64),
        "activity_28": random.poisson(20, len(day)).astype(np.float64),
        "leads": Leads(gone, when, when, red, np.where(red >= 0, red - 5, red)),
        "stayed": Leads(stayed, middle, middle, np.where(stayed % 4 > 0, none, middle - 20), none),
    }


def _frame(day: Any, known_to: int) -> dict[str, Any]:
    return {
        "signals": {},
        "values": {},
        "extras": {},
        "snapshots": tuple(range(FIRST, int(day.max(initial=FIRST)) + 1, EVERY)),
        "horizons": HORIZONS,
        "reading": Reading("table", OutcomeRules(), known_to),
        "names": ("red", "yellow", "green"),
        "counted": {"begun": len(day), "eligible": len(day), "unscored": 0},
    }
