"""Saved views: one's own, or everybody's where someone who may write shares them."""

from __future__ import annotations

import pytest

from weatherglass.state import Actor, NotFound, State, Unfit
from weatherglass.state.views import MOST

VIEWER = Actor("person", 2, "vi@example.com", "read")
CSM = Actor("person", 3, "cs@example.com", "write")
ADMIN = Actor("person", 1, "admin@example.com", "admin")


def test_a_view_is_for_its_author_until_it_is_shared(state: State) -> None:
    mine = state.views.save(VIEWER, " Red ", "tier=red")
    shared = state.views.save(CSM, "Renewals", "sort=renewal_date", shared=True)
    assert [(one.name, one.query) for one in state.views.of(VIEWER)] == [
        ("Red", "tier=red"),
        ("Renewals", "sort=renewal_date"),
    ]
    assert state.views.of(CSM) == [shared]
    with pytest.raises(NotFound):
        state.views.delete(CSM, mine.id)
    with pytest.raises(NotFound):
        state.views.delete(VIEWER, shared.id)
    with pytest.raises(NotFound):
        state.views.delete(ADMIN, mine.id)
    state.views.delete(ADMIN, shared.id)
    assert state.views.of(CSM) == []


def test_saving_again_under_a_name_replaces_only_ones_own(state: State) -> None:
    state.views.save(CSM, "Red", "tier=red", shared=True)
    state.views.save(VIEWER, "Red", "tier=red&owner=a")
    state.views.save(VIEWER, "Red", "tier=red&owner=b")
    assert [one.query for one in state.views.of(VIEWER)] == ["tier=red", "tier=red&owner=b"]


def test_what_is_no_view(state: State) -> None:
    with pytest.raises(Unfit, match="share"):
        state.views.save(VIEWER, "Red", "tier=red", shared=True)
    for name in ("", "  ", "x" * 81, "\x00"):
        with pytest.raises(Unfit, match="the name of a view"):
            state.views.save(CSM, name, "tier=red")
    with pytest.raises(Unfit, match="too many filters"):
        state.views.save(CSM, "Long", "x" * 5000)
    for number in range(MOST):
        state.views.save(CSM, f"View {number}", "")
    with pytest.raises(Unfit, match="100 views"):
        state.views.save(CSM, "One more", "")
    state.views.save(CSM, "View 3", "tier=red")
