"""Alerts on the page: what is open and why, judging them, and trying a rule before it is switched on."""

from __future__ import annotations

import re

import pytest
import yaml
from playwright.sync_api import Browser, expect

from pages.conftest import HOSTILE, ME, Served, wait
from pages.test_browser import opened, serious
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.effects import worth
from weatherglass.jobs.acting.rehearsing import rehearse
from weatherglass.state.episodes import Asked
from weatherglass.web.pages.alerts import undriven


@pytest.fixture(autouse=True)
def looked(served: Served) -> None:
    """The nightly jobs have looked for alerts."""
    wait(lambda: served.state.ledger.last_done("alerts") is not None)


def text(served: Served, path: str, role: str = "csm") -> str:
    with served.client(role) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def is_on(served: Served) -> bool:
    return served.live.project.alerts.rules["tier_up"].enabled


def test_open_alerts_say_what_is_the_matter_the_gravest_first(served: Served) -> None:
    found, total = served.state.episodes.search(Asked(), 1, 30)
    assert found and total >= len(found)
    page = text(served, "/alerts?whose=all")
    ids = [int(one) for one in re.findall(r'id="alert-(\d+)"', page)]
    assert ids == [one.id for one in found]
    ranks = ["low", "normal", "high", "critical"]
    grave = [ranks.index(one.severity) for one in found]
    assert grave == sorted(grave, reverse=True)
    for one in found:
        part = page.partition(f'id="alert-{one.id}"')[2].partition("</li>\n<li")[0]
        assert one.rules[0]["line"][1:20].split("<")[0].split("&")[0] in part
        if one.facts.get("drivers"):
            assert "What drove it" in part
        assert not re.search(r"since \d{4}-", part)
    assert any(undriven(one) for one in found)
    assert "What took most from its score in the last four weeks" in page


def test_alerts_are_chosen_by_owner_severity_and_state(served: Served) -> None:
    found, _ = served.state.episodes.search(Asked(), 1, 200)
    owner = next(one.owner for one in found if one.owner)
    mine = {one.id for one in found if one.owner == owner or not one.account_id}
    page = text(served, f"/alerts?whose=owner&owner={owner}")
    assert {int(one) for one in re.findall(r'id="alert-(\d+)"', page)} == mine
    grave = text(served, "/alerts?whose=all&severity=high")
    wanted = {one.id for one in found if one.severity == "high"}
    assert {int(one) for one in re.findall(r'id="alert-(\d+)"', grave)} <= wanted
    over = text(served, "/alerts?whose=all&state=closed")
    assert "over on" in over and not {int(one) for one in re.findall(r'id="alert-(\d+)"', over)} & {
        one.id for one in found
    }
    for odd in ("state=x", "severity=<b>", "page=-1", "page=99999", "whose=owner&owner=nobody", "whose=team"):
        assert "<b>" not in text(served, f"/alerts?{odd}")


def test_judgements_make_the_precision_of_a_rule(served: Served) -> None:
    state = served.state
    found = [one for one in state.episodes.page(None, 200) if one.rules[0]["rule"] == "milestone_overdue"][:5]
    assert len(found) == 5
    with served.client("csm") as client:
        for place, one in enumerate(found):
            word = "useful" if place == 0 else "not"
            data = {"csrf": served.csrf("csm"), "alert": str(one.id), "feedback": word, "state": "closed"}
            done = client.post("/alerts/judge", data=data)
            assert done.status_code == 303 and "state=closed" in done.headers["location"]
        assert client.post("/alerts/judge", data={**data, "feedback": "nice"}).status_code == 422
        assert client.post("/alerts/judge", data={**data, "alert": "999999"}).status_code == 404
        part = client.post("/alerts/judge", data=data, headers={"HX-Request": "true"}).text
    assert part.strip().startswith("<li") and 'value="not" aria-pressed="true"' in part
    assert worth(state)["milestone_overdue"].annoying
    page = text(served, "/alerts/rules", "viewer")
    row = page.partition('id="rule-milestone_overdue"')[2].partition("</details>")[0]
    assert "1 of 5 useful" in row and "Mostly annoys" in row
    assert "<form" not in row
    for one in found:
        state.episodes.judge(ME, one.id, "known")


