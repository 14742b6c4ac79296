"""What is done about one account, on its page: alerts, tasks, notes, and their marks on the line."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, expect

from pages.conftest import HOSTILE, Served, wait
from pages.test_browser import opened, serious
from pages.test_content import facts
from weatherglass.state.episodes import Asked
from weatherglass.state.tasks import Asked as AskedTasks

TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture(autouse=True)
def looked(served: Served) -> None:
    """The nightly jobs have looked for alerts."""
    wait(lambda: served.state.ledger.last_done("alerts") is not None)


def text(served: Served, account: str, role: str = "csm") -> str:
    with served.client(role) as client:
        answer = client.get("/account", params={"id": account})
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def post(served: Served, path: str, role: str = "csm", **fields: str) -> Any:
    with served.client(role) as client:
        return client.post(path, data={"csrf": served.csrf(role), **fields})


def test_notes_are_kept_and_taken_back_by_their_author(served: Served) -> None:
    account = "acc_0001"
    assert post(served, "/account/note", "viewer", id=account, text="x").status_code == 403
    assert post(served, "/account/note", id=account, text="They <b>renew</b>\nin May").status_code == 303
    page = text(served, account)
    assert "<p>They &lt;b&gt;renew&lt;/b&gt;</p><p>in May</p>" in page and "/account/note/delete" in page
    viewed = text(served, account, "viewer")
    assert "They &lt;b&gt;renew" in viewed and "/account/note" not in viewed
    number = str(served.state.notes.of(account)[0].id)
    other = served.state.notes.add(served.state.people.all()[2].actor(), account, "an admin's")
    assert post(served, "/account/note/delete", note=str(other.id)).status_code == 422
    assert post(served, "/account/note/delete", note=number).status_code == 303
    assert post(served, "/account/note/delete", note=number).status_code == 404
    assert post(served, "/account/note/delete", "admin", note=str(other.id)).status_code == 303
    assert "Nobody has written anything" in text(served, account)
    for wrong in ({"text": ""}, {"text": "x" * 5000}, {"id": "nobody", "text": "x"}):
        assert post(served, "/account/note", **{"id": account, **wrong}).status_code in {404, 422}
    assert "renew" not in repr(served.state.audit.entries(None, 10))


def test_a_task_is_given_from_the_account(served: Served) -> None:
    account, day = "acc_0002", str(TODAY + dt.timedelta(days=3))
    assert post(served, "/tasks/new", "viewer", id=account, title="x", due_day=day).status_code == 403
    assert post(served, "/tasks/new", id=account, title="Call <i>them</i>", due_day=day).status_code == 303
    page = text(served, account)
    assert "Call &lt;i&gt;them&lt;/i&gt;" in page and "csm@example.com" in page
    made = served.state.tasks.search(AskedTasks(account_id=account), 1, 50)[0]
    assert any(one.title == "Call <i>them</i>" and one.made_by == "csm@example.com" for one in made)
    for wrong in ({"due_day": "soon"}, {"title": ""}, {"id": "nobody"}):
        assert post(served, "/tasks/new", **{"id": account, "title": "x", "due_day": day, **wrong}).status_code in {
            404,
            422,
        }


def test_open_alerts_and_plays_stand_on_the_page_and_on_the_line(served: Served) -> None:
    found, _ = served.state.episodes.search(Asked(), 1, 200)
    running = {run.account_id for run in served.state.plays.runs(running=True)}
    one = next(one for one in found if one.account_id in running)
    page = text(served, one.account_id)
    assert f'id="alert-{one.id}"' in page
    marks = facts(page, "trajectory")["marks"]
    assert isinstance(marks, list)
    kinds = {(mark["kind"], mark["day"]) for mark in marks}
    assert ("alert", one.opened_day.isoformat()) in kinds
    assert "play" in {kind for kind, _ in kinds}
    done = post(served, "/alerts/judge", alert=str(one.id), feedback="useful", account=one.account_id)
    assert done.headers["location"].startswith(f"/account?{urlencode({'id': one.account_id})}")
    part = text(served, one.account_id).partition(f'id="alert-{one.id}"')[2].partition("</li>")[0]
    assert 'value="useful" aria-pressed="true"' in part
    served.state.episodes.judge(served.state.people.all()[1].actor(), one.id, "known")


def test_the_links_of_messages_lead_to_the_account(served: Served) -> None:
    for account in ("acc_0001", *(one for one in HOSTILE if "\n" not in one)):
        with served.client("viewer") as client:
            answer = client.get(f"/accounts/{quote(account, safe='')}")
        assert answer.status_code == 200, account
        assert re.search(r"<h1><bdi>[^<]+", answer.text)


@pytest.mark.parametrize("account", list(HOSTILE))
def test_notes_and_tasks_of_hostile_accounts_are_only_text(served: Served, account: str) -> None:
    name = HOSTILE[account].replace("\x00", "")[:1900]
    assert post(served, "/account/note", id=account, text=name).status_code == 303
    assert post(served, "/tasks/new", id=account, title=name, due_day=str(TODAY)).status_code == 303
    page = text(served, account)
    assert "<script>document" not in page and "<img src=x" not in page and "<svg/onload" not in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_writing_a_note_and_giving_a_task(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "csm", width) as tab:
        tab.goto("/account?id=acc_0005")
        tab.get_by_label("A note").fill(f"Spoke to the sponsor {width}")
        tab.get_by_role("button", name="Keep the note").click()
        expect(tab.locator("#notes")).to_contain_text(f"Spoke to the sponsor {width}")
        tab.get_by_label("What is to be done").fill(f"Send the offer {width}")
        tab.get_by_role("button", name="Give the task").click()
        expect(tab.locator("#tasks")).to_contain_text(f"Send the offer {width}")
        tab.wait_for_load_state("networkidle")
        assert serious(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.get_by_role("button", name="Delete the note").first.click()
        expect(tab.locator("#notes")).not_to_contain_text(f"Spoke to the sponsor {width}")
