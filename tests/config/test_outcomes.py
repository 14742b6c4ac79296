"""The section `outcomes` of the project file."""

from __future__ import annotations

import pytest

from weatherglass.config import ConfigError, OutcomeRules, Project, parse_project


def test_it_is_read_and_an_empty_one_is_none() -> None:
    assert parse_project("outcomes: {source: silence, silence_days: 60}").outcomes == OutcomeRules(
        source="silence", silence_days=60
    )
    assert parse_project("outcomes:\n").outcomes == OutcomeRules()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{source: churn}", "outcomes.source"),
        ("{silence_day: 3}", "did you mean silence_days?"),
        ("{silence_days: 3}", "outcomes.silence_days"),
        ("{grace_days: -1}", "outcomes.grace_days"),
        ("{regular_weeks: 13}", "must not be more than regular_of (12), not 13"),
    ],
)
def test_mistakes_are_told(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_project(f"outcomes: {text}")
    assert said in str(told.value)


def test_a_project_kept_before_there_were_outcomes_is_read() -> None:
    project = Project()
    kept = project.model_dump(mode="json")
    del kept["outcomes"]
    assert Project.model_validate(kept) == project


def test_scores_do_not_depend_on_it() -> None:
    one, other = Project(), Project(outcomes=OutcomeRules(silence_days=30))
    assert one != other
    assert one.version(one.scorecards[0]) == other.version(other.scorecards[0])
    assert one.rollup_version() == other.rollup_version()
