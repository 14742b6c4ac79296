"""Outcomes that somebody wrote down: rows of the table `outcomes`, and when a churned account was there again."""

from __future__ import annotations

import numpy as np

from weatherglass.config.outcomes import OutcomeRules
from weatherglass.outcomes.contracts import Contracts
from weatherglass.outcomes.labels import CHURNED, EXPANDED, RENEWED, Following, Outcomes
from weatherglass.outcomes.silence import WEEK, Activity
from weatherglass.signals.sparse import NEVER


def told_outcomes(rows: Outcomes, contracts: Contracts, activity: Activity, rules: OutcomeRules) -> Outcomes:
    """Rows of the table as they are, each known on its own day; of churns with the day the account was back.

    It is back with the first of: a renewal or an expansion, a subscription that starts after the churn, a day on
    which it is regular again, counting only what it did more than `grace_days` after the churn. A churn of an account
    that had churned and was not back is the same churn.
    """
    churns = rows.only(CHURNED)
    if not len(churns):
        return rows
    signs = rows.where((rows.kind == RENEWED) | (rows.kind == EXPANDED))
    account = np.r_[signs.account, contracts.account]
    day = np.r_[signs.day, contracts.started]
    returns = Outcomes.of(account=account, kind=np.zeros(len(account)), day=day)
    known = Following(churns.account, churns.day).next_after(returns)
    signed = np.r_[returns.day, NEVER][known]
    again = np.array(
        [
            _regular_again(activity, int(account), int(day) + rules.grace_days, rules)
            for account, day in zip(churns.account.tolist(), churns.day.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    back = np.minimum(signed, again)
    dated = Outcomes.of(account=churns.account, kind=churns.kind, day=churns.day, back=back, amount=churns.amount)
    return Outcomes.joined([_first_of_each(dated), rows.where(rows.kind != CHURNED)])


def _regular_again(activity: Activity, row: int, after: int, rules: OutcomeRules) -> int:
    """The first day of regular use of what came after a day; NEVER without one."""
    days = activity.days_of(row)
    days = days[days > after]
    reach = WEEK * rules.regular_of
    for place in range(rules.regular_weeks - 1, len(days)):
        day = int(days[place])
        recent = days[(days > day - reach) & (days <= day)]
        if len(np.unique((day - recent) // WEEK)) >= rules.regular_weeks:
            return day
    return int(NEVER)


def _first_of_each(churns: Outcomes) -> Outcomes:
    """Leaves out churns of accounts that are already gone."""
    keep = np.ones(len(churns), dtype=np.bool_)
    account, until = -1, -int(NEVER)
    for place, (mine, day, back) in enumerate(
        zip(churns.account.tolist(), churns.day.tolist(), churns.back.tolist(), strict=True)
    ):
        if mine == account and day < until:
            keep[place] = False
        else:
            account, until = mine, back
    return churns.where(keep)
