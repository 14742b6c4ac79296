"""Alerts counted over all accounts at once are those that are found one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from actions.records import DAYS, FIRST, calm
from weatherglass.actions.fading import piled
from weatherglass.actions.openings import opened
from weatherglass.actions.record import NO_SCORE, Contact, Due, Hundredths, Invoice, Record, Response
from weatherglass.actions.watch import Watch
from weatherglass.config.alerts import PRESET_RULES, Alerts

SINCE = FIRST + 128


def troubled(seed: int) -> Record:
    """Accounts that fall, come back, leave, renew and do not pay, at random."""
    draw = np.random.default_rng(seed)
    record = calm(24)
    for account in draw.choice(24, 14, replace=False).tolist():
        for _ in range(draw.integers(1, 5)):
            start = int(draw.integers(100, DAYS))
            part = slice(start, start + int(draw.integers(1, 40)))
            record.score[account, part] = draw.choice([20.0, 45.0, 58.0])
            record.tier[account, part] = draw.integers(-1, 2)
            record.people[account, part] = draw.integers(0, 4)
            record.activity[account, part] = draw.integers(0, 2) * 20
            record.tickets[account, start : start + 4] = draw.integers(0, 7)
            record.dimensions["support_signals"][account, part] = draw.choice([10.0, 25.0, 60.0])  # type: ignore[index]
    days = draw.integers(FIRST + 90, FIRST + DAYS, (5, 12)).tolist()
    whose = draw.integers(0, 24, (5, 12)).tolist()
    who = list(record.who)
    for account, day in zip(whose[0][:4], days[0], strict=False):
        who[account] = replace(who[account], left=day)
    for account, day in zip(whose[1], days[1], strict=True):
        who[account] = replace(who[account], renewal_day=day, revenue=float(draw.integers(0, 9)) * 1e4)
    return replace(
        record,
        who=who,
        contacts=[
            Contact(account, f"u{day}", "", bool(day % 2), day, np.arange(FIRST, day, 2))
            for account, day in zip(whose[2], days[2], strict=True)
        ],
        invoices=[
            Invoice(account, day, day + 9 if day % 3 else None, 9.0)
            for account, day in zip(whose[3], days[3], strict=True)
        ],
        milestones=[Due(account, "kick-off", day, None) for account, day in zip(whose[4], days[4], strict=True)],
        responses=[Response(account, day, float(day % 11)) for account, day in zip(whose[0], days[4], strict=True)],
    )


@given(st.integers(0, 10**6), st.integers(0, 20), st.integers(1, 5), st.sampled_from([3, 10, 1000]))
@drawn(60)
def test_all_at_once_is_one_by_one(seed: int, cool: int, recovered: int, fleet: int) -> None:
    rules = {name: rule.model_copy(update={"enabled": True}) for name, rule in PRESET_RULES.items()}
    given = {"rules": rules, "cool_down_days": cool, "recovered_days": recovered, "fleet_accounts": fleet}
    record = troubled(seed)
    watch = Watch(record, Alerts.model_validate(given))
    for names in (list(rules), list(rules)[:7], [list(rules)[seed % len(rules)]]):
        some = watch.only(names)
        changes = list(some.replay(SINCE))
        begun = [(one.day, one.episode) for one in changes if one.kind == "opened"]
        one_by_one = sorted(
            (day - FIRST, one.account_id, one.problem, one.severity, one.hits[0].rule)
            for day, one in begun
            if one.account_id
        )
        found, ids = opened(some, SINCE), [one.account_id for one in record.who]
        at_once = [(one.day, ids[one.account], one.problem, one.severity, one.rule) for one in found.openings]
        assert sorted(at_once) == one_by_one
        assert [day for day, *_ in at_once] == sorted(day for day, *_ in at_once)
        assert found.updated == sum(one.kind == "updated" and bool(one.episode.account_id) for one in changes)
        lines = {(day - FIRST, one.key): one.hits[0].line for day, one in begun}
        for one in found.openings:
            key = record.who[one.account].account_id, one.problem
            assert some.line(one.rule, one.account, one.day) == lines[one.day, key]
        data = [(one.kind, one.day, one.episode) for one in changes if not one.episode.account_id]
        assert data == [(one.kind, one.day, one.episode) for one in some.of_data().replay(SINCE)]


def test_something_is_opened_at_all() -> None:
    rules = {name: rule.model_copy(update={"enabled": True}) for name, rule in PRESET_RULES.items()}
    found = [opened(Watch(troubled(seed), Alerts(rules=rules)), SINCE) for seed in range(6)]
    seen = {one.problem for each in found for one in each.openings}
    assert {"health", "support", "contact", "payment", "renewal", "onboarding", "detractor"} <= seen, seen
    assert any(each.updated for each in found)


@pytest.mark.parametrize("days", [1, 2, 5, 42, 60, 300])
def test_evidence_is_piled_up_over_the_last_days(days: int) -> None:
    evidence = np.random.default_rng(days).normal(size=(7, 90))
    total = np.concatenate([np.zeros((7, 1)), np.cumsum(evidence, axis=1)], axis=1)
    for day in range(90):
        earlier = total[:, max(0, day + 1 - days) : day + 2]
        assert piled(evidence, days)[:, day] == pytest.approx(total[:, day + 1] - earlier.min(axis=1))


@pytest.mark.parametrize("size", [1, 5, 24])
def test_some_accounts_at_a_time_are_all(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    rules = {name: rule.model_copy(update={"enabled": True}) for name, rule in PRESET_RULES.items()}
    record, alerts = troubled(3), Alerts(rules=rules)
    whole = list(Watch(record, alerts).replay(SINCE))
    monkeypatch.setattr(Record.parts, "__defaults__", (size,))
    assert len({one.episode.problem for one in whole}) > 5
    assert list(Watch(record, alerts).replay(SINCE)) == whole
    assert list(Watch(record, alerts, since=SINCE).replay(SINCE)) == whole


def test_hundredths_are_scores() -> None:
    found = Hundredths(np.array([[NO_SCORE, 0, 7321, 10_000]], np.uint16))
    assert np.array_equal(found[:], [[np.nan, 0.0, 73.21, 100.0]], equal_nan=True)
    assert found[0, 2] == 73.21 and np.isnan(found[0, 0]) and found[0, 1:3].tolist() == [0.0, 73.21]
