"""Learning on data that nobody here wrote: skill where there is some, and none where there is none."""

from __future__ import annotations

import pytest

from weatherglass import Workspace

pytestmark = pytest.mark.realdata


def test_a_hybrid_foresees_silence_better_than_the_card(git: Workspace) -> None:
    [found] = git.train("hybrid")
    assert found.trial is not None and found.promoted
    assert found.trial.measures["auc"].low > 0.75
    assert found.trial.gain.low > 0.0
    assert found.trial.error < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("method", ["learned", "hybrid", "hazard"])
def test_a_synthetic_company_holds_no_signal(ravenstack: Workspace, method: str) -> None:
    [found] = ravenstack.train(method)
    assert found.trial is not None and not found.promoted
    assert "no signal" in found.why
    assert found.trial.measures["auc"].value < 0.55


@pytest.mark.slow
def test_nothing_is_calibrated_where_there_is_no_signal(ravenstack: Workspace) -> None:
    [found] = ravenstack.calibrate()
    assert found.lines is None and not found.probabilities
    assert any("no signal" in said for said in found.said)
