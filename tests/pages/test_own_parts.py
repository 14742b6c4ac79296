"""Rules, plays and channels of a project's own: tried, added and taken away on the page, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from playwright.sync_api import Browser, expect

from pages.conftest import Served, wait
from pages.test_browser import opened, serious
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.previewing import preview
from weatherglass.jobs.acting.rehearsing import rehearse
from weatherglass.state.outbox import Draft

ODD = 'A <b>"rule"</b> {{7*7}}'
SECRET = "whsec_" + "A" * 44


@pytest.fixture(autouse=True)
def looked(served: Served) -> None:
    """The nightly jobs have looked for alerts."""
    wait(lambda: served.state.ledger.last_done("alerts") is not None)


def post(served: Served, where: str, role: str = "admin", /, **fields: Any) -> Any:
    with served.client(role) as client:
        return client.post(where, data={**served.proofs(role), **fields})


def part_of(served: Served, where: str, /, **fields: Any) -> Any:
    with served.client("admin") as client:
        return client.post(where, data={**served.proofs("admin"), **fields}, headers={"HX-Request": "true"})


def noted(served: Served) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Action, subject, before and after of the last change."""
    entry = served.state.audit.entries(None, 1)[0]
    return entry.action, entry.subject, entry.before or {}, entry.after or {}


