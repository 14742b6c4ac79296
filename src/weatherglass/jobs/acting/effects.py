"""What plays did, and what alerts were worth, from what is kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.actions.uplift import Candidate, Effect, Seen, holdout, matched
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.config.plays import Play
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.plays import Run
    from weatherglass.store import Store

AFTER = (30, 60)
ENOUGH_FEEDBACK = 5
GOOD_PRECISION = 0.5
RENEWAL_WITHIN = 180
"""Days after a play's beginning in which a renewal, or a churn, is its."""


@dataclass(frozen=True)
class PlayEffect:
    """The effect of a play; None where nothing can be said."""

    play: str
    began: int
    held_out: int
    wanted: int
    """Accounts, held out and not, that were to be seen before anything is said; set before the play began."""
    told: str
    score: dict[int, Effect | None]
    """Days after the beginning -> points of the score."""
    renewal: Effect | None
    """Share of the accounts that renewed, among those whose renewal was decided."""


def effect(store: Store, state: State, project: Project, name: str) -> PlayEffect:
    """What a play of the project did."""
    play, runs = project.plays[name], state.plays.runs(name)
    held = sum(run.held_out for run in runs)
    none = dict.fromkeys(AFTER)
    if len(runs) < play.min_sample:
        told = f"{len(runs)} of {play.min_sample} accounts so far: too few to say anything"
        return PlayEffect(name, len(runs) - held, held, play.min_sample, told, {**none}, None)
    found = {days: _score(store, play, runs, days) for days in AFTER}
    renewal = holdout(_renewals(store, runs)) if held else None
    return PlayEffect(name, len(runs) - held, held, play.min_sample, _told(found, held), found, renewal)


def _told(found: dict[int, Effect | None], held: int) -> str:
    if not any(found.values()):
        return "not enough accounts have been seen for 30 days"
    if held:
        return "against accounts that the play was withheld from at random"
    return "against accounts that look alike, which is weaker: hold some out to know"


def _score(store: Store, play: Play, runs: Sequence[Run], days: int) -> Effect | None:
    ends = {run.account_id: calendar.number(run.began_day) + days for run in runs if run.score is not None}
    after = _scores(store, ends)
    if play.holdout or any(run.held_out for run in runs):
        seen = [
            Seen(run.account_id, run.stratum, run.held_out, after[run.account_id] - run.score)
            for run in runs
            if run.score is not None and run.account_id in after
        ]
        return holdout(seen)
    return _matched(store, runs, after, days)


def _scores(store: Store, days: dict[str, int]) -> dict[str, float]:
    """Account -> its score on a day of its own, where it has one."""
    rows = store.engine.rows(
        'SELECT n.account_id, s."day", s.score / 100.0 FROM scores AS s INNER JOIN account_ids AS n '
        'ON n.account = s.account WHERE s.score IS NOT NULL AND s."day" IN (SELECT unnest(?::INTEGER[]))',
        [sorted(set(days.values()))],
    )
    return {account: score for account, day, score in rows if days.get(account) == day}


def _matched(store: Store, runs: Sequence[Run], after: dict[str, float], days: int) -> Effect | None:
    """Against accounts on which the play never began, on the day on which most runs did."""
    began = Counter(run.began_day for run in runs)
    if not began:
        return None
    day = calendar.number(began.most_common(1)[0][0])
    ever = {run.account_id for run in runs}
    rows = store.engine.rows(
        "SELECT n.account_id, b.score / 100.0, a.score / 100.0 - b.score / 100.0 FROM scores AS b "
        'INNER JOIN scores AS a ON a.account = b.account AND a."day" = b."day" + ? '
        "INNER JOIN account_ids AS n ON n.account = b.account "
        'WHERE b."day" = ? AND a.score IS NOT NULL AND b.score IS NOT NULL',
        [days, day],
    )
    others = [Candidate(account, "", before, change) for account, before, change in rows if account not in ever]
    treated = [
        Candidate(run.account_id, "", run.score, after[run.account_id] - run.score)
        for run in runs
        if run.score is not None and run.account_id in after
    ]
    return matched(treated, others)


def _renewals(store: Store, runs: Sequence[Run]) -> list[Seen]:
    """1 for those who renewed first, 0 for those who left first, after the beginning of their run."""
    rows = store.engine.rows(
        "SELECT account_id, CAST(occurred_at AS DATE), kind FROM outcomes "
        "WHERE kind IN ('renewed', 'churned') ORDER BY 2"
    )
    found = []
    for run in runs:
        until = run.began_day + dt.timedelta(days=RENEWAL_WITHIN)
        fates = (kind for account, day, kind in rows if account == run.account_id and run.began_day < day <= until)
        fate = next(fates, None)
        if fate is not None:
            found.append(Seen(run.account_id, run.stratum, run.held_out, float(fate == "renewed")))
    return found


@dataclass(frozen=True)
class RuleWorth:
    """What people said of a rule's alerts."""

    rule: str
    useful: int
    not_useful: int
    known: int
    precision: float | None
    """Useful ones of all that were judged; what was known before counts as neither."""
    annoying: bool
    """Whether it mostly annoys, by five opinions or more."""


def worth(state: State) -> dict[str, RuleWorth]:
    """Rule -> what its alerts were worth; an alert is of the rule that opened it."""
    counts: dict[str, Counter[str]] = {}
    for one in state.episodes.judged():
        counts.setdefault(one.rules[0]["rule"], Counter())[str(one.feedback)] += 1
    return {rule: _worth(rule, found) for rule, found in counts.items()}


def _worth(rule: str, found: Counter[str]) -> RuleWorth:
    judged = found["useful"] + found["not"]
    precision = found["useful"] / judged if judged else None
    annoying = judged >= ENOUGH_FEEDBACK and precision is not None and precision < GOOD_PRECISION
    return RuleWorth(rule, found["useful"], found["not"], found["known"], precision, annoying)
