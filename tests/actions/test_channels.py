"""Channels against real servers: signed, rotated, retried, switched off; never redirected, never in private."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from state.conftest import Clock

from actions.receivers import FORMER, SECRET, Mailbox, mailbox, receiver
from weatherglass.actions.channels.outgoing import connected, is_public
from weatherglass.actions.channels.result import Failed
from weatherglass.actions.channels.sending import send
from weatherglass.actions.message import Facts, Line, Link, Message, Points
from weatherglass.config import Project
from weatherglass.config.channels import Channel
from weatherglass.jobs.acting.sending import Sender
from weatherglass.state import State
from weatherglass.state.actor import SERVICE
from weatherglass.state.outbox import RETRIES, Draft

HELLO = Message(
    "episode.opened",
    "Acme & <b>Söhne</b>: nobody is there",
    "bad",
    (
        Facts((("Score", "41"), ("Tier", "red"))),
        Points("Why", ("use fell *far*", "<script>")),
        Line("one line"),
        Link("Open", "http://x/accounts/a%2Fb"),
    ),
    {"account_id": "acme", "alert_id": 7},
)


def channel(**options: Any) -> Channel:
    return Channel.model_validate({"name": "one", "allow_private": True, **options})


@pytest.fixture
def state(tmp_path: Path) -> Iterator[tuple[State, Clock]]:
    clock = Clock()
    with State(f"sqlite:///{tmp_path / 'state.db'}", clock) as opened:
        yield opened, clock


def drafts(clock: Clock, count: int, stream: str = "alert:1", to: str = "one", *, digest: bool = False) -> list[Draft]:
    return [
        Draft(to, stream, "test", "high", {**Message("test", f"{number}").body(), "digest": digest}, clock())
        for number in range(count)
    ]


def titles(bodies: list[Any]) -> list[str]:
    return [body["data"]["title"] for body in bodies]


def test_a_webhook_is_signed_as_the_standard_says(tmp_path: Path) -> None:
    with receiver(SECRET) as here:
        send(
            channel(kind="webhook", url=here.address, secrets=[SECRET]),
            HELLO,
            "msg_1",
            "2026-03-02T09:00:00Z",
            tmp_path,
        )
        assert here.wrong == []
        assert here.bodies[0]["type"] == "episode.opened"
        assert here.bodies[0]["timestamp"] == "2026-03-02T09:00:00Z"
        assert here.bodies[0]["data"]["account_id"] == "acme"
        assert here.headers[0]["webhook-id"] == "msg_1"


def test_while_a_secret_is_replaced_both_verify(tmp_path: Path) -> None:
    with receiver(FORMER) as here:
        both = channel(kind="webhook", url=here.address, secrets=[SECRET, FORMER])
        send(both, HELLO, "msg_1", "2026-03-02T09:00:00Z", tmp_path)
        assert here.wrong == []
        raw = json.dumps(here.bodies[0], ensure_ascii=False, separators=(",", ":")).encode()
        assert Webhook(SECRET).verify(raw, here.headers[0])


def test_a_secret_that_is_none_and_a_variable_that_is_missing_are_told(tmp_path: Path) -> None:
    for secret in ("whsec_short", "$WEATHERGLASS_NO_SUCH_SECRET"):
        with pytest.raises(Failed):
            send(channel(kind="webhook", url="http://127.0.0.1:9/", secrets=[secret]), HELLO, "m", "t", tmp_path)


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_is_a_failure(status: int, tmp_path: Path) -> None:
    with receiver() as there, receiver() as here:
        here.answered = lambda _: (status, {"Location": there.address})
        with pytest.raises(Failed, match="redirects are not followed"):
            send(channel(kind="slack", url=here.address), HELLO, "m", "t", tmp_path)
        assert there.bodies == []


def test_private_networks_are_refused_when_connected_to(tmp_path: Path) -> None:
    with receiver() as here:
        with pytest.raises(Failed, match="private network"):
            send(channel(kind="slack", url=here.address, allow_private=False), HELLO, "m", "t", tmp_path)
        named = here.address.replace("127.0.0.1", "localhost")
        with pytest.raises(Failed, match="private network"):
            send(channel(kind="slack", url=named, allow_private=False), HELLO, "m", "t", tmp_path)
        assert here.bodies == []
    with pytest.raises(Failed, match="private network"):
        connected("localhost", 25, private=False)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "::1", "::",
     "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "ff02::1"],
)  # fmt: skip
def test_which_addresses_are_private(address: str) -> None:
    assert not is_public(address)
    assert is_public("8.8.8.8") and is_public("2001:4860:4860::8888")


def raw(kept: Mailbox) -> bytes:
    content = kept.mails[0].content
    assert isinstance(content, bytes)
    return content


def test_a_mail_says_the_same_in_text_and_html(tmp_path: Path) -> None:
    with mailbox() as (kept, port):
        to = channel(kind="email", to=["ana@example.com"], server="127.0.0.1", port=port)
        send(to, HELLO, "msg_1", "2026-03-02T09:00:00Z", tmp_path)
        found = email.message_from_bytes(raw(kept), policy=email.policy.default)
    assert found["Subject"] == "Acme & <b>Söhne</b>: nobody is there"
    assert found["Message-ID"] == "<msg_1@weatherglass>"
    text, html = (part.get_content() for part in found.iter_parts())
    for words in ("use fell *far*", "one line", "Score"):
        assert words in text and words in html
    assert "<script>" in text and "<script>" not in html


def test_who_does_not_exist_is_not_tried_again(tmp_path: Path) -> None:
    with mailbox() as (kept, port):
        to = channel(kind="email", to=["nobody@example.com"], server="127.0.0.1", port=port)
        with pytest.raises(Failed) as failed:
            send(to, HELLO, "msg_1", "t", tmp_path)
    assert failed.value.final and kept.mails == []


def test_a_subject_cannot_bring_headers(tmp_path: Path) -> None:
    with mailbox() as (kept, port):
        to = channel(kind="email", to=["ana@example.com"], server="127.0.0.1", port=port)
        send(to, Message("x", "Acme\r\nBcc: eve@example.com\u2028x"), "msg_1", "t", tmp_path)
        found = email.message_from_bytes(raw(kept), policy=email.policy.default)
    assert found["Bcc"] is None


def test_failures_are_tried_again_by_the_schedule_and_in_order(state: tuple[State, Clock], tmp_path: Path) -> None:
    opened, clock = state
    with receiver(SECRET) as here:
        project = Project(channels=(channel(kind="webhook", url=here.address, secrets=[SECRET]),))
        here.answered = lambda number: (503 if number < 2 else 200, {})
        opened.outbox.add([*drafts(clock, 3), *drafts(clock, 1, "alert:2")])
        sender = Sender(opened, project, tmp_path)
        sender.round()
        # the first fails, and the channel is left alone for the rest of the round
        assert titles(here.bodies) == ["0"]
        clock.move(seconds=RETRIES[0] * 1.11)
        sender.round()
        clock.move(seconds=RETRIES[1] * 1.11)
        assert sender.round().sent == 4
        assert here.wrong == []
        # "0" is the first of both streams; those of one stream come one after the other
        assert [title for title in titles(here.bodies) if title != "0"] == ["1", "2"]
        assert len({headers["webhook-id"] for headers in here.headers}) == 4


def test_a_wish_to_wait_is_heard(state: tuple[State, Clock], tmp_path: Path) -> None:
    opened, clock = state
    with receiver() as here:
        here.answered = lambda number: (429, {"Retry-After": "900"}) if number == 0 else (200, {})
        opened.outbox.add(drafts(clock, 1))
        sender = Sender(opened, Project(channels=(channel(kind="slack", url=here.address),)), tmp_path)
        sender.round()
        clock.move(seconds=600)
        assert sender.round().sent == 0
        clock.move(seconds=301)
        assert sender.round().sent == 1


def test_410_switches_a_channel_off_and_others_hear_of_it(state: tuple[State, Clock], tmp_path: Path) -> None:
    opened, clock = state
    with receiver() as here:
        here.answered = lambda _: (410, {})
        log = Channel(name="log", kind="file", path="log.jsonl")
        sender = Sender(opened, Project(channels=(channel(kind="slack", url=here.address), log)), tmp_path)
        opened.outbox.add(drafts(clock, 2))
        sender.round()
        assert len(here.bodies) == 1 and "one" in opened.outbox.disabled()
        told = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
        assert [one["type"] for one in told] == ["channel.disabled"]
        here.answered = lambda _: (200, {})
        opened.outbox.enable(SERVICE, "one")
        clock.move(hours=1)
        assert sender.round().sent == 2


def test_what_cannot_be_sent_is_a_dead_letter_that_can_be_sent_again(
    state: tuple[State, Clock], tmp_path: Path
) -> None:
    opened, clock = state
    with receiver() as here:
        here.answered = lambda _: (500, {})
        sender = Sender(opened, Project(channels=(channel(kind="slack", url=here.address),)), tmp_path)
        opened.outbox.add(drafts(clock, 1))
        for _ in range(len(RETRIES) + 1):
            sender.round()
            clock.move(days=2)
        (dead,) = opened.outbox.letters("dead", None, 10)
        assert dead.attempts == len(RETRIES) + 1 == len(here.bodies) and "500" in str(dead.error)
        assert "every try has failed" in opened.outbox.disabled()["one"]
        here.answered = lambda _: (200, {})
        opened.outbox.enable(SERVICE, "one")
        again = opened.outbox.replay(SERVICE, dead.id)
        assert again.message_id == dead.message_id
        assert sender.round().sent == 1 and opened.outbox.letters("dead", None, 10) == []


def test_what_can_wait_comes_as_one_digest(state: tuple[State, Clock], tmp_path: Path) -> None:
    opened, clock = state
    with receiver() as here:
        sender = Sender(opened, Project(channels=(channel(kind="slack", url=here.address),)), tmp_path)
        for number in range(5):
            opened.outbox.add(drafts(clock, 1, f"alert:{number}", digest=True))
        assert sender.round().sent == 5
        assert len(here.bodies) == 1 and here.bodies[0]["text"] == "5 things that can wait"


def test_a_file_that_was_torn_keeps_its_next_line_whole(tmp_path: Path) -> None:
    here = tmp_path / "log.jsonl"
    here.write_bytes(b'{"half')
    send(channel(kind="file", path="log.jsonl"), HELLO, "msg_1", "t", tmp_path)
    assert json.loads(here.read_text().splitlines()[1])["id"] == "msg_1"
