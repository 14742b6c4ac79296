"""A backtest: a panel in, and out how well the score and some plain rivals foresaw what followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from weatherglass.outcomes.bootstrap import UNDEFINED, Draws, Estimate, ranking_estimates, sample
from weatherglass.outcomes.fates import Reading
from weatherglass.outcomes.findings import (
    FEW,
    Capture,
    Counts,
    Findings,
    Group,
    Horizon,
    LeadTime,
    Measures,
    Period,
    Ranker,
)
from weatherglass.outcomes.isotonic import isotonic
from weatherglass.outcomes.labels import NOT_YET, YES
from weatherglass.outcomes.metrics import Caught, Ranking
from weatherglass.outcomes.panel import Leads, Panel
from weatherglass.outcomes.reliability import Reliability, reliability
from weatherglass.signals.windows import Bools, Floats, Ints

SCORE = "score"
SILENT, RECENT, OVERRIDE = "days since last activity", "activity of 28 days", "CSM override"
MOST_GROUPS = 12
MOST_PERIODS = 12
CURVE = tuple(step / 50 for step in range(51))
TENURES = (("under 90 days", 90), ("90 days to a year", 365), ("1 to 2 years", 730), ("over 2 years", 1 << 30))


def backtest(panel: Panel) -> Findings:
    """Everything that is told of a panel, with bootstrap intervals clustered by account."""
    horizons = tuple(_horizon(panel, days) for days in sorted(panel.horizons))
    furthest = horizons[-1].days
    known = panel.where(panel.label(furthest) != NOT_YET)
    return Findings(
        source=panel.reading.source,
        source_said=_source(panel.reading),
        first=_date(panel.snapshots[0]),
        last=_date(panel.snapshots[-1]),
        known_to=_date(panel.reading.known_to),
        snapshots=len(panel.snapshots),
        every=panel.snapshots[1] - panel.snapshots[0] if len(panel.snapshots) > 1 else 0,
        counted=dict(panel.counted),
        horizons=horizons,
        segments=_segments(known, furthest),
        tenures=tuple(_group(known, furthest, name, rows) for name, rows in _tenures(known)),
        periods=_periods(known, furthest),
        leads=(
            _lead(_lowest(panel), (panel.leads, panel.leads.red), (panel.stayed, panel.stayed.red)),
            _lead(_warned(panel), (panel.leads, panel.leads.alarm), (panel.stayed, panel.stayed.alarm)),
        ),
        captures=_captures(known, furthest),
        lowest=_lowest(panel),
        said=tuple(_said(panel, horizons)),
    )


def rankings(panel: Panel) -> dict[str, Floats]:
    """The risk of each row by the score and by plain rivals: higher is worse, NaN the least."""
    found = {SCORE: -panel.score, SILENT: panel.days_silent, RECENT: -panel.activity_28}
    if _judged(panel):
        # whom nobody has judged is better than whoever is called yellow, and worse than whoever is called green
        found[OVERRIDE] = -np.where(np.isnan(panel.override), panel.tiers - 1.5, panel.override)
    return found


def _judged(panel: Panel) -> bool:
    return bool((~np.isnan(panel.override)).any())


def counts(panel: Panel, horizon: int) -> Counts:
    """How much there is to judge by, of rows whose label is known."""
    label = panel.label(horizon)
    known, churned = label != NOT_YET, label == YES
    day = panel.day[churned] + panel.days_to_churn[churned]
    churns = len(np.unique(np.stack([panel.account[churned], day.astype(np.int64)]), axis=1).T)
    accounts = len(np.unique(panel.account[known]))
    return Counts(int(known.sum()), accounts, int(churned.sum()), churns)


def _horizon(panel: Panel, days: int) -> Horizon:
    known = panel.where(panel.label(days) != NOT_YET)
    draws = Draws.of(known.account)
    label = known.label(days)
    risks = rankings(known)
    samples = {name: sample(risk, label, draws, red=_red(known, name)) for name, risk in risks.items()}
    paid = np.nan_to_num(known.revenue)
    rankers = tuple(
        Ranker(
            name=name,
            measures=samples[name].estimates(),
            by_revenue=sample(risk, label, draws, paid, _red(known, name)).estimates() if paid.any() else None,
            versus_score=None if name == SCORE else samples[SCORE].less(samples[name], "auc"),
        )
        for name, risk in risks.items()
    )
    found = counts(known, days)
    return Horizon(
        days=days,
        counts=found,
        rankers=rankers,
        absent=() if _judged(known) else (OVERRIDE,),
        reliability=_reliability(panel, days),
        verdict=verdict(rankers[0].measures["auc"], found),
    )


def _red(panel: Panel, name: str) -> Bools | None:
    """What a ranking flags: only the score has a line."""
    return panel.red if name == SCORE else None


def verdict(auc: Estimate, counted: Counts) -> str:
    """What the area under the curve says in words."""
    if not counted.positives or counted.positives == counted.rows:
        return "Nothing can be said: " + ("nobody churned" if not counted.positives else "everybody churned")
    if counted.few and not auc.holds(0.5):
        return f"Too few churns ({counted.churns}) to say how well the score sees them"
    if auc.holds(0.5):
        return "The data hold no signal that this score can see: its AUC may as well be that of a coin"
    if auc.high < 0.5:
        return (
            "The data hold no signal that this score can see; if anything, it ranks the wrong way round: "
            f"AUC between {auc.low:.2f} and {auc.high:.2f}"
        )
    return f"The score sees churn coming: AUC between {auc.low:.2f} and {auc.high:.2f}"


def _reliability(panel: Panel, days: int) -> Reliability | None:
    """Rates by score, fitted to what was known by the first day of the last 30 % of the snapshots, judged on those."""
    learn, test = panel.split(horizon=days)
    earlier, later = panel.where(learn), panel.where(test)
    if not len(later) or counts(earlier, days).few:
        return None
    rate = isotonic(-earlier.score, earlier.label(days))
    return reliability(rate(-later.score), later.label(days))


def _group(panel: Panel, days: int, name: str, rows: Bools) -> Group:
    part = panel.where(rows)
    return Group(name, counts(part, days), _measures(part, days))


def _measures(panel: Panel, days: int) -> Measures:
    if not len(panel):
        return dict.fromkeys(("auc", "average_precision", "share_red"), UNDEFINED)
    return ranking_estimates(-panel.score, panel.label(days), panel.account, red=panel.red)


def _segments(panel: Panel, days: int) -> tuple[Group, ...]:
    """The largest segments; none where accounts have no more than one."""
    names, held = np.unique(panel.segment.astype(str), return_counts=True)
    if len(names) < 2:
        return ()
    largest = names[np.argsort(-held, kind="stable")[:MOST_GROUPS]]
    return tuple(_group(panel, days, name or "no segment", panel.segment == name) for name in largest.tolist())


def _tenures(panel: Panel) -> Iterator[tuple[str, Bools]]:
    low = 0
    for name, high in TENURES:
        rows = (panel.tenure >= low) & (panel.tenure < high)
        if rows.any():
            yield name, rows
        low = high


def _periods(panel: Panel, days: int) -> tuple[Period, ...]:
    """Snapshot days with rows, in up to twelve stretches of as many days each."""
    snapshots = np.unique(panel.day)
    parts = np.array_split(snapshots, min(MOST_PERIODS, max(1, len(snapshots)))) if len(snapshots) else []
    return tuple(_period(panel, days, part) for part in parts)


def _period(panel: Panel, days: int, snapshots: Ints) -> Period:
    part = panel.where((panel.day >= snapshots[0]) & (panel.day <= snapshots[-1]))
    first, last = _date(snapshots[0]), _date(snapshots[-1])
    return Period(first, last, counts(part, days), _measures(part, days), float(part.score.mean()))


def _lead(name: str, churned: tuple[Leads, Ints], stayed: tuple[Leads, Ints]) -> LeadTime:
    (leads, warned), (others, alarmed) = churned, stayed
    ahead = (leads.day - warned)[warned >= 0]
    gone = (leads.since - warned)[warned >= 0]
    false = (others.day - alarmed)[alarmed >= 0]
    return LeadTime(
        warning=name,
        days=tuple(ahead.tolist()),
        gone_days=tuple(gone.tolist()),
        stayed_days=tuple(false.tolist()),
        unseen=int((warned < 0).sum()),
        quartiles=_quartiles(ahead),
        before_gone=_quartiles(gone),
        stayed=_quartiles(false),
        stayed_warned=len(false) / len(others) if len(others) else float("nan"),
    )


def _lowest(panel: Panel) -> str:
    return panel.names[0] if panel.names else "red"


def _warned(panel: Panel) -> str:
    """Every tier but the highest, by name."""
    if len(panel.names) > 3:
        return f"below {panel.names[-1]}"
    return " or ".join(panel.names[:-1]) or "red or yellow"


def _quartiles(days: Ints) -> tuple[float, float, float] | None:
    if not len(days):
        return None
    low, middle, high = np.quantile(days, (0.25, 0.5, 0.75)).tolist()
    return low, middle, high


def _captures(panel: Panel, days: int) -> tuple[Capture, ...]:
    label = panel.label(days)
    if not (label == YES).any():
        return ()
    curves = []
    for name, risk in rankings(panel).items():
        caught = Caught.of(Ranking.of(risk, label), np.ones((1, len(label))))
        curves.append(Capture(name, CURVE, tuple(float(caught.capture(share)[0]) for share in CURVE)))
    return tuple(curves)


def _said(panel: Panel, horizons: tuple[Horizon, ...]) -> Iterator[str]:
    main = horizons[-1]
    yield f"{main.days} days ahead: {main.verdict}."
    for one in horizons:
        if one.counts.few:
            yield (
                f"{one.days} days ahead: only {one.counts.churns} churns, fewer than {FEW}: read the intervals, "
                "single numbers are not given."
            )
    if panel.reading.source == "silence" and horizons[0].days < panel.reading.rules.silence_days:
        yield (
            f"A silence counts from {panel.reading.rules.silence_days} days on: who churns within fewer days has been "
            "silent for the rest already, and is easily seen."
        )
    for rival in main.rankers[1:]:
        if rival.versus_score is not None and not np.isnan(rival.versus_score.low):
            yield _compared(rival.name, rival.versus_score)
    if panel.learned:
        yield (
            f"Learned from what became of these accounts: {', '.join(panel.learned)}. On days that a model learned "
            "from it knows the answers; what training said out of time is the test, or snapshots since then (--since)."
        )
    if not len(panel):
        yield "No account was eligible on any snapshot day."
    if panel.counted.get("unscored"):
        yield f"{panel.counted['unscored']:,} account-days of customers were left out because they are unscored."
    if OVERRIDE in main.absent:
        yield "Nobody had set the tier of an account by hand, so there is no such baseline."
    yield (
        "Attributes without a date (segment, seats, entitled features, a ticket's severity and ratings of later days) "
        "are taken as they are now."
    )


def _compared(name: str, difference: Estimate) -> str:
    if difference.low > 0:
        return f"The score foresees better than {name} alone (AUC by {difference.low:.3f} to {difference.high:.3f})."
    if difference.high < 0:
        low, high = -difference.high, -difference.low
        return f"The score foresees worse than {name} alone (AUC by {low:.3f} to {high:.3f})."
    return f"The score foresees neither better nor worse than {name} alone, as far as can be told."


def _source(reading: Reading) -> str:
    rules = reading.rules
    if reading.source == "table":
        return "rows of the table outcomes"
    if reading.source == "subscriptions":
        return f"subscriptions that ended and were not replaced within {rules.grace_days} days"
    return (
        f"{rules.silence_days} days of silence of accounts that were active in at least {rules.regular_weeks} of "
        f"{rules.regular_of} weeks"
    )


def _date(day: int | np.integer) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
