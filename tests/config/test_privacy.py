"""How long rows are kept, and what is left out: what is refused, and why."""

from __future__ import annotations

import pytest

from weatherglass.config import ConfigError, parse_project


def _mistakes(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_project(text)
    return str(caught.value)


def test_days_by_table() -> None:
    kept = parse_project("retention: {events: 30, tickets: 196, users: 90}").retention
    assert kept.days() == {"events": 30, "users": 90, "tickets": 196}
    assert parse_project("retention:").retention.days() == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retention: {tickets: 195}", "retention.tickets: must be at least 196, the days that scores and alerts look"),
        ("retention: {interactions: 89}", "at least 90"),
        ("retention: {events: 400d}", "must be a whole number"),
        ("retention: {events: 3}", "at least 7"),
        ("retention: {event: 400}", "did you mean events?"),
        ("retention: {outcomes: 400}", "unknown option"),
        ("scorecard: {windows: {satisfaction: 800}}\nretention: {tickets: 700}", "at least 800"),
        ("alerts: {rules: {detractor: {days: 300}}}\nretention: {surveys: 200}", "at least 300"),
        ("redact: {properties: [groupId]}", "'groupId' cannot be left out"),
        ("redact: {hash_emails: 1}", "true or false"),
    ],
)
def test_what_would_change_scores_is_refused(text: str, told: str) -> None:
    assert told in _mistakes(text)


def test_names_are_compared_without_case() -> None:
    assert parse_project("redact: {properties: [Phone, phone, IP]}").redact.properties == ("ip", "phone")
