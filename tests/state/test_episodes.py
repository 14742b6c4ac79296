"""Episodes as they are looked up: by severity, owner and rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

from weatherglass.state import State
from weatherglass.state.episodes import Asked
from weatherglass.state.outbox import Draft

DAY = dt.date(2026, 3, 2)


def row_of(account: str, severity: str, rule: str, **more: Any) -> dict[str, Any]:
    return {
        "account_id": account,
        "problem": "health",
        "state": "open",
        "severity": severity,
        "opened_day": DAY,
        "changed_day": DAY,
        "fine_since": None,
        "closed_day": None,
        "left": False,
        "rules": [{"rule": rule, "severity": severity, "line": "it fell"}, {"rule": "other", "line": "x"}],
        "facts": {},
        "owner": "ana",
        **more,
    }


def put(kept: State, account: str, severity: str, rule: str, **more: Any) -> None:
    row = row_of(account, severity, rule, **more)
    kept.episodes.apply(f"test {account} {rule}", "1", [row], lambda _: [])


def test_open_ones_come_the_gravest_first_and_closed_ones_the_last_first(state: State) -> None:
    put(state, "a", "low", "silence")
    put(state, "b", "critical", "drop")
    put(state, "c", "high", "drop", opened_day=DAY - dt.timedelta(days=3), owner="ben")
    put(state, "d", "high", "drop")
    put(state, "", "high", "data", owner="", problem="data")
    for place, account in enumerate("xy"):
        put(state, account, "low", "drop", state="closed", closed_day=DAY + dt.timedelta(days=place))
    found, total = state.episodes.search(Asked(), 1, 3)
    assert total == 5 and [one.account_id for one in found] == ["b", "", "d"]
    assert [one.account_id for one in state.episodes.search(Asked(), 2, 3)[0]] == ["c", "a"]
    mine = state.episodes.search(Asked(owners=("ben",)), 1, 9)[0]
    assert {one.account_id for one in mine} == {"", "c"}, "the data is everybody's"
    assert [one.account_id for one in state.episodes.search(Asked("closed"), 1, 9)[0]] == ["y", "x"]
    assert state.episodes.search(Asked(severity="low", problem="data"), 1, 9) == ([], 0)


def test_rules_are_counted_by_what_they_opened(state: State) -> None:
    put(state, "a", "low", "silence")
    put(state, "b", "low", "drop")
    put(state, "c", "low", "drop", state="closed", closed_day=DAY)
    assert state.episodes.counts() == {"silence": 1, "drop": 2}
    put(state, "a", "low", "contact", problem="contact", opened_day=DAY + dt.timedelta(days=2))
    assert state.episodes.last_opened() == {"a": DAY + dt.timedelta(days=2), "b": DAY}
    assert [one.problem for one in state.episodes.of("a")] == ["contact", "health"]


def test_a_day_changes_what_is_open_and_adds_the_rest(state: State) -> None:
    for account in "abc":
        put(state, account, "low", "drop", facts={"told": account})
    before = {one.account_id: one.id for one in state.episodes.open()}
    told: dict[tuple[str, str], int] = {}

    def noted(numbers: dict[tuple[str, str], int]) -> list[Draft]:
        told.update(numbers)
        return [Draft("file", f"alert:{number}", "alert", "low", {}, state.clock()) for number in numbers.values()]

    over = {"state": "closed", "closed_day": DAY}
    again = DAY + dt.timedelta(days=1)
    rows = [
        row_of("b", "low", "drop", **over),
        row_of("brief", "low", "drop", **over),
        row_of("c", "high", "drop", opened_day=again, facts={"told": "not"}),
        row_of("b", "high", "silence", opened_day=again),
        *(row_of(f"new {number}", "low", "drop") for number in range(1500)),
    ]
    assert state.episodes.apply("day", "1", rows, noted)
    now = {one.account_id: one for one in state.episodes.open()}
    assert len(now) == 1503 and "brief" not in now
    assert now["a"].id == before["a"] and now["c"].id == before["c"] and now["b"].id != before["b"]
    assert (now["c"].severity, now["c"].opened_day, now["c"].facts) == ("high", DAY, {"told": "c"})
    assert now["b"].rules[0]["rule"] == "silence" and state.episodes.get(before["b"]).state == "closed"
    assert told.pop(("brief", "health")) not in {one.id for one in now.values()}
    assert told == {(one.account_id, "health"): one.id for one in now.values() if one.account_id != "a"}
    streams = [letter.stream for letter in state.outbox.due(limit=3)]
    assert streams == [f"alert:{told['b', 'health']}", *streams[1:]]
    assert not state.episodes.apply("day", "1", rows, noted), "a day is written once"
