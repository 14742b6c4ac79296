"""Taking, putting off and doing what is on Today; mine, my team's, everyone's."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.conftest import ME, Served
from pages.test_browser import opened, serious
from weatherglass.jobs.privacy.erasing import Subject
from weatherglass.jobs.privacy.holding import held
from weatherglass.jobs.views.attention import attention
from weatherglass.jobs.views.setting_aside import set_aside
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import Actor
from weatherglass.state.decisions import Decision, Seen

TODAY = dt.datetime.now(dt.UTC).date()
DAY = dt.timedelta(days=1)


def page(served: Served, role: str = "csm", **query: str) -> str:
    with served.client(role) as client:
        answer = client.get("/", params={"whose": "all", **query})
    assert answer.status_code == 200
    return answer.text


def decide(served: Served, account: str, role: str = "csm", **fields: str) -> Any:
    with served.client(role) as client:
        data = {"csrf": served.csrf(role), "id": account, "whose": "all", **fields}
        return client.post("/today/decide", data=data)


def undo(served: Served, account: str) -> None:
    made = next(one for one in served.state.decisions.current() if one.account_id == account)
    with served.client("csm") as client:
        done = client.post("/today/undo", data={"csrf": served.csrf("csm"), "decision": str(made.id)})
    assert done.status_code == 303


def rows(served: Served) -> list[dict[str, Any]]:
    return served.live.read(lambda store: attention(Standing(store), size=100)).rows


def listed(text: str) -> str:
    """The list, without what is put aside below it."""
    return text.partition('class="card aside"')[0]


def link(account: str) -> str:
    return f'href="/account?id={account}"'


def shown(served: Served) -> list[str]:
    return [row["account_id"] for row in rows(served)[6:12]]


@pytest.mark.parametrize("kind", ["snoozed", "done"])
def test_what_is_put_aside_leaves_the_list_until_it_is_brought_back(served: Served, kind: str) -> None:
    account = shown(served)[0]
    assert link(account) in listed(page(served))
    answer = decide(served, account, do=kind, until=str(TODAY + 7 * DAY))
    assert answer.status_code == 303 and "undo=" in answer.headers["location"]
    text = page(served)
    assert link(account) not in listed(text)
    assert link(account) in text and f"{kind} by <bdi>csm@example.com</bdi>" in text
    total = re.search(r'<span class="big">(\d+)</span> of', text)
    assert total and int(total[1]) == len(rows(served)) - 1
    undo(served, account)
    assert link(account) in listed(page(served))
    actions = [one.action for one in served.state.audit.entries(None, 2)]
    assert actions == ["decision undone", f"account {kind}"]


def test_what_is_taken_stays_and_says_whose_it_is(served: Served) -> None:
    account = shown(served)[1]
    assert decide(served, account, do="taken").status_code == 303
    for role in ("csm", "viewer"):
        assert "Taken by <bdi>csm@example.com</bdi>" in listed(page(served, role))
    undo(served, account)
    assert "Taken by" not in page(served)


def test_a_viewer_reads_and_decides_nothing(served: Served) -> None:
    account = shown(served)[0]
    assert decide(served, account, "viewer", do="done").status_code == 403
    text = page(served, "viewer")
    assert "/today/decide" not in text and "/today/undo" not in text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "eaten"}, 422),
        ({"do": "snoozed"}, 422),
        ({"do": "snoozed", "until": str(TODAY)}, 422),
        ({"do": "snoozed", "until": "2090-01-01"}, 422),
        ({"do": "snoozed", "until": "soon"}, 422),
        ({"do": "done", "id": "nobody"}, 404),
    ],
)
def test_what_cannot_be_decided(served: Served, fields: dict[str, str], status: int) -> None:
    before = served.state.decisions.current()
    with served.client("csm") as client:
        data = {"csrf": served.csrf("csm"), "id": shown(served)[0], **fields}
        assert client.post("/today/decide", data=data).status_code == status
    assert served.state.decisions.current() == before


def decision(account: str, seen: Seen, until: dt.date) -> Decision:
    made = dt.datetime(2026, 1, 1)
    return Decision(1, account, "done", seen.day, until, seen.score, seen.tier, "ana", None, made, None, None, None)


def test_something_new_brings_an_account_back(served: Served) -> None:
    row = next(one for one in rows(served) if one["tier"] == "yellow")
    account, day = row["account_id"], TODAY - DAY
    same = Seen(day, row["score"], row["tier"])

    def why(seen: Seen, until: dt.date = TODAY + 7 * DAY, alert: dt.date | None = None) -> str | None:
        put, alerts = [decision(account, seen, until)], {account: alert} if alert else {}
        found = served.live.read(lambda store: set_aside(Standing(store), put, alerts, TODAY))
        assert (account in found.hidden) != (account in found.back) or until < TODAY - 28 * DAY
        return found.back.get(account)

    assert why(same) is None
    assert why(same, alert=day) is None, "that alert was there when it was decided"
    assert why(same, alert=TODAY) == "an alert was opened on it"
    assert why(Seen(day, row["score"] + 9, "yellow")) is None
    assert why(Seen(day, row["score"] + 11, "yellow")) == "it fell 11.0 points more"
    assert why(Seen(day, row["score"], "green")) == "it fell from green to yellow"
    assert why(Seen(day, row["score"], "red")) is None
    assert why(same, TODAY) == "four weeks are over"
    assert why(same, TODAY - 30 * DAY) is None


def test_a_team_sees_what_its_people_own(served: Served) -> None:
    owners = sorted({row["owner"] for row in rows(served) if row["owner"]})
    people = served.state.people
    csm, mate = people.by_email("csm@example.com"), people.by_email(owners[0])
    assert csm is not None
    mate = mate or people.create(ME, "mate@example.com", owners[0], "viewer")
    assert "My team" not in page(served)
    empty = page(served, whose="team")
    assert "You are in no team yet" in empty
    try:
        for person in (csm, mate):
            people.change(ME, person.id, team="North <b>")
        text = page(served, whose="team")
        wanted = {row["account_id"] for row in rows(served) if row["owner"] == owners[0]}
        found = set(re.findall(r'<a class="account" href="/account\?id=([^"]+)">', listed(text)))
        assert found and {html.unescape(one) for one in found} <= wanted
        people.change(ME, mate.id, team="South")
        assert "No account has an owner of the team North &lt;b&gt;" in page(served, whose="team")
    finally:
        for person in (csm, mate):
            people.change(ME, person.id, team="")


def test_an_admin_puts_people_into_teams(served: Served) -> None:
    person = served.state.people.by_email("viewer@example.com")
    assert person is not None
    data = {"csrf": served.csrf("admin"), "person": str(person.id), "do": "team", "team": "North"}
    with served.client("admin") as client:
        assert client.post("/settings/person", data=data).status_code == 303
        assert served.state.people.get(person.id).team == "North"
        assert 'value="North"' in client.get("/settings").text
        assert client.post("/settings/person", data={**data, "team": ""}).status_code == 303
    assert served.state.people.get(person.id).team == ""


def test_a_team_can_be_given_through_the_api(served: Served) -> None:
    person = served.state.people.by_email("viewer@example.com")
    assert person is not None
    headers = {"X-CSRF-Token": served.csrf("admin")}
    with served.client("admin") as client:
        for team in ("North", ""):
            answer = client.patch(f"/api/v1/people/{person.id}", json={"team": team}, headers=headers)
            assert answer.status_code == 200 and answer.json()["team"] == team


def test_what_is_written_of_an_account_can_be_asked_for(served: Served) -> None:
    account = shown(served)[3]
    decide(served, account, do="taken")
    served.state.notes.add(ME, account, "a note")
    found = served.live.read(lambda store: held(store, served.state, Subject("account", account), 0))
    assert found["notes"][0]["text"] == "a note" and found["decisions"][0]["kind"] == "taken"
    undo(served, account)


def test_a_decision_of_the_command_line_is_nobodys_of_the_page(served: Served) -> None:
    account = shown(served)[2]
    by = Actor("token", 7, "crm <script>", "write")
    made = served.state.decisions.make(by, account, "taken", Seen(TODAY - DAY, 1.0, "red"), TODAY)
    assert "Taken by <bdi>crm &lt;script&gt;</bdi>" in page(served)
    served.state.decisions.undo(by, made.id)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_working_through_the_list(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "csm", width) as tab:
        tab.goto("/?whose=all")
        row = tab.locator(".needs > li").nth(7)
        name = row.locator("a.account").inner_text()
        row.get_by_role("button", name="Take").click()
        expect(tab.locator("#needs .said")).to_contain_text("is yours")
        expect(tab.locator(".needs > li").nth(7)).to_contain_text("Taken by csm@example.com")
        _named(tab, name).get_by_role("button", name="Done").click()
        expect(tab.locator("#needs .said")).to_contain_text("is done, and back on")
        expect(_named(tab, name)).to_have_count(0)
        tab.get_by_role("button", name="Undo", exact=True).click()
        expect(_named(tab, name)).to_contain_text("Taken by")
        _named(tab, name).locator("summary", has_text="Snooze").click()
        _named(tab, name).get_by_label("until").fill(str(TODAY + 3 * DAY))
        assert serious(tab) == []
        _named(tab, name).locator("form button", has_text="Snooze").click()
        expect(_named(tab, name)).to_have_count(0)
        tab.locator("summary", has_text="Put aside").click()
        assert serious(tab) == []
        tab.get_by_role("button", name=f"Bring back {name}").click()
        _named(tab, name).get_by_role("button", name="Let go").click()
        expect(_named(tab, name)).not_to_contain_text("Taken by")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def _named(tab: Page, name: str) -> Any:
    return tab.locator(".needs > li", has=tab.get_by_role("link", name=name, exact=True))


@pytest.mark.browser
def test_accounts_with_odd_ids_can_be_taken(browser: Browser, served: Served) -> None:
    with opened(browser, served, "csm") as tab:
        tab.goto("/?whose=all")
        for name in ("Odd id", "=1+1"):
            _named(tab, name).get_by_role("button", name="Take").click()
            expect(_named(tab, name)).to_contain_text("Taken by csm@example.com")
    assert "line\nbreak/../?id=1&x=%00#" in {one.account_id for one in served.state.decisions.current()}
    for one in served.state.decisions.current():
        served.state.decisions.undo(ME, one.id)


@pytest.mark.browser
def test_the_list_is_worked_by_keys(browser: Browser, served: Served) -> None:
    with opened(browser, served, "csm") as tab:
        tab.goto("/?whose=all")
        for _ in range(9):
            tab.keyboard.press("j")
        name = tab.locator(".needs > li").nth(8).locator("a.account").inner_text()
        after = tab.locator(".needs > li").nth(9).locator("a.account").inner_text()
        tab.keyboard.press("x")
        expect(tab.locator("#needs .said")).to_contain_text("is done")
        expect(_named(tab, name)).to_have_count(0)
        expect(tab.get_by_role("link", name=after, exact=True)).to_be_focused()
        tab.keyboard.press("m")
        expect(_named(tab, after)).to_contain_text("Taken by csm@example.com")
        tab.keyboard.press("z")
        expect(_named(tab, after).get_by_label("until")).to_be_focused()
    for one in served.state.decisions.current():
        served.state.decisions.undo(ME, one.id)
