"""A made-up company to report on: every number follows from its signals, and is the same each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from weatherglass.reports.material import AccountDetail, Card, Driver, Material, Mover
from weatherglass.reports.revenue import revenue_of

AS_OF = date(2026, 11, 22)
COLOURS = (("red", "yellow", "green"), (45.0, 75.0))
LETTERS = (("F", "D", "C", "B", "A"), (60.0, 70.0, 80.0, 90.0))
# dimension, its weight on the card, signals with their weight in the dimension
CARD = (
    (
        "product_usage",
        0.30,
        (
            ("active_user_ratio", 0.2),
            ("session_frequency", 0.2),
            ("core_actions", 0.2),
            ("habit", 0.4),
            ("depth", 0.0),
        ),
    ),
    ("engagement_trends", 0.25, (("velocity", 0.4), ("consistency", 0.6))),
    ("feature_adoption", 0.25, (("adoption", 1.0),)),
    ("support_signals", 0.20, (("volume", 0.3), ("severity", 0.3), ("resolution", 0.2), ("satisfaction", 0.2))),
    ("financial_health", 0.0, (("payment_timeliness", 1.0),)),
)
NAMES = tuple((dimension, signal) for dimension, _, signals in CARD for signal, _ in signals)
WEIGHTS = np.array([weight * own for _, weight, signals in CARD for _, own in signals])
OF_DIMENSION = np.array([at for at, (_, _, signals) in enumerate(CARD) for _ in signals])
FIRST = (
    *("Alder", "Bright", "Cairn", "Dover", "Ember", "Fallow", "Garnet", "Harrow", "Inver", "Juniper"),
    *("Kestrel", "Larch", "Marlow", "Northam", "Orchard", "Pembroke", "Quill", "Rowan", "Sorrel", "Thorn"),
)
SECOND = (
    *("field Logistics", "water Foods", "stone Analytics", "ley Health"),
    *("bridge Freight", "ford Legal", "wick Energy", "mere Retail"),
)


@dataclass(frozen=True)
class Company:
    """Signals of all accounts; scores [account, day] and weights [account, signal] follow from them."""

    ids: list[str]
    names: list[str | None]
    signals: NDArray[np.float64]
    """[account, day, signal], NaN where null."""
    weights: NDArray[np.float64]
    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]
    ages: NDArray[np.int64]
    raw: list[list[str]]
    shown: list[list[str]]


def walk(accounts: int, days: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Signals that wander around each account's own level; some accounts fall off, some recover."""
    level = rng.beta(4.2, 1.7, (accounts, 1)) * 100 + rng.normal(0, 9, (accounts, len(NAMES)))
    state = np.zeros((accounts, len(NAMES)))
    out = np.empty((accounts, days, len(NAMES)))
    for day in range(days):
        state = 0.97 * state + rng.normal(0, 2.0, state.shape)
        out[:, day] = level + state
    onset = rng.integers(days - min(days, 150), days, accounts)
    depth = np.where(rng.random(accounts) < 0.2, -rng.uniform(25, 75, accounts), 0.0)
    depth = np.where(rng.random(accounts) < 0.08, rng.uniform(20, 40, accounts), depth)
    since = np.clip((np.arange(days) - onset[:, None]) / 45, 0, 1)
    touched = rng.random((accounts, 1, len(NAMES))) * (OF_DIMENSION < 3)
    return np.asarray(np.clip(out + depth[:, None, None] * since[:, :, None] * (0.5 + touched), 0, 100))


