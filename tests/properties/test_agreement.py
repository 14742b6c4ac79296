"""The product and the slow reference, which never met, compute the same numbers."""

from __future__ import annotations

import companies
from companies import Case
from hypothesis import HealthCheck, given, settings
from product import SCORE_KEYS, SIGNAL_KEYS, differences, scored
from reference import score_company

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))


def agree(case: Case, form: str = "csv") -> None:
    rows, signals = scored(case.company, case.settings, case.since, case.as_of, form)  # type: ignore[arg-type]
    expected, expected_signals = score_company(case.company, case.settings, case.as_of, case.since)
    found = differences(rows, expected, SCORE_KEYS, frozenset({"scorecard_version"}))
    found += differences(signals, expected_signals, SIGNAL_KEYS)
    assert not found, "\n".join(found[:20])


@given(case=companies.cases())
@settings(SLOW, max_examples=60)
def test_small_companies(case: Case) -> None:
    agree(case)


@given(case=companies.cases(companies.fleets()))
@settings(SLOW, max_examples=3)
def test_fleets(case: Case) -> None:
    agree(case, "parquet")


@given(case=companies.cases(companies.long_companies()))
@settings(SLOW, max_examples=3)
def test_long_histories(case: Case) -> None:
    agree(case, "jsonl")
