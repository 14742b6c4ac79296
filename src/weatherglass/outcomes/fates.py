"""Where outcomes are read from, what they are, and which accounts there is something to foresee about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from weatherglass.config.outcomes import OutcomeRules
from weatherglass.outcomes.contracts import Contracts, contract_outcomes
from weatherglass.outcomes.labels import CHURNED, Following, Labels, Outcomes, gone, labelled, within
from weatherglass.outcomes.silence import Activity, regular, silences
from weatherglass.outcomes.told import told_outcomes
from weatherglass.signals.windows import Bools, Ints

Source = Literal["table", "subscriptions", "silence"]


@dataclass(frozen=True)
class Reading:
    """The source of outcomes of a workspace, with its rules, and the last day with facts."""

    source: Source
    rules: OutcomeRules
    known_to: int

    @property
    def delay(self) -> int:
        """Days after a horizon's end until its label can be known."""
        return self.rules.grace_days if self.source == "subscriptions" else 0

    @property
    def gone_at_end(self) -> bool:
        """Whether only who is still away at the horizon's end has churned: silence is no contract that was ended."""
        return self.source == "silence"

    def labels(self, outcomes: Outcomes, kind: int, rows: Following, horizon: int) -> Labels:
        """Whether an outcome follows within a horizon: 1, 0, or -1 where it cannot be known yet."""
        happens = within(outcomes.only(kind), rows, horizon, gone_at_end=self.gone_at_end)
        return labelled(happens, rows, horizon, self.delay, self.known_to)


def chosen(rules: OutcomeRules, *, churns_told: bool, subscriptions_ended: bool) -> Source:
    """The source that the rules name; `auto` is the first that has a churn, and silence when none has."""
    if rules.source != "auto":
        return rules.source
    if churns_told:
        return "table"
    return "subscriptions" if subscriptions_ended else "silence"


@dataclass(frozen=True)
class Facts:
    """What decides the fate of some accounts, which are numbered from 0."""

    accounts: int
    begin: Ints
    """The day of each account's first row."""
    activity: Activity
    contracts: Contracts
    told: Outcomes
    """Rows of the table `outcomes`."""


def outcomes_of(facts: Facts, reading: Reading) -> Outcomes:
    """Every outcome of these accounts by the workspace's source.

    Renewals, expansions and contractions of a product told by silence are those of the table and of subscriptions.
    """
    grace = reading.rules.grace_days
    if reading.source == "table":
        return told_outcomes(facts.told, facts.contracts, facts.activity, reading.rules)
    contracts = contract_outcomes(facts.contracts, grace)
    if reading.source == "subscriptions":
        return contracts
    others = Outcomes.joined([facts.told, contracts])
    return Outcomes.joined([silences(facts.activity, reading.rules), others.where(others.kind != CHURNED)])


def eligible(facts: Facts, outcomes: Outcomes, days: Ints, reading: Reading) -> Bools:
    """Which accounts have something to be foreseen as of which days: `[accounts, days]`; days ascend.

    They have begun, have not churned or are back, and have not given notice: who had a subscription has one that
    runs. By subscriptions one must run; by silence the account must be regular.
    """
    shape = (facts.accounts, len(days))
    account = np.repeat(np.arange(facts.accounts), len(days))
    rows = Following(account, np.tile(days, facts.accounts))
    alive = (facts.begin[:, None] <= days[None, :]) & ~gone(outcomes.only(CHURNED), rows).reshape(shape)
    running = facts.contracts.running(facts.accounts, days) > 0
    noticed = facts.contracts.begun(facts.accounts, days) & ~running
    result = alive & ~noticed
    if reading.source == "subscriptions":
        result &= running
    if reading.source == "silence":
        result &= regular(facts.activity, facts.accounts, days, reading.rules)
    return np.asarray(result)
