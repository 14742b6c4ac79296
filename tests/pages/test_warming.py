"""What pages remember: worked out before anyone asks, once by those who ask at once, and anew when it has changed."""

from __future__ import annotations

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.conftest import Served, wait
from weatherglass.jobs.views.explaining import Explanation, explain, last_day
from weatherglass.jobs.views.reasons import Reason, reasons
from weatherglass.web.pages.memory import Memory
from weatherglass.web.pages.site import Site


def site(served: Served) -> Site:
    found = served.app.state.site
    assert isinstance(found, Site)
    return found


def test_what_all_pages_show_is_known_before_anyone_asks(served: Served) -> None:
    mine = site(served)
    wait(lambda: mine.memory.version == served.live.version)
    for question in (("today", ()), ("cohorts", "plan"), ("data", 0), "owners"):
        assert mine.known(question) is not None, question


def test_a_change_of_facts_is_shown_after_it_was_worked_out(served: Served) -> None:
    mine = site(served)
    mine.catch_up()
    before = mine.memory.version
    served.live.submit(
        lambda store: store.engine.execute("UPDATE accounts SET owner = 'Zoe' WHERE owner <> ''")
    ).result()
    wait(lambda: mine.memory.version > before, 60)
    assert mine.known("owners") == ["Zoe"]


def test_of_many_who_ask_at_once_one_works() -> None:
    memory, asked = Memory(), []

    def work() -> int:
        asked.append(threading.get_ident())
        time.sleep(0.05)
        return 7

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: memory.get((0, "q"), work), range(8))) == {7}
    assert len(asked) == 1


def test_what_goes_wrong_is_tried_again() -> None:
    memory = Memory()

    def fail() -> int:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        memory.get((0, "q"), fail)
    assert memory.get((0, "q"), lambda: 3) == 3


def test_not_more_is_remembered_than_is_wanted() -> None:
    memory = Memory(most=2)
    memory.keep({(0, "a"): 1, (0, "b"): 2, (0, "c"): 3})
    assert memory.known({name: (0, name) for name in "abc"}) == {"b": 2, "c": 3}


def test_answers_of_another_version_are_forgotten() -> None:
    memory = Memory()
    memory.keep({(0, "a"): 1, (1, "a"): 2})
    memory.begin(1)
    assert memory.known({number: (number, "a") for number in (0, 1)}) == {1: 2}


def explained(served: Served, day: dt.date, versus: dt.date | None = None) -> Explanation:
    return served.live.read(lambda store: explain(store, "acc_0001", day, versus))


def test_two_days_in_one_go_are_as_two(served: Served) -> None:
    day = served.live.read(last_day)
    for back in (1, 28, 90):
        since = day - dt.timedelta(days=back)
        both = explained(served, day, since)
        assert both.day == explained(served, day).day
        assert both.versus is not None
        assert both.versus.before == explained(served, since).day


def test_reasons_of_one_account_are_those_among_many(served: Served) -> None:
    day = served.live.read(last_day)
    since = day - dt.timedelta(days=28)

    def told(names: list[str]) -> dict[str, Reason]:
        return served.live.read(lambda store: reasons(store, names, day, since))

    names = [f"acc_{number:04}" for number in range(1, 9)]
    together = told(names)
    assert len(together) > 5
    assert all(told([name]).get(name) == together.get(name) for name in names)
