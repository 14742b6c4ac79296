"""Tasks on the page: the queue, one task from taking to outcome, and the calendar."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from pages.conftest import HOSTILE, ME, Served, wait
from pages.test_browser import opened, serious
from weatherglass.state.tasks import Asked, Task, Wanted

TODAY = dt.datetime.now(dt.UTC).date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def looked(served: Served) -> None:
    """The nightly jobs have begun plays."""
    wait(lambda: served.state.ledger.last_done("alerts") is not None)


def text(served: Served, path: str, role: str = "csm") -> str:
    with served.client(role) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def make(served: Served, title: str, **more: Any) -> Task:
    wanted = {"account_id": "acc_0001", "assignee": "csm@example.com", "due_day": TODAY + DAY, **more}
    return served.state.tasks.make(ME, Wanted(title=title, **wanted))


def change(served: Served, task: int, role: str = "csm", **fields: str) -> Any:
    with served.client(role) as client:
        return client.post("/tasks/change", data={"csrf": served.csrf(role), "task": str(task), **fields})


def listed(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<h2><a href="/tasks/(\d+)">', page)]


def test_the_queue_is_by_urgency_and_filtered_by_its_address(served: Served) -> None:
    found, total = served.state.tasks.search(Asked(), 1, 30)
    assert total >= len(found) > 5
    assert listed(text(served, "/tasks?whose=all")) == [one.id for one in found]
    late = make(served, "A late one", due_day=TODAY - 3 * DAY, priority=5e9)
    top = text(served, "/tasks?whose=all")
    assert listed(top)[0] == late.id and "3 days late" in top
    assert listed(text(served, "/tasks?whose=all&late=yes")) == [late.id]
    assert listed(text(served, "/tasks?whose=mine")) == [late.id]
    assert listed(text(served, "/tasks")) == [late.id], "mine, where I have some"
    owner = next(one.assignee for one in found if one.assignee)
    wanted = [one.id for one in served.state.tasks.search(Asked(assignees=(owner,)), 1, 30)[0]]
    assert listed(text(served, f"/tasks?whose=owner&owner={owner}")) == wanted
    for odd in ("state=x&late=maybe", "page=-4", "page=99999", "whose=team", "whose=owner&owner=nobody"):
        text(served, f"/tasks?{odd}")
    assert change(served, late.id, do="done", outcome="called").status_code == 303
    assert late.id in listed(text(served, "/tasks?whose=all&state=done"))


def test_a_task_from_taking_to_its_outcome(served: Served) -> None:
    one = make(served, "Write <b>to</b> them", assignee="Somebody Else", text="They pay {9}")
    path = f"/tasks/{one.id}"
    page = text(served, path, "viewer")
    assert "Write &lt;b&gt;to&lt;/b&gt; them" in page and "/tasks/change" not in page
    assert change(served, one.id, "viewer", do="take").status_code == 403
    for fields, said in (
        ({"do": "take"}, "csm@example.com"),
        ({"do": "give", "assignee": "Ana <i>"}, "Ana &lt;i&gt;"),
        ({"do": "due", "due_day": str(TODAY - 2 * DAY)}, "2 days late"),
        ({"do": "comment", "text": "left a <u>message</u>"}, "left a &lt;u&gt;message&lt;/u&gt;"),
        ({"do": "done", "outcome": "they stay"}, "they stay"),
        ({"do": "open"}, "What becomes of it"),
        ({"do": "dropped", "outcome": "not theirs"}, "Begin it again"),
    ):
        done = change(served, one.id, **fields)
        assert done.status_code == 303 and done.headers["location"].startswith(path), fields
        assert said in text(served, path), fields
    for wrong in ({"do": "done", "outcome": "again"}, {"do": "due", "due_day": "soon"}, {"do": "eat"}, {"do": "give"}):
        assert change(served, one.id, **wrong).status_code == 422, wrong
    assert change(served, 999_999, do="take").status_code == 404
    with served.client("csm") as client:
        assert client.get("/tasks/999999").status_code == 404
        assert client.get("/tasks/abc").status_code == 404


def test_hostile_titles_and_accounts_are_only_text(served: Served) -> None:
    made = [
        make(served, name[:1500], account_id=account, priority=9e9, assignee=name[:200])
        for account, name in HOSTILE.items()
        if "\x00" not in name
    ]
    for page in (text(served, "/tasks?whose=all"), *(text(served, f"/tasks/{one.id}") for one in made)):
        assert "<script>document" not in page and "<img src=x" not in page and "<svg/onload" not in page
        assert len(page) < 300_000
    for one in made:
        assert change(served, one.id, do="dropped", outcome="x").status_code == 303


def test_the_calendar_has_an_address_of_its_own(served: Served) -> None:
    one = make(served, "Call; them, today\nnow")
    with served.client("csm") as client:
        assert "You have none yet" in client.get("/calendar").text
        page = client.post("/calendar", data={"csrf": served.csrf("csm")}).text
        found = re.search(r"/calendar/(wf_\w+)\.ics", page)
        assert found
        assert found[1] not in client.get("/calendar").text
    with served.client() as anybody:
        answer = anybody.get(f"/calendar/{found[1]}.ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        assert f"UID:task-{one.id}@weatherglass" in answer.text and "Call\\; them\\, today" in answer.text
        mine = served.state.tasks.search(Asked(assignees=("csm@example.com",)), 1, 100)[1]
        assert answer.text.count("BEGIN:VEVENT") == mine, "nobody else's"
        for wrong in ("wf_made_up", "x", served.state.keys.create(ME, "k")[1]):
            assert anybody.get(f"/calendar/{wrong}.ics").status_code == 404
    with served.client("csm") as client:
        again = client.post("/calendar", data={"csrf": served.csrf("csm")}).text
        assert found[1] not in again and "Make another in its place" in again
        client.post("/calendar", data={"csrf": served.csrf("csm"), "do": "revoke"})
        assert "You have none yet" in client.get("/calendar").text
    assert change(served, one.id, do="dropped", outcome="x").status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_working_through_the_queue(browser: Browser, served: Served, width: int) -> None:
    one = make(served, f"Ring them up {width}", assignee="Somebody Else", priority=8e9)
    with opened(browser, served, "csm", width) as tab:
        tab.goto("/tasks?whose=all")
        assert serious(tab) == []
        row = tab.locator(".tasks > li", has=tab.get_by_role("link", name=one.title))
        row.get_by_role("button", name="Take").click()
        expect(tab.locator(".said")).to_contain_text("yours")
        expect(row).to_contain_text("csm@example.com")
        row.locator("summary").click()
        row.get_by_label("Outcome").fill("They renew")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        row.get_by_role("button", name="Done").click()
        expect(tab.locator(".said")).to_contain_text("It is done")
        expect(row).to_have_count(0)
        tab.goto(f"/tasks/{one.id}")
        expect(tab.locator("main")).to_contain_text("They renew")
        tab.get_by_role("button", name="Begin it again").click()
        tab.get_by_label("Say something").fill("Once more")
        tab.get_by_role("button", name="Comment").click()
        expect(tab.locator(".notes")).to_contain_text("Once more")
        assert serious(tab) == []
    served.state.tasks.change(ME, one.id, {"state": "dropped", "outcome": "over"})
