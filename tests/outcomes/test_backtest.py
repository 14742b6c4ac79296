"""What a backtest says of panels whose churn is foreseen as well as was asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from outcomes.panels import EVERY, FIRST, made_up
from weatherglass.outcomes.backtest import OVERRIDE, _reliability, backtest, counts, rankings
from weatherglass.outcomes.findings import FEW, Findings
from weatherglass.outcomes.labels import NOT_YET, YES
from weatherglass.outcomes.panel import Panel


@pytest.fixture(scope="module")
def panel() -> Panel:
    return made_up()


@pytest.fixture(scope="module")
def found(panel: Panel) -> Findings:
    return backtest(panel)


def test_every_horizon_and_every_rival_is_in_one_table(found: Findings) -> None:
    assert [one.days for one in found.horizons] == [30, 60, 90]
    for one in found.horizons:
        assert [ranker.name for ranker in one.rankers] == ["score", "days since last activity", "activity of 28 days"]
        assert one.absent == (OVERRIDE,)
        assert one.score.versus_score is None
        for ranker in one.rankers:
            assert {"auc", "average_precision", "capture_5", "capture_10", "capture_20", "flag_80"} <= set(
                ranker.measures
            )
            assert ("precision_red" in ranker.measures) == (ranker.name == "score")
            assert ranker.by_revenue is not None and set(ranker.by_revenue) == set(ranker.measures)
            for estimate in ranker.measures.values():
                assert estimate.low <= estimate.value <= estimate.high or abs(estimate.value - estimate.low) < 0.05


def test_a_score_that_sees_is_told_from_rivals_that_do_not(found: Findings) -> None:
    assert found.main.score.measures["auc"].low > 0.7
    assert "sees churn coming" in found.main.verdict
    for rival in found.main.rankers[1:]:
        assert rival.measures["auc"].holds(0.5)
        assert rival.versus_score is not None and rival.versus_score.low > 0.2
    assert any("better than activity of 28 days alone" in line for line in found.said)


def test_an_override_is_one_more_rival(panel: Panel) -> None:
    known = replace(panel, override=np.where(panel.days_to_churn < 60, 0.0, np.nan))
    (rival,) = (one for one in backtest(known).main.rankers if one.name == OVERRIDE)
    assert rival.measures["auc"].low > 0.6
    worst = rankings(replace(panel, override=np.resize([0.0, np.nan, 2.0], len(panel))))[OVERRIDE][:3]
    assert worst[0] > worst[1] > worst[2], "nobody's judgement stands between red and green"


def test_no_signal_is_said() -> None:
    told = backtest(made_up(strength=0.0))
    assert told.main.score.measures["auc"].holds(0.5)
    assert "no signal that this score can see" in told.main.verdict
    assert told.main.verdict in told.said[0]


def test_a_score_the_wrong_way_round_is_said() -> None:
    assert "wrong way round" in backtest(made_up(strength=-1.5)).main.verdict


def test_with_few_churns_there_are_intervals_only() -> None:
    few = made_up(accounts=40, rate=0.012)
    told = backtest(few)
    assert 0 < told.main.counts.churns < FEW and told.main.counts.few
    assert any(f"only {told.main.counts.churns} churns" in line for line in told.said)
    plain = told.to_json()
    for horizon in plain["horizons"]:
        for ranker in horizon["rankers"]:
            assert {estimate["value"] for estimate in ranker["measures"].values()} == {None}
    assert plain["horizons"][-1]["rankers"][0]["measures"]["auc"]["low"] is not None
    assert plain["lead_time"][0]["days_to_churn"] is None
    assert told.main.reliability is None


def test_without_churn_nothing_is_claimed() -> None:
    told = backtest(made_up(accounts=10, rate=1e-9))
    assert told.main.verdict == "Nothing can be said: nobody churned"
    assert told.captures == () and told.leads[0].quartiles is None
    json.dumps(told.to_json(), allow_nan=False)


def test_an_empty_panel_says_so(panel: Panel) -> None:
    told = backtest(panel.where(np.zeros(len(panel), dtype=np.bool_)))
    assert "No account was eligible on any snapshot day." in told.said
    assert told.periods == () and told.segments == ()
    json.dumps(told.to_json(), allow_nan=False)


def test_churns_are_counted_once_however_many_rows_they_follow_on(panel: Panel) -> None:
    told = counts(panel, 90)
    label = panel.label(90)
    assert told.rows == (label != NOT_YET).sum()
    assert told.positives == (label == YES).sum()
    assert told.churns == len(set(panel.account[label == YES].tolist())) < told.positives
    assert told.to_json()["few"] is False


def test_by_revenue_the_large_accounts_count(panel: Panel) -> None:
    """The score sees the churn of those who pay little only: by revenue it sees nothing."""
    large = panel.revenue > 50
    random = np.random.default_rng(1)
    blind = replace(panel, score=np.where(large, random.permutation(panel.score), panel.score))
    ranker = backtest(blind).main.score
    assert ranker.by_revenue is not None
    assert ranker.measures["auc"].value > ranker.by_revenue["auc"].value + 0.1
    assert ranker.by_revenue["auc"].holds(0.5)
    without = backtest(replace(panel, revenue=np.full(len(panel), np.nan)))
    assert without.main.score.by_revenue is None


def test_groups_and_periods_take_every_known_row_once(panel: Panel, found: Findings) -> None:
    known = int((panel.label(90) != NOT_YET).sum())
    for groups in (found.segments, found.tenures, found.periods):
        assert sum(one.counts.rows for one in groups) == known
    assert {one.name for one in found.segments} == {"smb", "enterprise"}
    assert len(found.periods) == len({*panel.day[panel.label(90) != NOT_YET].tolist()})
    assert all(one.measures["auc"].high > 0.7 for one in found.segments)
    one = backtest(replace(panel, segment=np.full(len(panel), "", dtype=object)))
    assert one.segments == (), "one segment is all accounts again"


def test_probabilities_are_fitted_to_what_was_known_and_judged_on_what_came_later(found: Findings) -> None:
    many = made_up(accounts=400)
    learn, test = many.split()
    assert many.day[learn].max() + 90 <= many.day[test].min()
    told = _reliability(many, 90)
    assert told is not None and sum(told.rows) == test.sum()
    assert told.error < 0.08
    assert found.main.reliability is None, "too few had churned by then to fit anything"


def test_lead_times_are_told_beside_those_who_stayed(panel: Panel, found: Findings) -> None:
    red = found.leads[0]
    assert red.warning == "red" and found.leads[1].warning == "red or yellow"
    assert len(red.days) + red.unseen == len(panel.leads)
    assert red.quartiles == pytest.approx(np.quantile(red.days, (0.25, 0.5, 0.75)).tolist())
    assert red.stayed == pytest.approx((20, 20, 20))
    assert 0.1 < red.stayed_warned < 0.4


def test_the_capture_curve_rises_from_nothing_to_all(found: Findings) -> None:
    for curve in found.captures:
        assert curve.caught[0] == 0 and curve.caught[-1] == 1
        assert (np.diff(curve.caught) >= -1e-12).all()
    assert found.captures[0].caught[10] == pytest.approx(found.main.score.measures["capture_20"].value)


def test_tiers_of_other_names(panel: Panel) -> None:
    letters = backtest(replace(panel, names=("F", "D", "C", "B", "A")))
    assert letters.lowest == "F" and letters.leads[1].warning == "below A"


def test_it_is_plain_json(found: Findings) -> None:
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["snapshots"]["every"] == EVERY
    assert plain["source"] == "table"
    assert plain["horizons"][2]["rankers"][0]["measures"]["auc"]["value"] == found.main.score.measures["auc"].value
    assert [one["churns"] for one in plain["lead_time"]] == [len(found.leads[0].days) + found.leads[0].unseen] * 2


def test_the_same_panel_gives_the_same_findings(panel: Panel, found: Findings) -> None:
    assert backtest(panel) == found


def test_rows_can_be_chosen(panel: Panel) -> None:
    part = panel.where(panel.day > FIRST + 100)
    assert len(part) == (panel.day > FIRST + 100).sum() == len(part.label(90))
    assert (part.red == (part.score < 45)).all() and (part.alarmed == (part.score < 75)).all()


def test_a_learned_score_is_not_praised_for_what_it_was_told(panel: Panel, found: Findings) -> None:
    told = backtest(replace(panel, learned=("default",)))
    assert any("Learned from what became of these accounts: default." in line for line in told.said)
    assert not any("Learned from" in line for line in found.said)