def test_trying_a_rule_keeps_nothing_and_says_what_the_job_would(served: Served) -> None:
    before = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    data = {"csrf": served.csrf("csm"), "rule": "tier_up", "severity": "low"}
    with served.client("csm") as client:
        page = client.post("/alerts/try", data=data).text
        part = client.post("/alerts/try", data=data, headers={"HX-Request": "true"}).text
        strict = {**data, "rule": "score_drop", "points": "60", "days": "28"}
        hard = client.post("/alerts/try", data=strict, headers={"HX-Request": "true"}).text
        for wrong in ({"points": "x"}, {"points": "0"}, {"days": "9999"}, {"severity": "grim"}, {"rule": "none"}):
            assert client.post("/alerts/try", data={**strict, **wrong}).status_code in {404, 422}, wrong
    rule = served.live.project.alerts.rules["tier_up"]
    found = served.live.read(lambda store: rehearse(store, served.live.project, "tier_up", rule))
    assert not rule.enabled and found.alerts > 0 and found.after >= found.before
    assert f"<strong>{found.alerts} alert" in part and f"<strong>{found.alerts} alert" in page
    assert "fell 60 points in 28 days" in hard
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    for account in HOSTILE.values():
        # a name without markup may stand there as it is
        assert "<" not in account or account not in part


def test_an_admin_switches_a_rule_in_the_file(served: Served) -> None:
    data = {**served.proofs("admin"), "rule": "tier_up", "severity": "normal", "do": "on"}
    with served.client("csm") as client:
        assert client.post("/alerts/rules", data={**data, "csrf": served.csrf("csm")}).status_code == 403
    with served.client("admin") as client:
        assert client.post("/alerts/rules", data=data).status_code == 303
        kept = yaml.safe_load((served.folder / FILE_NAME).read_text(encoding="utf-8"))
        assert kept["alerts"]["rules"]["tier_up"] == {"severity": "normal", "enabled": True}
        assert is_on(served)
        data |= served.proofs("admin")
        same = client.post("/alerts/rules", data={**data, "do": "save"})
        assert same.status_code == 422 and "nothing differs" in same.text.casefold()
        back = {**data, "severity": "low", "do": "off"}
        assert client.post("/alerts/rules", data=back).status_code == 303
    assert not is_on(served)
    entry = served.state.audit.entries(None, 1)[0]
    assert (entry.action, entry.subject) == ("rule changed", "rule:tier_up")
    assert entry.after == {"severity": "low", "enabled": False, "configuration": served.proofs("admin")["made_from"]}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_reading_and_judging_an_alert(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "csm", width) as tab:
        tab.goto("/alerts?whose=all")
        assert serious(tab) == []
        first = tab.locator(".alerts > li").first
        first.get_by_role("button", name="Known already").click()
        expect(first.get_by_role("button", name="Known already")).to_have_attribute("aria-pressed", "true")
        expect(first).to_contain_text("said csm@example.com")
        tab.keyboard.press("g")
        tab.keyboard.press("t")
        expect(tab.get_by_role("heading", name="Today")).to_be_visible()
        tab.keyboard.press("g")
        tab.keyboard.press("a")
        expect(tab.get_by_role("heading", name="Alerts")).to_be_visible()


@pytest.mark.browser
def test_trying_a_rule_before_switching_it_on(browser: Browser, served: Served) -> None:
    with opened(browser, served, "admin") as tab:
        tab.goto("/alerts/rules")
        rule = tab.locator("#rule-tier_up")
        rule.locator("summary").first.click()
        rule.get_by_role("button", name="What would it tell?").click()
        expect(rule.locator(".rehearsal")).to_contain_text("a week, about", timeout=30_000)
        assert serious(tab) == []
        rule.get_by_role("button", name="Switch on").click()
        expect(tab.locator(".said")).to_contain_text("tier_up: on")
        tab.locator("#rule-tier_up > summary").click()
        tab.locator("#rule-tier_up").get_by_role("button", name="Switch off").click()
        expect(tab.locator(".said")).to_contain_text("tier_up: off")
