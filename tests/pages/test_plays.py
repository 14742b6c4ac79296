"""Plays and channels on the page: whether a play helped, changing playbooks, tests and dead letters."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, expect

from pages.conftest import Served, wait
from pages.test_browser import opened, serious
from weatherglass.config import FILE_NAME
from weatherglass.config.channels import Channel
from weatherglass.jobs.acting.effects import PlayEffect, effect
from weatherglass.jobs.views.explaining import last_day
from weatherglass.state.outbox import Draft

NOW = dt.datetime(2026, 1, 1)


@pytest.fixture(autouse=True)
def looked(served: Served) -> None:
    """The nightly jobs have begun plays."""
    wait(lambda: served.state.ledger.last_done("alerts") is not None)


def text(served: Served, path: str, role: str = "viewer") -> str:
    with served.client(role) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def post(served: Served, path: str, role: str = "admin", **fields: str) -> Any:
    with served.client(role) as client:
        return client.post(path, data={**served.proofs(role), **fields})


def part(page: str, play: str) -> str:
    return page.partition(f'id="play-{play}"')[2].partition("</section>")[0]


def begin(served: Served, play: str, *, held_out: bool) -> None:
    """Runs of seventy days ago on every second account, or on every account with every second held out."""
    day = served.live.read(last_day) - dt.timedelta(days=70)
    rows = served.live.read(
        lambda store: store.engine.rows(
            "SELECT n.account_id, s.score / 100.0 FROM scores AS s JOIN account_ids AS n ON n.account = s.account "
            'WHERE s."day" = ? AND s.score IS NOT NULL ORDER BY 1',
            [(day - dt.date(1970, 1, 1)).days],
        )
    )
    with served.state.plays.writing() as connection:
        for place, (account, score) in enumerate(rows):
            if held_out or place % 2:
                row = {"play": play, "account_id": account, "began_day": day, "score": score, "stratum": "all"}
                row |= {"held_out": held_out and place % 2 == 0}
                served.state.plays.begin(connection, [row])


def told_of(served: Served, play: str) -> PlayEffect:
    return served.live.read(lambda store: effect(store, served.state, served.live.project, play))


def test_plays_say_where_they_are_at_work_and_nothing_too_early(served: Served) -> None:
    page = text(served, "/plays")
    runs = served.state.plays.runs("recover")
    assert f"<dd>{sum(run.ended_day is None for run in runs)}</dd>" in part(page, "recover")
    assert f"{len(runs)} of 100 accounts so far: too few to say anything" in part(page, "recover")
    assert "There is no count of accounts saved" in page
    assert '<span class="quiet">off</span>' in part(page, "reference")


def test_effects_come_with_intervals_and_say_how_weak_they_are(served: Served) -> None:
    for play in ("green", "reference"):
        assert post(served, "/settings/playbooks", play=play, min_sample="10").status_code == 303
    assert post(served, "/settings/playbooks", play="green", holdout="50").status_code == 303
    begin(served, "green", held_out=True)
    begin(served, "reference", held_out=False)
    page = text(served, "/plays")
    for play, words in (("green", "Held out at random:"), ("reference", "Weaker, a matched comparison:")):
        told = told_of(served, play)
        found = told.score[60]
        assert found is not None
        mine = part(page, play)
        assert words in mine
        assert f"{found.low:+.1f} to {found.high:+.1f}".replace("-", "\N{MINUS SIGN}") in mine
        assert ("not to be told from nothing" in mine) == (
            not all(one.sure for one in (*told.score.values(), told.renewal) if one)
        )
    assert "held out, to compare" in part(page, "green")
    assert "of 50% wanted" in part(page, "green")


def test_a_playbook_is_written_into_the_file(served: Served) -> None:
    fields = {"play": "payment", "again_after": "45", "min_sample": "100", "holdout": "0", "do": "save"}
    fields |= {"step:0:title": "Ring {account}", "step:0:role": "manager", "step:0:due_days": "2"}
    fields |= {"step:1:title": "Write to {owner}: <b>", "step:1:due_days": "5", "step:1:text": "score {score}"}
    assert post(served, "/settings/playbooks", "csm", **fields).status_code == 403
    assert post(served, "/settings/playbooks", **fields).status_code == 303
    kept = yaml.safe_load((served.folder / FILE_NAME).read_text(encoding="utf-8"))["plays"]["payment"]
    assert kept["again_after"] == 45 and kept["steps"][0] == {
        "title": "Ring {account}",
        "role": "manager",
        "due_days": 2,
    }
    play = served.live.project.plays["payment"]
    assert [step.due_days for step in play.steps] == [2, 5] and play.steps[1].text == "score {score}"
    assert "Write to {owner}: &lt;b&gt;" in text(served, "/plays")
    for wrong in (
        {"step:0:title": "Ring {nobody}"},
        {"step:0:role": "king"},
        {"again_after": "x"},
        {"holdout": "99"},
        {"min_sample": "3"},
        {"play": "none"},
    ):
        assert post(served, "/settings/playbooks", **{**fields, **wrong}).status_code in {404, 422}, wrong
    assert post(served, "/settings/playbooks", **fields).status_code == 422, "nothing differs"
    assert post(served, "/settings/playbooks", play="payment", do="off").status_code == 303
    assert not served.live.project.plays["payment"].enabled
    assert served.state.audit.entries(None, 1)[0].action == "play changed"


@pytest.fixture
def channels(served: Served) -> Any:
    """A channel that works, and one that does not; messages to both."""
    before = served.live.project
    made = (
        Channel(name="desk <b>", kind="file", path="told.jsonl"),
        Channel(name="gone", kind="webhook", url="http://127.0.0.1:9/x", secrets=("whsec_" + "A" * 44,)),
    )
    served.live.project = before.model_copy(update={"channels": made})
    body = {"type": "test", "title": "A <script>title</script>", "tone": "good", "blocks": [], "data": {}}
    later = dt.datetime(2090, 1, 1)
    served.state.outbox.add([Draft("gone", f"alert:{n}", "episode.opened", "low", body, later) for n in range(2)])
    dead, _ = served.state.outbox.letters("waiting", None, 2)
    served.state.outbox.failed([dead], "no <i>route</i>", final=True)
    served.state.outbox.disable("gone", "every try has failed")
    yield dead
    served.live.project = before


def test_channels_are_tested_switched_on_and_their_dead_letters_sent_again(served: Served, channels: Any) -> None:
    page = text(served, "/settings/channels", "admin")
    assert "desk &lt;b&gt;" in page and "every try has failed" in page and "no &lt;i&gt;route&lt;/i&gt;" in page
    assert "A &lt;script&gt;title&lt;/script&gt;" in page
    assert "127.0.0.1:9" not in page and "whsec_" not in page
    done = post(served, "/settings/channels", channel="desk <b>", do="test")
    assert "has%20taken%20a%20message" in done.headers["location"]
    told = (served.folder / "told.jsonl").read_text(encoding="utf-8").splitlines()
    assert "A test of the channel" in json.loads(told[-1])["data"]["title"]
    failed = post(served, "/settings/channels", channel="gone", do="test")
    assert "did%20not%20take%20the%20test" in failed.headers["location"]
    assert post(served, "/settings/channels", channel="none", do="test").status_code == 404
    assert post(served, "/settings/channels", channel="gone", do="eat").status_code == 422
    assert post(served, "/settings/messages", message=str(channels.id)).status_code == 303
    assert served.state.outbox.letters("dead", None, 5) == []
    assert post(served, "/settings/messages", message=str(channels.id)).status_code == 422
    assert post(served, "/settings/messages", message="99999").status_code == 404
    assert post(served, "/settings/channels", channel="gone", do="enable").status_code == 303
    assert "gone" not in served.state.outbox.disabled()
    for state in ("waiting", "sent", "dead", "x"):
        text(served, f"/settings/channels?state={state}&before=5", "admin")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_changing_a_playbook(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as tab:
        tab.goto("/plays")
        tab.get_by_role("link", name="Change them").click()
        book = tab.locator("#play-onboarding")
        book.locator("summary").first.click()
        assert serious(tab) == []
        book.get_by_label("One more step").fill(f"Send them the guide {width}")
        book.get_by_role("button", name="Save").click()
        expect(tab.locator(".said")).to_contain_text("onboarding is on")
        tab.goto("/plays")
        expect(tab.locator("#play-onboarding")).to_contain_text(f"Send them the guide {width}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_replaying_a_dead_letter(browser: Browser, served: Served, channels: Any) -> None:
    with opened(browser, served, "admin") as tab:
        tab.goto("/settings/channels")
        assert serious(tab) == []
        tab.get_by_role("button", name="Send again: A").first.click()
        expect(tab.locator(".said")).to_contain_text("sent to gone again")
        tab.get_by_role("button", name="Switch on again: gone").click()
        expect(tab.locator(".said")).to_contain_text("gone is on")
