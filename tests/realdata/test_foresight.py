"""Backtests of histories that nobody here wrote: the rows are those of the reference figures, no signal is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import weatherglass
from weatherglass import Workspace
from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.outcomes.backtest import backtest
from weatherglass.outcomes.bootstrap import ranking_estimates
from weatherglass.outcomes.panel import Panel

pytestmark = pytest.mark.realdata

MARGIN = 135
"""Days before the end of the data after which the reference figures take no snapshot."""

Reference = Callable[[Workspace], Panel]


@contextmanager
def opened(data: Path, name: str) -> Iterator[Workspace]:
    with weatherglass.open_data(data / name) as workspace:
        yield workspace


def as_the_reference(workspace: Workspace) -> Panel:
    """The panel with the snapshot days of `reference.py` in shared/data."""
    whole = panel(workspace.store, workspace.project, Replay(every=10_000))
    until = date(1970, 1, 1) + timedelta(days=whole.reading.known_to - MARGIN)
    return panel(workspace.store, workspace.project, Replay(horizons=(90,), until=until))


def auc(rows: Panel, risk: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return ranking_estimates(risk, rows.label(90), rows.account)["auc"].value


def compare(found: Panel, train: tuple[int, int], test: tuple[int, int], aucs: tuple[float, float, float]) -> None:
    """Rows and churns to learn from and to test on; AUC of silence, of activity and of the default card."""
    assert found.reading.source == "silence"
    learn, later = (found.where(part) for part in found.split())
    assert learn.count(90) == train
    assert later.count(90) == test
    assert auc(later, later.days_silent) == pytest.approx(aucs[0], abs=6e-4)
    assert auc(later, -later.activity_28) == pytest.approx(aucs[1], abs=6e-4)
    assert auc(later, -later.score) == pytest.approx(aucs[2], abs=0.02)


def test_streaming(git: Workspace) -> None:
    compare(as_the_reference(git), (664, 31), (675, 32), (0.778, 0.844, 0.78))


@pytest.mark.slow
def test_openstack(data: Path) -> None:
    with opened(data, "git-openstack") as workspace:
        compare(as_the_reference(workspace), (7406, 359), (1088, 49), (0.728, 0.754, 0.70))


@pytest.mark.slow
def test_cloudnative(data: Path) -> None:
    with opened(data, "git-cloudnative") as workspace:
        compare(as_the_reference(workspace), (3494, 290), (1890, 97), (0.808, 0.802, 0.80))


def test_what_cannot_be_foreseen_is_not(ravenstack: Workspace) -> None:
    """Its churn is drawn without regard to what accounts do."""
    found = backtest(panel(ravenstack.store, ravenstack.project))
    assert found.source == "table"
    assert found.main.counts.churns > 400
    for one in found.horizons:
        assert one.score.measures["auc"].holds(0.5)
        assert "no signal that this score can see" in one.verdict
        assert all(abs(rival.measures["auc"].value - 0.5) < 0.06 for rival in one.rankers)
    assert found.said[0].startswith("90 days ahead: The data hold no signal")