def text(served: Served, path: str, role: str = "admin") -> str:
    with served.client(role) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def kept(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((served.folder / FILE_NAME).read_text(encoding="utf-8"))
    return found


def said(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:500]
    return unquote(answer.headers["location"])


def test_a_rule_is_tried_added_and_taken_away(served: Served) -> None:
    before = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    fields = {"kind": "dimension_below", "name": ODD, "dimension": "product_usage", "below": "60", "play": "recover"}
    told = part_of(served, "/alerts/rules/new/try", **fields)
    assert told.status_code == 200
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    assert 'name="name" value="A &lt;b&gt;&#34;rule' in told.text and "<b>" not in told.text
    done = post(served, "/alerts/rules/new", **fields, do="on")
    assert "product usage is below 60" in said(done).casefold().replace("_", " ")
    rule = served.live.project.alerts.rules[ODD]
    assert rule.enabled and rule.play == "recover"
    assert kept(served)["alerts"]["rules"][ODD] == {
        "kind": "dimension_below",
        "below": 60,
        "dimension": "product_usage",
        "play": "recover",
    }
    found = served.live.read(lambda store: rehearse(store, served.live.project, ODD, rule))
    assert found.alerts > 0 and f"<strong>{found.alerts} alert" in told.text
    page = text(served, "/alerts/rules")
    assert "A &lt;b&gt;" in page and "<b>" not in page and "{{7*7}}" in page
    again = post(served, "/alerts/rules/new", **fields, do="off")
    assert again.status_code == 409 and "names must differ" in again.text
    assert "is taken away" in said(post(served, "/alerts/rules/remove", rule=ODD))
    assert {**yaml.safe_load(before), "alerts": {"rules": {}}} == kept(served)
    assert ODD not in served.live.project.alerts.rules
    assert served.state.audit.entries(None, 2)[1].action == "rule added"
    action, subject, was, _ = noted(served)
    assert (action, subject, was["below"]) == ("rule taken away", f"rule:{ODD}", 60)


def test_a_rule_that_is_no_rule_is_refused_as_the_file_would(served: Served) -> None:
    good = {"kind": "drop", "name": "Mine", "points": "20", "days": "14", "severity": "low"}
    before = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    for wrong in (
        {"kind": "magic"},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\tb"},
        {"name": "score_drop"},
        {"points": "0"},
        {"points": "many"},
        {"days": "400"},
        {"severity": "grim"},
        {"problem": "weather"},
        {"play": "none"},
        {"kind": "dimension_below", "dimension": "height", "below": "3"},
        {"kind": "signal_below", "signal": "", "below": "3"},
    ):
        for path in ("/alerts/rules/new/try", "/alerts/rules/new"):
            taken = wrong.get("name") == "score_drop"
            assert post(served, path, **{**good, **wrong}).status_code == (409 if taken else 422), wrong
    assert post(served, "/alerts/rules/new", "csm", **good).status_code == 403
    assert post(served, "/alerts/rules/remove", rule="score_drop").status_code == 422
    assert post(served, "/alerts/rules/remove", rule="none").status_code == 404
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    for kind in served.live.project.alerts.rules.values():
        assert 'value="' + kind.kind + '" selected' in text(served, f"/alerts/rules/new?kind={kind.kind}")


def test_what_is_named_stays(served: Served) -> None:
    rule = {"kind": "drop", "name": "Named rule", "points": "20", "days": "14", "do": "off"}
    assert post(served, "/alerts/rules/new", **rule).status_code == 303
    assert not served.live.project.alerts.rules["Named rule"].enabled
    play = {"name": "Named play", "whom": "given", "when:alert": ["Named rule", "payment"], "do": "on"}
    play |= {"step:0:title": "Ask {account}"}
    assert post(served, "/settings/playbooks/new", **play).status_code == 303
    refused = post(served, "/alerts/rules/remove", rule="Named rule")
    assert refused.status_code == 422 and "named by the play Named play" in refused.text
    other = {**rule, "name": "Other rule", "play": "Named play"}
    assert post(served, "/alerts/rules/new", **other).status_code == 303
    refused = post(served, "/settings/playbooks/remove", play="Named play")
    assert refused.status_code == 422 and "named by the rule Other rule" in refused.text
    assert post(served, "/alerts/rules/remove", rule="Other rule").status_code == 303
    assert post(served, "/settings/playbooks/remove", play="Named play").status_code == 303
    assert post(served, "/alerts/rules/remove", rule="Named rule").status_code == 303
    assert "plays" not in kept(served) or "Named play" not in kept(served)["plays"]


def test_a_play_is_previewed_added_changed_and_taken_away(served: Served) -> None:
    fields: dict[str, Any] = {
        "name": "Look <i>after</i>",
        "whom": "given",
        "when:tier": ["red", "yellow"],
        "when:lifecycle": ["behavioural"],
        "exit_tier": ["green"],
        "holdout": "20",
        "again_after": "60",
        "step:0:title": "Call {account} about {driver}",
        "step:1:title": "Tell {owner}",
        "step:1:role": "manager",
        "step:1:due_days": "3",
    }
    part = part_of(served, "/settings/playbooks/preview", **fields)
    assert part.status_code == 200 and (served.folder / FILE_NAME).read_text(encoding="utf-8").count("Look") == 0
    assert "switched off" in said(post(served, "/settings/playbooks/new", **fields, do="off"))
    play = served.live.project.plays["Look <i>after</i>"]
    assert (play.enabled, play.holdout, play.when.tier, play.exit_tier) == (False, 0.2, ("red", "yellow"), ("green",))
    assert [(step.role, step.due_days) for step in play.steps] == [("owner", 7), ("manager", 3)]
    found = served.live.read(lambda store: preview(store, served.state, served.live.project, "x", play))
    assert 0 < found.accounts < found.watched
    assert f"<strong>{found.accounts} accounts</strong>" in part.text
    tiers = dict(served.live.read(lambda store: store.engine.rows("SELECT account_id, 1 FROM accounts")))
    assert {one.account_id for one in found.shown} <= set(tiers)
    assert all(one.tasks[0].title.startswith("Call ") and "{driver}" not in one.tasks[0].title for one in found.shown)
    assert "Look &lt;i&gt;after" in text(served, "/settings/playbooks")
    changed = {
        "play": "Look <i>after</i>",
        "do": "save",
        "whom": "given",
        "when:segment": "none\n such",
        "holdout": "20",
    }
    assert post(served, "/settings/playbooks", **changed).status_code == 303
    play = served.live.project.plays["Look <i>after</i>"]
    assert (play.when.segment, play.when.tier, play.exit_tier) == (("none", "such"), (), ())
    nobody = part_of(served, "/settings/playbooks/preview", **changed)
    assert "<strong>0 accounts</strong>" in nobody.text
    for wrong in (
        {"name": "recover"},
        {"step:0:title": ""},
        {"step:0:title": "{nobody}"},
        {"when:lifecycle": ["grown"]},
        {"when:renewal_days": "soon"},
        {"when:score_below": "101"},
        {"when:score_below": "low"},
    ):
        other = {**fields, "name": "Other", "step:1:title": "", **wrong}
        for path in ("/settings/playbooks/preview", "/settings/playbooks/new"):
            assert post(served, path, **other).status_code == (409 if "name" in wrong else 422), wrong
    assert post(served, "/settings/playbooks/remove", play="recover").status_code == 422
    assert post(served, "/settings/playbooks/remove", play="none").status_code == 404
    assert "taken away" in said(post(served, "/settings/playbooks/remove", play="Look <i>after</i>"))
    assert "Look <i>after</i>" not in served.live.project.plays


class _Inbox(BaseHTTPRequestHandler):
    got: list[dict[str, Any]] = []  # noqa: RUF012 (the handler is made anew for every request)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append({"headers": dict(self.headers), "body": json.loads(body)})
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def inbox() -> Iterator[str]:
    """A server on this machine that takes messages."""
    _Inbox.got.clear()
    server = HTTPServer(("127.0.0.1", 0), _Inbox)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_a_channel_is_tried_added_used_and_taken_away(served: Served, inbox: str) -> None:
    fields: dict[str, Any] = {
        "kind": "webhook",
        "name": "hook <b>",
        "url": inbox,
        "secrets": SECRET,
        "severity": "high",
    }
    refused = part_of(served, "/settings/channels/try", **fields)
    assert refused.status_code == 200 and "did not take the test" in refused.text and not _Inbox.got
    fields |= {"allow_private": "yes", "segments": "one\ntwo", "types": ["episode.opened", "digest"]}
    tried = part_of(served, "/settings/channels/try", **fields)
    assert "has taken a message" in tried.text and len(_Inbox.got) == 1
    assert _Inbox.got[0]["headers"]["webhook-signature"]
    assert "channels" not in kept(served) or not kept(served)["channels"]
    assert "takes what comes" in said(post(served, "/settings/channels/new", **fields))
    channel = served.live.project.channels[0]
    assert (channel.types, channel.segments) == (("episode.opened", "digest"), ("one", "two"))
    page = text(served, "/settings/channels")
    assert "hook &lt;b&gt;" in page and inbox not in page and SECRET not in page
    action, _, _, new = noted(served)
    assert action == "channel added" and new["allow_private"] is True and "url" not in new
    log = text(served, "/settings/audit")
    assert inbox not in log and SECRET not in log
    assert "is off" in said(post(served, "/settings/channels", channel="hook <b>", do="disable"))
    assert noted(served)[:2] == ("channel disabled", "channel:hook <b>")
    assert "switched off by admin@example.com" in text(served, "/settings/channels")
    assert "is on" in said(post(served, "/settings/channels", channel="hook <b>", do="enable"))
    # the sender of the running service knows it at once
    body = {"type": "digest", "title": "For the new channel", "tone": "good", "blocks": [], "data": {}}
    served.state.outbox.add([Draft("hook <b>", "s", "digest", "high", body, served.state.clock())])
    wait(lambda: len(_Inbox.got) == 2, 30)
    assert post(served, "/settings/channels/new", **fields).status_code == 409, "names must differ"
    second = {"kind": "file", "name": "log", "path": "told.jsonl"}
    assert post(served, "/settings/channels/new", **second).status_code == 303
    assert [one.name for one in served.live.project.channels] == ["log", "hook <b>"]
    assert "is taken away" in said(post(served, "/settings/channels/remove", channel="hook <b>"))
    assert [one["name"] for one in kept(served)["channels"]] == ["log"]
    assert noted(served)[2]["kind"] == "webhook" and not {"url", "secrets"} & noted(served)[2].keys()
    assert post(served, "/settings/channels/remove", channel="log").status_code == 303
    assert post(served, "/settings/channels/remove", channel="log").status_code == 404
    assert served.live.project.channels == ()


def test_a_channel_is_changed(served: Served, inbox: str) -> None:
    made = {"kind": "webhook", "name": "hook <b>", "url": inbox, "secrets": SECRET, "allow_private": "yes"}
    made |= {"severity": "high", "segments": "one\ntwo", "types": "digest"}
    assert post(served, "/settings/channels/new", **made).status_code == 303
    page = text(served, "/settings/channels")
    assert 'href="/settings/channels/new?channel=hook+%3Cb%3E"' in page or "channel=hook%20%3Cb%3E" in page
    form = text(served, "/settings/channels/new?channel=hook%20%3Cb%3E")
    assert "hook &lt;b&gt;" in form and inbox not in form and SECRET not in form
    assert "<option selected>high</option>" in form and "one\ntwo</textarea>" in form
    assert 'name="allow_private" value="yes" checked' in form and 'name="types" value="digest" checked' in form
    same: dict[str, Any] = {"channel": "hook <b>", "allow_private": "yes", "severity": "high"}
    same |= {"segments": "one\ntwo", "types": "digest"}
    version, before = served.live.project, (served.folder / FILE_NAME).read_text(encoding="utf-8")
    assert "as it was" in said(post(served, "/settings/channels/change", **same))
    assert served.live.project is version and (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    other = {"channel": "hook <b>", "allow_private": "yes", "severity": "low", "owners": "ann", "segments": ""}
    assert "is changed" in said(post(served, "/settings/channels/change", **other))
    channel = served.live.project.channels[0]
    assert (channel.severity, channel.owners, channel.segments, channel.types) == ("low", ("ann",), (), ())
    # what was left empty is as it was, and the messages of before go on
    assert (channel.url, channel.secrets, channel.allow_private) == (inbox, (SECRET,), True)
    action, subject, was, new = noted(served)
    assert (action, subject, was["severity"], new["owners"]) == ("channel changed", "channel:hook <b>", "high", ["ann"])
    moved = post(served, "/settings/channels/change", **other, url="https://other.example/hook")
    assert moved.status_code == 422 and "give it again" in moved.text
    moved = post(served, "/settings/channels/change", **other, url=f"{inbox}2", secrets=SECRET)
    assert moved.status_code == 303 and served.live.project.channels[0].url == f"{inbox}2"
    assert inbox not in text(served, "/settings/audit")
    assert post(served, "/settings/channels/change", **other, url="$HOME", secrets=SECRET).status_code == 422
    assert post(served, "/settings/channels/change", **{**other, "channel": "nobody"}).status_code == 404
    with served.client("admin") as client:
        assert client.get("/settings/channels/new?channel=nobody").status_code == 404
        late = {**served.proofs("admin"), "made_from": "0" * 12, **other, "severity": "high", "secrets": "not shown"}
        answer = client.post("/settings/channels/change", data=late)
    assert (
        answer.status_code == 409 and "Changed meanwhile" in answer.text and 'href="/settings/channels"' in answer.text
    )
    assert served.live.project.channels[0].severity == "low"
    assert post(served, "/settings/channels/remove", channel="hook <b>").status_code == 303


def test_what_a_page_may_not_say_of_a_channel(served: Served) -> None:
    before = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    for wrong in (
        {"kind": "pigeon"},
        {"kind": "slack", "url": ""},
        {"kind": "slack", "url": "$HOME"},
        {"kind": "webhook", "url": "https://x.example", "secrets": "$WEATHERGLASS_EMAIL_KEY"},
        {"kind": "webhook", "url": "https://x.example"},
        {"kind": "file", "path": "/etc/passwd"},
        {"kind": "file", "path": "../out.jsonl"},
        {"kind": "file", "path": "weatherglass.yml"},
        {"kind": "file", "path": ".weatherglass/x.jsonl"},
        {"kind": "email"},
        {"kind": "email", "to": "a@example.com", "port": "70000"},
        {"kind": "email", "to": "a@example.com", "port": "x"},
        {"kind": "email", "to": "a@example.com", "user": "a", "password": "$AWS_SECRET"},
        {"kind": "file", "path": "a.jsonl", "types": ["weather"]},
        {"kind": "file", "path": "a.jsonl", "owners": "\n".join(map(str, range(101)))},
        {"kind": "file", "path": "a.jsonl", "name": "\u202ex"},
    ):
        for path in ("/settings/channels/new", "/settings/channels/try"):
            assert post(served, path, **{"name": "x", **wrong}).status_code == 422, wrong
    named = {"kind": "slack", "name": "by name", "url": "$WEATHERGLASS_CHANNEL_SLACK"}
    assert "has no WEATHERGLASS_CHANNEL_SLACK" in post(served, "/settings/channels/try", **named).text
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == before
    for kind in ("slack", "teams", "email", "webhook", "segment", "file"):
        assert f'value="{kind}" selected' in text(served, f"/settings/channels/new?kind={kind}")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_adding_a_rule_of_ones_own(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as tab:
        tab.goto("/alerts/rules")
        tab.get_by_role("link", name="Another rule").click()
        tab.get_by_label("It looks whether").select_option("signal_below")
        tab.wait_for_url("**/alerts/rules/new?kind=signal_below")
        tab.get_by_label("Name").fill(f"Habit at {width}")
        tab.locator("select[name=signal]").select_option("habit")
        tab.get_by_label("Below").fill("40")
        tab.get_by_role("button", name="What would it tell?").click()
        expect(tab.locator("#try-new")).to_contain_text("a week, about", timeout=30_000)
        assert serious(tab) == []
        tab.get_by_role("button", name="Add it, switched off").click()
        expect(tab.locator(".said")).to_contain_text(f"Habit at {width}: off")
        rule = tab.locator(f"[id='rule-Habit at {width}']")
        rule.get_by_role("button", name="Take away").click()
        expect(tab.locator(".said")).to_contain_text("is taken away")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_adding_a_play_of_ones_own(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as tab:
        tab.goto("/settings/playbooks")
        tab.get_by_role("link", name="Another play").click()
        tab.get_by_label("Name", exact=True).fill(f"Own {width}")
        tab.get_by_role("group", name="Tier shown", exact=True).get_by_label("Red").check()
        tab.get_by_label("Step 1").fill("Call {account}")
        tab.get_by_role("button", name="For whom would it begin?").click()
        expect(tab.locator("#preview")).to_contain_text("tier red", timeout=30_000)
        assert serious(tab) == []
        tab.get_by_role("button", name="Add it, switched on").click()
        expect(tab.locator(".said")).to_contain_text(f"Own {width} is there, switched on")
        play = tab.locator(f"[id='play-Own {width}']")
        play.locator("summary").first.click()
        play.get_by_text("Whom it is for").click()
        assert serious(tab) == []
        play.get_by_role("button", name="Take away").click()
        expect(tab.locator(".said")).to_contain_text("is taken away")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_adding_a_channel(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as tab:
        tab.goto("/settings/channels")
        tab.get_by_role("link", name="Another channel").click()
        tab.get_by_label("where messages go").select_option("file")
        tab.wait_for_url("**/settings/channels/new?kind=file")
        tab.get_by_label("Name", exact=True).fill(f"Log {width}")
        tab.get_by_label("File in the project's folder").fill(f"log{width}.jsonl")
        tab.get_by_role("button", name="Send a test first").click()
        expect(tab.locator("#tried")).to_contain_text("has taken a message")
        assert "A test of the channel" in (served.folder / f"log{width}.jsonl").read_text(encoding="utf-8")
        assert serious(tab) == []
        tab.get_by_role("button", name="Add the channel").click()
        expect(tab.locator(".said")).to_contain_text(f"Log {width} is there")
        tab.get_by_role("link", name=f"Change: Log {width}").click()
        expect(tab.get_by_label("File in the project's folder")).to_have_value("")
        tab.get_by_label("Alerts of this severity and above").select_option("high")
        tab.get_by_label("Only these owners").fill("ann")
        assert serious(tab) == []
        tab.get_by_role("button", name="Save the channel").click()
        expect(tab.locator(".said")).to_contain_text(f"Log {width} is changed")
        row = tab.get_by_role("row").filter(has_text=f"Log {width}")
        expect(row).to_contain_text("High")
        expect(row).to_contain_text("owner ann")
        tab.get_by_role("button", name=f"Take away: Log {width}").click()
        expect(tab.locator(".said")).to_contain_text("is taken away")