def shares(known: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight of each signal after nulls [account, signal], and coverage [account]."""
    weights, coverage = np.zeros(known.shape), np.zeros(len(known))
    for at, (_, weight, _) in enumerate(CARD):
        own = np.where(known & np.equal(OF_DIMENSION, at), WEIGHTS, 0.0)
        total = own.sum(axis=1)
        there = total > 0
        weights[there] += weight * own[there] / total[there][:, None]
        coverage += np.where(there, weight, 0.0)
    return weights / np.maximum(weights.sum(axis=1), 1e-12)[:, None], coverage


def tiers_of(
    scores: NDArray[np.float64], tiers: tuple[str, ...], lines: tuple[float, ...]
) -> tuple[list[str], list[str]]:
    """Raw tiers and the tiers shown: at once when two points past the line, else on the third day."""
    raw = ["unscored" if np.isnan(one) else tiers[int(np.searchsorted(lines, one, "right"))] for one in scores]
    shown: list[str] = []
    for at, tier in enumerate(raw):
        last = shown[-1] if shown else tier
        if "unscored" in (tier, last) or tier == last or raw[max(0, at - 2) : at + 1] == [tier] * 3:
            shown.append(tier)
        else:
            up = tiers.index(tier) > tiers.index(last)
            line = lines[tiers.index(tier) - 1] if up else lines[tiers.index(tier)]
            shown.append(tier if abs(scores[at] - line) >= 2 else last)
    return raw, shown


def company(
    accounts: int, days: int, seed: int, tiers: tuple[str, ...], lines: tuple[float, ...], unscored: int
) -> Company:
    rng = np.random.default_rng(seed)
    signals = walk(accounts, days, rng)
    known = np.ones((accounts, len(NAMES)), dtype=bool)
    support = [at for at, (_, signal) in enumerate(NAMES) if signal in ("severity", "resolution", "satisfaction")]
    known[:, support] &= rng.random((accounts, 1)) < 0.7
    known[:, -1] = rng.random(accounts) < 0.6
    known[:unscored, OF_DIMENSION < 3] = False
    ages = np.where(rng.random(accounts) < 0.1, rng.integers(20, 140, accounts), 2 * days)
    born = np.arange(days) >= (days - 1 - ages)[:, None]
    signals = np.where(known[:, None, :] & born[:, :, None], signals, np.nan)
    weights, coverage = shares(known)
    scores = np.einsum("ads,as->ad", np.nan_to_num(signals), weights)
    young = np.arange(days) < (days - 1 - ages + 14)[:, None]
    scores[young | (coverage < 0.5)[:, None]] = np.nan
    pairs = [tiers_of(row, tiers, lines) for row in scores]
    names: list[str | None] = [
        f"{FIRST[at % 20]}{SECOND[at // 20 % 8]}" + (f" {at // 160 + 1}" if at >= 160 else "") for at in range(accounts)
    ]
    rng.shuffle(names)
    return Company(
        ids=[f"acct-{at:04d}" for at in range(accounts)],
        names=names,
        signals=signals,
        weights=weights,
        scores=scores,
        coverage=coverage,
        ages=ages,
        raw=[pair[0] for pair in pairs],
        shown=[pair[1] for pair in pairs],
    )


def accounts_table(firm: Company, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed + 1)
    size = len(firm.ids)
    arr = [None if rng.random() < 0.06 else float(round(value, -2)) for value in rng.lognormal(10.7, 1.0, size)]
    due = [datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=int(days)) for days in rng.integers(0, 380, size)]

    def pick(*of: str | None) -> list[str | None]:
        return [of[at] for at in rng.integers(0, len(of), size)]

    return pa.table(
        {
            "account_id": firm.ids,
            "name": pa.array(firm.names, pa.string()),
            "owner": pa.array(
                pick("Amara Osei", "Ben Lindqvist", "Chiara Conti", "Deniz Aydin", "Eve Novak", None), pa.string()
            ),
            "segment": pa.array(pick("Enterprise", "Mid-market", "Mid-market", "Small business"), pa.string()),
            "arr": pa.array(arr, pa.float64()),
            "renewal_date": pa.array(due, pa.timestamp("us", "UTC")),
        }
    )


def score_rows(firm: Company, ago: int) -> pa.Table:
    at = firm.scores.shape[1] - 1 - ago
    there = [one for one in range(len(firm.ids)) if firm.ages[one] >= ago]
    history = np.clip((firm.ages + 1 - ago)[there], 1, None)
    scores = [None if np.isnan(value) else float(value) for value in firm.scores[there, at]]
    columns: dict[str, Any] = {
        "account_id": pa.array([firm.ids[one] for one in there], pa.string()),
        "as_of": pa.array([AS_OF - timedelta(days=ago)] * len(there), pa.date32()),
        "score": pa.array(scores, pa.float64()),
        "tier": pa.array([firm.raw[one][at] for one in there], pa.string()),
        "tier_shown": pa.array([firm.shown[one][at] for one in there], pa.string()),
        "lifecycle": pa.array(
            ["onboarding" if firm.ages[one] - ago <= 90 else "behavioural" for one in there], pa.string()
        ),
        "coverage": pa.array(firm.coverage[there], pa.float64()),
        "confidence": pa.array(firm.coverage[there] * np.minimum(1, history / 84), pa.float64()),
        "method": pa.array(["weighted"] * len(there), pa.string()),
        "scorecard_version": pa.array(["3f9c2a71"] * len(there), pa.string()),
    }
    return pa.table(columns)


def signal_rows(firm: Company, account: int, ago: int) -> pa.Table:
    at = firm.scores.shape[1] - 1 - ago
    scored = not np.isnan(firm.scores[account, at])
    scores, weights = firm.signals[account, at], firm.weights[account]
    full = [scored and not np.isnan(score) for score in scores]
    return pa.table(
        {
            "dimension": [dimension for dimension, _ in NAMES],
            "signal": [signal for _, signal in NAMES],
            "score": pa.array([None if np.isnan(score) else float(score) for score in scores], pa.float64()),
            "weight": pa.array([float(w) if yes else None for w, yes in zip(weights, full, strict=True)], pa.float64()),
            "contribution": pa.array(
                [float(w * s) if yes else None for w, s, yes in zip(weights, scores, full, strict=True)], pa.float64()
            ),
        }
    )


def drivers_of(firm: Company, account: int) -> list[Driver]:
    """Lines of the change over 28 days, those that moved most in its direction first (weights did not move)."""
    moved = firm.weights[account] * np.nan_to_num(firm.signals[account, -1] - firm.signals[account, -29])
    order = np.argsort(-moved * np.sign(moved.sum()), kind="stable")
    return [Driver(NAMES[at][0], NAMES[at][1], float(moved[at])) for at in order if abs(moved[at]) > 0.05]


def detail(firm: Company, account: int) -> AccountDetail:
    down = [line for line in drivers_of(firm, account) if line.points < 0][:3]
    now, before = firm.signals[account, -1], firm.signals[account, -29]
    say = []
    for line in down:
        at = NAMES.index((line.dimension, line.signal))
        name = line.signal.replace("_", " ").capitalize()
        took = f"and took {-line.points:.1f} points with it."
        say.append(f"{name} fell from {before[at]:.0f} to {now[at]:.0f} in four weeks {took}")
    days = firm.scores.shape[1]
    return AccountDetail(
        account_id=firm.ids[account],
        scores=firm.scores[account, -364:],
        tiers=tuple(
            "" if days - 1 - at > firm.ages[account] else firm.shown[account][at]
            for at in range(max(0, days - 364), days)
        ),
        signals=signal_rows(firm, account, 0),
        signals_before=signal_rows(firm, account, 28) if firm.ages[account] >= 28 else None,
        signal_history={signal: firm.signals[account, -84:, at] for at, (_, signal) in enumerate(NAMES)},
        sentences=tuple(say) or ("The score stands where it stood; it was low before.",),
    )


def trend_rows(firm: Company, tiers: tuple[str, ...], revenue: dict[str, float | None]) -> pa.Table:
    rows = []
    for ago in range(7 * min(52, (firm.scores.shape[1] - 1) // 7), -1, -7):
        at = firm.scores.shape[1] - 1 - ago
        for tier in (*tiers, "unscored"):
            held = [
                one
                for one, row in zip(firm.ids, firm.shown, strict=True)
                if row[at] == tier and firm.ages[int(one[5:])] >= ago
            ]
            amount = sum(revenue[one] or 0.0 for one in held)
            rows.append(
                {"as_of": AS_OF - timedelta(days=ago), "tier_shown": tier, "accounts": len(held), "revenue": amount}
            )
    return pa.Table.from_pylist(rows)


def build(
    accounts: int = 148,
    days: int = 371,
    seed: int = 11,
    ladder: tuple[tuple[str, ...], tuple[float, ...]] = COLOURS,
    unscored: int = 7,
    worst: int = 20,
    names: dict[int, str] | None = None,
    **changes: Any,
) -> Material:
    """Material of a whole company; `changes` replaces fields, `names` some accounts' names."""
    tiers, lines = ladder
    firm = company(accounts, days, seed, tiers, lines, min(unscored, accounts))
    firm.names[:] = [(names or {}).get(at, name) for at, name in enumerate(firm.names)]
    table = accounts_table(firm, seed)
    revenue = revenue_of(table)
    moved = firm.scores[:, -1] - firm.scores[:, -29]
    order = sorted(
        (at for at in range(accounts) if firm.shown[at][-1] != "unscored"),
        key=lambda at: (tiers.index(firm.shown[at][-1]), -(revenue[firm.ids[at]] or 0), firm.scores[at, -1]),
    )
    lines_of = {at: drivers_of(firm, at) for at in range(accounts) if not np.isnan(moved[at])}
    ranked = sorted((at for at in lines_of if lines_of[at]), key=lambda at: moved[at])
    fields: dict[str, Any] = {
        "workspace": "Northwind Cloud",
        "as_of": AS_OF,
        "generated_at": datetime(2026, 11, 23, 5, 14, tzinfo=UTC),
        "accounts": table,
        "today": score_rows(firm, 0),
        "tiers": tiers,
        "earlier": {ago: score_rows(firm, ago) for ago in (7, 28, 56, 84)},
        "tier_trend": trend_rows(firm, tiers, revenue),
        "worst": tuple(detail(firm, at) for at in order[:worst]),
        "movers": tuple(
            Mover(
                account_id=firm.ids[at],
                before=float(firm.scores[at, -29]),
                now=float(firm.scores[at, -1]),
                tier_before=firm.shown[at][-29],
                tier_now=firm.shown[at][-1],
                driver=lines_of[at][0],
                others=tuple(lines_of[at][1:]),
            )
            for at in dict.fromkeys([*ranked[:12], *ranked[-12:]])
        ),
        "drivers": {firm.ids[at]: found[0] for at, found in lines_of.items() if found},
        "cards": (Card("default", "3f9c2a71", lines),),
        "data_notes": (
            "1,204 of 2,310,877 events (0.1%) belong to no account: their user is in none.",
            "Tickets are known up to 20 November 2026; later ones may be missing.",
        ),
        "currency": "$",
    }
    return Material(**{**fields, **changes})
