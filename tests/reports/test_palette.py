"""Tier colours are legible in both themes and tell ranks apart without colour."""

from __future__ import annotations

import pytest

from weatherglass.reports.palette import DARK, LIGHT, Theme, contrast, shape, swatch


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("tiers", range(2, 12))
def test_contrast(theme: Theme, tiers: int) -> None:
    for rank in (*range(tiers), None):
        one = swatch(rank, tiers, theme)
        for ground in (one.tint, theme.surface, theme.page):
            assert contrast(one.ink, ground) >= 4.5
        assert contrast(one.fill, theme.surface) >= 3


@pytest.mark.parametrize("tiers", range(1, 6))
def test_shapes_differ(tiers: int) -> None:
    assert len({shape(rank, tiers) for rank in (*range(tiers), None)}) == tiers + 1


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_ramp_runs_from_red_to_green() -> None:
    low, high = swatch(0, 5, LIGHT).fill, swatch(4, 5, LIGHT).fill
    assert int(low[1:3], 16) > int(low[3:5], 16)
    assert int(high[3:5], 16) > int(high[1:3], 16)
