"""The discipline of alerts: each of its promises, one test."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from actions.records import DAYS, FIRST, calm
from weatherglass.actions.episodes import Change, Standing
from weatherglass.actions.record import Contact, Due, Invoice, Record, Response
from weatherglass.actions.routing import Concern, routed
from weatherglass.actions.timing import due, in_digest
from weatherglass.actions.watch import Watch, replay
from weatherglass.config.alerts import PRESET_RULES, Alerts
from weatherglass.config.channels import Channel
from weatherglass.reports import wording
from weatherglass.rollups import calendar

ALERTS = Alerts()
SINCE = FIRST + 128


def changes(record: Record, alerts: Alerts = ALERTS) -> list[Change]:
    return list(replay(record, alerts, SINCE))


def told(record: Record, alerts: Alerts = ALERTS) -> list[tuple[str, str, str]]:
    """What happened, of which problem, of whom."""
    return [(one.kind, one.episode.problem, one.episode.account_id) for one in changes(record, alerts)]


def fallen(record: Record, account: int, start: int, end: int = DAYS, tier: int = 0) -> Record:
    """The account falls from 90 to 30, from green to a tier, and is as before again from `end` on."""
    record.score[account, start:end] = 30
    record.tier[account, start:end] = tier
    return record


def test_calm_accounts_are_not_spoken_of() -> None:
    assert told(calm()) == []


def test_one_episode_a_problem_closed_when_it_is_over() -> None:
    record = fallen(calm(), 3, 150, 180)
    assert told(record) == [("opened", "health", "a003"), ("closed", "health", "a003")]
    opened, closed = changes(record)
    # tier_down and score_drop see it on one day, and speak of one episode
    assert {hit.rule for hit in opened.episode.hits} == {"tier_down", "score_drop"}
    assert (opened.day, closed.day) == (FIRST + 150, FIRST + 182), "three days without it"


def test_worse_is_an_update_and_not_another_alert() -> None:
    record = fallen(calm(), 3, 150)
    record.people[3, 160:] = 0
    record.activity[3, 160:] = 0
    found = [one for one in changes(record) if one.episode.account_id == "a003"]
    assert [one.kind for one in found] == ["opened", "updated"]
    assert found[0].episode.severity == "normal" and found[1].episode.severity == "high"


def test_cool_down() -> None:
    record = fallen(calm(), 3, 150, 160)
    fallen(record, 3, 168, 172)
    fallen(record, 3, 195)
    assert [one.day - FIRST for one in changes(record) if one.kind == "opened"] == [150, 195]


def test_minimum_volume_and_confidence() -> None:
    few, unsure = fallen(calm(), 3, 150), fallen(calm(), 3, 150)
    few.activity[3] = 0.1
    unsure.confidence[3] = 0.4
    assert told(few) == told(unsure) == []


@pytest.mark.parametrize("length", [1, 4, 20])
def test_a_gap_in_the_data_is_one_alert(length: int) -> None:
    record = calm(60)
    gap = slice(150, 150 + length)
    for values in (record.activity, record.people):
        values[:, gap] *= 0.02
    record.arrivals["events"][gap] *= 0.02
    # what the gap does to scores in the weeks after it
    record.score[:, 150:185] -= np.linspace(0, 40, 35)
    record.tier[:, 165:185] = 1
    assert told(record)[:2] == [("opened", "data", ""), ("closed", "data", "")]
    assert [one for one in told(record) if one[2]] == []
    assert sum(kind == "opened" for kind, _, _ in told(record)) == 1


def test_most_accounts_moving_together_are_one_alert() -> None:
    record = calm(60)
    for account in range(0, 60, 3):
        fallen(record, account, 150)
    assert [one for one in told(record) if one[0] == "opened"] == [("opened", "data", "")]


def test_some_accounts_moving_together_are_accounts() -> None:
    record = calm(200)
    for account in range(8):
        fallen(record, account, 150)
    assert len([one for one in told(record) if one[0] == "opened"]) == 8


def test_a_weekend_is_no_gap() -> None:
    record = calm()
    week = np.arange(DAYS) % 7 >= 5
    for values in (record.activity, record.people):
        values[:, week] = 0
    record.arrivals["events"][week] = 0
    assert told(record) == []


def test_a_source_that_seldom_speaks_may_be_silent_for_long() -> None:
    record = calm()
    record.arrivals["tickets"] = np.where(np.arange(DAYS) % 4 == 0, 2.0, 0.0)
    assert told(record) == []
    record.arrivals["tickets"][160:] = 0
    (one,) = changes(record)
    assert one.episode.problem == "data" and "tickets stopped arriving" in one.episode.hits[0].line


def test_broken_joins_keep_quiet_about_use() -> None:
    record = fallen(calm(), 3, 170)
    record.nobody[140:] = record.arrivals["events"][140:] / 5
    assert [one for one in told(record) if one[2]] == []
    assert [one.episode.hits[0].rule for one in changes(record)] == ["join coverage"]


def test_accounts_that_only_facts_name_are_not_spoken_of() -> None:
    record = fallen(calm(), 3, 150)
    record.who[3] = replace(record.who[3], named=False)
    assert told(record) == []


def test_who_has_left_is_not_spoken_of() -> None:
    record = fallen(calm(), 3, 150)
    record.who[3] = replace(record.who[3], left=FIRST + 160)
    fallen(record, 4, 170)
    record.who[4] = replace(record.who[4], left=FIRST + 165)
    found = changes(record)
    assert [(one.kind, one.left) for one in found] == [("opened", False), ("closed", True)]


def test_severity_by_revenue_and_renewal() -> None:
    record = calm(30)
    for account in (3, 4, 29):
        fallen(record, account, 150)
    record.who[4] = replace(record.who[4], renewal_day=FIRST + 200)
    record.who[29] = replace(record.who[29], renewal_day=FIRST + 200)
    found = {one.episode.account_id: one.episode.severity for one in changes(record) if one.episode.problem == "health"}
    assert found == {"a003": "normal", "a004": "high", "a029": "critical"}


def test_facts_speak_for_themselves() -> None:
    record = calm(
        contacts=[Contact(1, "u1", "Ana", False, FIRST + 150, np.arange(FIRST, FIRST + 150, dtype=np.int32))],
        invoices=[Invoice(2, FIRST + 150, FIRST + 160, 99.5)],
        milestones=[Due(5, "team invited", FIRST + 150, FIRST + 170)],
        responses=[Response(6, FIRST + 150, 3)],
    )
    record.tickets[7, 150:154] = 3
    record.who[8] = replace(record.who[8], renewal_day=FIRST + 215)
    record.tier[8] = 1
    opened = {(one.episode.account_id, one.episode.problem): one for one in changes(record) if one.kind == "opened"}
    assert set(opened) == {
        ("a001", "contact"),
        ("a002", "payment"),
        ("a005", "onboarding"),
        ("a006", "detractor"),
        ("a007", "support"),
        ("a008", "renewal"),
    }
    assert opened["a001", "contact"].episode.hits[0].line == "the champion Ana left on 3 Mar 2025"
    closed = {one.episode.problem: one.day - FIRST for one in changes(record) if one.kind == "closed"}
    assert closed["payment"] == 162 and closed["onboarding"] == 172


def test_an_account_ready_to_grow() -> None:
    record = calm()
    record.users[3] = np.where(np.arange(DAYS) < 150, 7.0, 10.0)
    (one,) = changes(record)
    assert one.episode.problem == "expansion" and "10 people use 10 seats" in one.episode.hits[0].line


def test_days_one_by_one_are_the_days_at_once() -> None:
    record = fallen(fallen(calm(), 3, 150, 180), 5, 160)
    watch, standing = Watch(record, ALERTS), Standing()
    found = [one for day in range(SINCE, record.last + 1) for one in watch.step(standing, day)]
    assert found == changes(record)


def test_every_rule_of_a_new_project_is_on_but_two() -> None:
    assert {name for name, rule in PRESET_RULES.items() if not rule.enabled} == {"tier_up", "use_falls"}


BERLIN = ZoneInfo("Europe/Berlin")
CHAT, HOOK = (
    Channel(name="chat", kind="slack", url="https://x"),
    Channel(name="hook", kind="webhook", url="https://x", secrets=("whsec_x",)),
)


def test_quiet_hours_and_digests() -> None:
    quiet = Alerts(quiet_from="19:00", quiet_until="07:00", digest="low", digest_at="08:00")
    night = dt.datetime(2026, 3, 2, 22, 30)
    morning = dt.datetime(2026, 3, 3, 6)
    assert due(CHAT, "normal", quiet, night, BERLIN) == morning
    assert due(CHAT, "critical", quiet, night, BERLIN) == night
    assert due(HOOK, "normal", quiet, night, BERLIN) == night, "machines do not sleep"
    assert due(CHAT, "normal", quiet, dt.datetime(2026, 3, 2, 12), BERLIN) == dt.datetime(2026, 3, 2, 12)
    assert in_digest(CHAT, "low", quiet) and not in_digest(CHAT, "normal", quiet) and not in_digest(HOOK, "low", quiet)
    assert due(CHAT, "low", quiet, night, BERLIN) == dt.datetime(2026, 3, 3, 7)
    # the clocks go forward on 29 March 2026
    assert due(CHAT, "low", quiet, dt.datetime(2026, 3, 28, 12), BERLIN) == dt.datetime(2026, 3, 29, 6)


def test_routing_by_owner_segment_and_severity() -> None:
    ana = Channel(name="ana", kind="slack", url="https://x", owners=("Ana",))
    big = Channel(name="big", kind="slack", url="https://x", segments=("enterprise",), severity="high")
    log = Channel(name="log", kind="file", path="x", types=("data.opened",))
    channels = (ana, big, log)

    def to(*asked: str) -> list[str]:
        return [one.name for one in routed(channels, Concern(*asked))]  # type: ignore[arg-type]

    assert to("episode.opened", "high", "Ana", "enterprise") == ["ana", "big"]
    assert to("episode.opened", "low", "Ana", "enterprise") == ["ana"]
    assert to("episode.opened", "critical", "Ben", "smb") == []
    assert to("data.opened", "critical") == ["ana", "big", "log"]


def test_lines_stay_true_while_an_alert_is_open() -> None:
    """They are read for weeks, in tasks and on pages: they name days, and not how long ago something was."""
    record = calm(milestones=[Due(5, "first_core_action", FIRST + 150, None)], responses=[Response(6, FIRST + 150, 3)])
    record.who[8] = replace(record.who[8], renewal_day=FIRST + 215)
    record.tier[8] = 1
    lines = {
        (one.episode.account_id, one.episode.problem): one.episode.hits[0].line
        for one in changes(record)
        if one.kind == "opened"
    }
    assert lines["a008", "renewal"] == f"renews on {day(215)} and is not green"
    assert lines["a005", "onboarding"] == f"the milestone First core action was due on {day(150)}"
    assert lines["a006", "detractor"] == f"an NPS answer of 3 of 10 on {day(150)}"


def day(place: int) -> str:
    return wording.day(calendar.date(FIRST + place))
