"""Two admins change the configuration at once: neither undoes unseen what the other saved, nothing entered is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from pages.conftest import ME, PASSWORD, Served, hidden, wait
from pages.test_browser import opened, serious
from weatherglass.config.reading import FILE_NAME, parse_project
from weatherglass.store import Store

RULES, PUBLISH = "/alerts/rules", "/scorecard/publish"


class Admin:
    """Someone with a browser of their own."""

    def __init__(self, served: Served, name: str) -> None:
        email = f"{name.casefold()}@example.com"
        person = served.state.people.by_email(email)
        if person is None:
            person = served.state.people.create(ME, email, name, "admin", PASSWORD)
        session, cookie = served.state.sessions.begin(person)
        self.csrf = session.csrf
        cookies = {"weatherglass_session": cookie}
        self.client = httpx2.Client(base_url=served.url, cookies=cookies, follow_redirects=False, timeout=60)

    def look(self, path: str) -> str:
        """The version that the forms of a page are made from."""
        answer = self.client.get(path)
        assert answer.status_code == 200
        versions = set(re.findall(r'name="made_from" value="([^"]*)"', answer.text))
        assert len(versions) == 1, versions
        return str(versions.pop())

    def send(self, path: str, made_from: str, /, **fields: str) -> httpx2.Response:
        return self.client.post(path, data={"csrf": self.csrf, "made_from": made_from, **fields})


@pytest.fixture
def two(served: Served) -> Iterator[tuple[Admin, Admin]]:
    wait(lambda: served.state.ledger.last_done("alerts") is not None)
    ada, ben = Admin(served, "Ada"), Admin(served, "Ben")
    yield ada, ben
    for one in (ada, ben):
        one.client.close()


def days(served: Served, rule: str) -> int:
    text = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    return parse_project(text).alerts.rules[rule].days


def fields_of(page: str) -> dict[str, str]:
    form = page.partition('class="line gap"')[2].partition("</form>")[0]
    return {
        html.unescape(name): html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    }


def test_the_second_to_save_is_told_and_may_send_it_again(served: Served, two: tuple[Admin, Admin]) -> None:
    ada, ben = two
    first, second = ada.look(RULES), ben.look(RULES)
    assert first == second
    assert ada.send(RULES, first, rule="score_drop", days="21", do="save").status_code == 303
    late = ben.send(RULES, second, rule="score_drop", days="35", severity="high", do="save")
    assert late.status_code == 409 and days(served, "score_drop") == 21
    text = late.text
    assert "ada@example.com" in text and "rule changed, " in text and "28 → 21" in text, text
    now = ada.look(RULES)
    assert f"<code>{now}</code>" in text and now != first
    kept = fields_of(text)
    assert kept == {
        "csrf": ben.csrf,
        "made_from": now,
        "rule": "score_drop",
        "days": "35",
        "severity": "high",
        "do": "save",
    }
    assert ben.client.post(RULES, data=kept).status_code == 303
    assert days(served, "score_drop") == 35


def test_every_form_of_the_file_minds_what_it_was_made_from(served: Served, two: tuple[Admin, Admin]) -> None:
    ada, ben = two
    asked: dict[str, tuple[str, dict[str, str]]] = {
        RULES: (RULES, {"rule": "silence", "days": "33", "do": "save"}),
        "/alerts/rules/new": ("/alerts/rules/new", {"kind": "drop", "name": "Late", "points": "9"}),
        "/settings/playbooks": ("/settings/playbooks", {"play": "recover", "do": "off"}),
        "/settings/playbooks/new": ("/settings/playbooks/new", {"name": "Late", "step:0:title": "x"}),
        "/settings/channels/new": (
            "/settings/channels/new",
            {"kind": "email", "name": "Late", "to": "a@example.com\nb@example.com", "password": "not shown"},
        ),
        "/settings/segments": (
            "/settings/segments",
            {"do": "add", "card": "Late", "column": "plan", "values": "a", "base": "default"},
        ),
        "/scorecard": (PUBLISH, {"card": "default", "line:0": "31"}),
    }
    seen = {page: ben.look(page) for page in asked}
    assert ada.send(RULES, ada.look(RULES), rule="silence", severity="low", do="save").status_code == 303
    before = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    for page, (path, fields) in asked.items():
        late = ben.send(path, seen[page], **fields)
        assert late.status_code == 409 and "Changed meanwhile" in late.text, (path, late.text)
        kept = fields_of(late.text)
        assert {name: kept[name] for name in fields} == fields
        shown = late.text.partition("What you entered</h2>")[2].partition("<form")[0]
        assert "not shown" not in shown
        # and a form that says nothing of where it comes from is none of ours
        silent = ben.client.post(path, data={"csrf": ben.csrf, **fields})
        assert silent.status_code == 409, path
    for path, fields in (
        ("/alerts/rules/remove", {"rule": "silence"}),
        ("/settings/playbooks/remove", {"play": "recover"}),
    ):
        assert ben.send(path, seen[RULES], **fields).status_code == 409
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    assert ben.send(RULES, ben.look(RULES), rule="silence", days="33", do="save").status_code == 303


def test_a_preview_is_made_from_what_its_form_was(served: Served, two: tuple[Admin, Admin]) -> None:
    ada, ben = two
    seen = ben.look("/scorecard")
    assert ada.send(PUBLISH, ada.look("/scorecard"), card="default", **{"line:1": "66"}).status_code == 303
    tried = ben.send("/scorecard/what-if", seen, card="default", **{"line:0": "33", "line:1": "70"})
    assert tried.status_code == 200 and hidden(tried.text, "made_from") == seen
    late = ben.send(PUBLISH, seen, card="default", **{"line:0": "33", "line:1": "70"})
    assert late.status_code == 409 and "scorecard published" in late.text
    assert served.live.project.scorecards[-1].tiers.lines[1] == 66.0
    tried = ben.send("/alerts/rules/new/try", seen, kind="drop", name="Other", points="50", days="28")
    assert tried.status_code == 200 and hidden(tried.text, "made_from") == seen


def test_an_edit_by_hand_is_not_undone_either(served: Served, two: tuple[Admin, Admin]) -> None:
    ada, _ = two
    seen, path = ada.look(RULES), served.folder / FILE_NAME
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    late = ada.send(RULES, seen, rule="silence", days="40", do="save")
    assert late.status_code == 409 and "file itself was edited" in late.text
    assert ada.send(RULES, ada.look(RULES), rule="silence", days="40", do="save").status_code == 303
    assert path.read_text(encoding="utf-8").endswith("# mine\n") and days(served, "silence") == 40


def test_a_card_that_waits_for_its_scores_is_not_undone(served: Served, two: tuple[Admin, Admin]) -> None:
    ada, ben = two
    go_on, busy = Event(), Event()

    def hold(_: Store) -> None:
        busy.set()
        assert go_on.wait(60)

    held = served.live.submit(hold)
    assert busy.wait(60)
    old, before = served.live.project, ben.look("/scorecard")
    with ThreadPoolExecutor(1) as pool:
        try:
            saved = pool.submit(ada.send, PUBLISH, ada.look("/scorecard"), card="default", **{"line:0": "27"})
            wait(lambda: "27" in (served.folder / FILE_NAME).read_text(encoding="utf-8"))
            # the pages still show the card of before: so that is what they are made from
            assert served.live.project is old and ben.look("/scorecard") == before
            late = ben.send(PUBLISH, before, card="default", **{"line:1": "77"})
            assert late.status_code == 409
        finally:
            go_on.set()
        assert saved.result().status_code == 303
    held.result()
    assert ben.look("/scorecard") != before
    assert ben.send(PUBLISH, ben.look("/scorecard"), card="default", **{"line:1": "77"}).status_code == 303
    assert served.live.project.scorecards[-1].tiers.lines == (27.0, 77.0)


def test_a_file_that_cannot_be_read_changes_nothing_and_pages_go_on(served: Served, two: tuple[Admin, Admin]) -> None:
    (ada, _), path = two, served.folder / FILE_NAME
    before, seen = path.read_bytes(), two[0].look(RULES)
    try:
        path.write_bytes(before + b"# \xff\n")
        assert ada.send(RULES, seen, rule="silence", days="29", do="save").status_code == 409
        told = ada.send(RULES, ada.look(RULES), rule="silence", days="29", do="save")
        assert told.status_code == 422 and "UTF-8" in told.text
        path.unlink()
        assert ada.client.get(RULES).status_code == 200
        told = ada.send(RULES, seen, rule="silence", days="29", do="save")
        assert told.status_code == 422 and "cannot be read" in told.text
        assert not path.exists()
    finally:
        path.write_bytes(before)


def test_of_those_who_save_in_the_same_moment_one_is_heard(served: Served, two: tuple[Admin, Admin]) -> None:
    for turn in range(4):
        seen = two[0].look(RULES)
        assert two[1].look(RULES) == seen
        with ThreadPoolExecutor(2) as pool:
            asked = [
                pool.submit(one.send, RULES, seen, rule="silence", days=str(50 + 2 * turn + place), do="save")
                for place, one in enumerate(two)
            ]
            answers = [one.result().status_code for one in asked]
        assert sorted(answers) == [303, 409], answers
        assert days(served, "silence") == 50 + 2 * turn + answers.index(303)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_refusal_as_it_is_read(browser: Browser, served: Served, two: tuple[Admin, Admin], width: int) -> None:
    ada, _ = two
    with opened(browser, served, "admin", width, refused="409 (Conflict)") as tab:
        tab.goto(RULES)
        rule = tab.locator("#rule-detractor")
        rule.locator("summary").first.click()
        assert (
            ada.send(RULES, ada.look(RULES), rule="detractor", days=str(40 + width % 7), do="save").status_code == 303
        )
        rule.get_by_label("Days").fill("77")
        rule.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
        expect(tab.get_by_role("alert")).to_contain_text("ada@example.com")
        assert serious(tab) == []
        tab.get_by_role("button", name="Send what I entered all the same").click()
        expect(tab.locator(".said")).to_contain_text("detractor: on")
    assert days(served, "detractor") == 77
