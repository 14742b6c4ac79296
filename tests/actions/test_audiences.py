"""Audiences in step with the outside: Segment's traits, signed webhooks, a file, CSV and a table, after real days."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from state.conftest import Clock

from actions.receivers import SECRET, Receiver, receiver
from weatherglass import workspace
from weatherglass.actions.channels.result import Failed
from weatherglass.actions.channels.sending import send
from weatherglass.actions.formats.segment import MOST_CALLS, segment, trait
from weatherglass.actions.message import Message
from weatherglass.config import FILE_NAME, Project
from weatherglass.config.channels import SEGMENT_URL, Channel
from weatherglass.config.errors import ConfigError
from weatherglass.jobs.acting.audiences import ENTERED, LEFT, resend
from weatherglass.jobs.acting.following_up import act
from weatherglass.jobs.acting.sending import Sender, people, try_channel
from weatherglass.jobs.live import snapshot
from weatherglass.state import NotFound, State
from weatherglass.state.actor import command_line
from weatherglass.state.outbox import RETRIES
from weatherglass.workspace import Workspace

ME = command_line("ann")
END = dt.date(2026, 6, 30)
EARLY = END - dt.timedelta(days=10)
NAME, TRAIT = "Renewal soon!", "weatherglass_renewal_soon"
RENEWS = {"soon": 25, "past": -3, "far": 300}
"""Account -> days after the end on which it renews: `past` is in the audience first, `soon` at the end."""


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audiences")
    accounts = [
        {"account_id": one, "name": one, "owner": "ana", "renewal_date": END + dt.timedelta(days=days)}
        for one, days in RENEWS.items()
    ]
    users = [
        {
            "user_id": f"{one}-{who}",
            "account_id": one,
            "deactivated_at": END - dt.timedelta(days=90) if who == 2 else "",
        }
        for one in RENEWS
        for who in range(3)
    ]
    events = [
        {"account_id": one, "user_id": f"{one}-{who}", "name": "edit", "timestamp": END - dt.timedelta(days=day)}
        for one in RENEWS
        # the fourth is known by what they do alone
        for who in (0, 1, 3)
        for day in range(100)
    ]
    for name, rows in (("accounts", accounts), ("users", users), ("events", events)):
        write(folder / "data", name, rows)
    audience = {"name": NAME, "when": {"renewal_days": 30}}
    settings = {"name": "A", "audiences": [audience], "alerts": {"enabled": False}, "plays": {}}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings), encoding="utf-8")
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update(END)
    return folder


@pytest.fixture
def opened(project: Path) -> Iterator[Workspace]:
    with workspace.open(project) as found:
        yield found


def heard(opened: Workspace, **addresses: str) -> Project:
    """The project with a channel of each kind; what each hears of is audiences alone."""
    channels = []
    for kind, address in addresses.items():
        more = {"write_key": "the-key"} if kind == "segment" else {"secrets": [SECRET]} if kind == "webhook" else {}
        where = {"path": address} if kind == "file" else {"url": address, "allow_private": True}
        channels.append(Channel.model_validate({"name": kind, "kind": kind, **where, **more}))
    return opened.project.model_copy(update={"channels": tuple(channels)})


def calls(outside: Receiver, kind: str) -> list[dict[str, Any]]:
    return [call for body in outside.bodies for call in body["batch"] if call["type"] == kind]


def test_who_enters_and_who_leaves_is_told_everywhere(opened: Workspace, tmp_path: Path) -> None:
    with receiver() as traits, receiver(SECRET) as hook, State.open(tmp_path) as state:
        project = heard(opened, segment=traits.address, webhook=hook.address, file="log.jsonl")
        sender = Sender(state, project, tmp_path, partial(people, opened.store))
        act(opened.store, state, project, EARLY)
        assert state.plays.memberships() == [(NAME, "past", EARLY)]
        sender.round()
        act(opened.store, state, project, END)
        assert sender.round().failed == 0
        assert state.plays.memberships() == [(NAME, "soon", END)]
        _told_to_segment(traits)
        told = [(body["type"], body["data"]["account_id"]) for body in hook.bodies]
        assert hook.wrong == []
        assert sorted(told) == [
            ("audience.entered", "past"), ("audience.entered", "soon"), ("audience.left", "past")
        ]  # fmt: skip
        assert told.index(("audience.entered", "past")) < told.index(("audience.left", "past"))
        lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        assert sorted((line["type"], line["data"]["account_id"]) for line in lines) == sorted(told)
        act(opened.store, state, project, END)
        assert sender.round().sent == 0, "what has not changed is not told again"
        _for_readers(opened, state)
        none = project.model_copy(update={"audiences": ()})
        state.episodes.reach("plays", EARLY.isoformat())
        act(opened.store, state, none, END)
        Sender(state, none, tmp_path, partial(people, opened.store)).round()
        assert state.plays.memberships() == [] and hook.bodies[-1]["type"] == "audience.left"


def _told_to_segment(traits: Receiver) -> None:
    key = base64.b64encode(b"the-key:").decode()
    assert {one["authorization"] for one in traits.headers} == {f"Basic {key}"}
    groups = [(one["groupId"], one["traits"][TRAIT]) for one in calls(traits, "group")]
    assert sorted(groups) == [("past", False), ("past", True), ("soon", True)]
    assert groups.index(("past", True)) < groups.index(("past", False))
    for one in calls(traits, "group"):
        assert 0 <= one["traits"]["weatherglass_score"] <= 100 and one["traits"]["weatherglass_tier"]
        assert one["anonymousId"].startswith("weatherglass-")
    whom = [(one["userId"], one["traits"][TRAIT], one["context"]["groupId"]) for one in calls(traits, "identify")]
    expected = [("past", True), ("past", False), ("soon", True)]
    assert sorted(whom) == sorted((f"{one}-{who}", into, one) for one, into in expected for who in (0, 1, 3))
    ids = [call["messageId"] for body in traits.bodies for call in body["batch"]]
    assert len(set(ids)) == len(ids)


def _for_readers(opened: Workspace, state: State) -> None:
    file, _ = snapshot.publish(opened.store, (), state.plays.memberships())
    with duckdb.connect(str(file), read_only=True) as reader:
        rows = reader.execute("SELECT audience, account_id, since FROM audience_members").fetchall()
    assert rows == [(NAME, "soon", END)]


def test_what_did_not_arrive_is_sent_again_under_the_same_ids(opened: Workspace, tmp_path: Path) -> None:
    clock = Clock()
    with receiver() as traits, State(f"sqlite:///{tmp_path / 'state.db'}", clock) as state:
        project = heard(opened, segment=traits.address)
        traits.answered = lambda number: (503 if number == 0 else 200, {})
        act(opened.store, state, project, EARLY)
        sender = Sender(state, project, tmp_path, partial(people, opened.store))
        assert sender.round().failed == 1
        clock.move(seconds=RETRIES[0] * 1.11)
        assert sender.round().sent == 1
        first, again = traits.bodies
        assert first == again and first["batch"][0]["messageId"]


def test_a_whole_audience_is_told_again_after_dead_letters(opened: Workspace, tmp_path: Path) -> None:
    clock = Clock()
    with receiver(SECRET) as hook, receiver() as traits, State(f"sqlite:///{tmp_path / 'state.db'}", clock) as state:
        project = heard(opened, webhook=hook.address, segment=traits.address)
        sender = Sender(state, project, tmp_path, partial(people, opened.store))
        hook.answered = traits.answered = lambda _: (503, {})
        act(opened.store, state, project, EARLY)
        act(opened.store, state, project, END)
        waiting = {"webhook", "segment"}
        while waiting:
            sender.round()
            assert state.outbox.disabled().keys() <= waiting
            for channel in waiting:
                # whoever mends it says so, and it was not mended
                state.outbox.enable(ME, channel)
            clock.move(seconds=RETRIES[-1] * 1.11)
            waiting = {channel for channel, kept in state.outbox.counts() if kept == "waiting"}
        dead = len(state.outbox.dead((ENTERED, LEFT)))
        assert dead == 6 and {one.type for one in state.outbox.dead((ENTERED, LEFT))} == {ENTERED, LEFT}
        hook.answered = traits.answered = lambda _: (200, {})
        hook.bodies.clear()
        traits.bodies.clear()
        found = resend(opened.store, state, project, ME, NAME)
        assert (found.members, found.left, found.replaced, found.messages) == (1, 1, dead, 4)
        assert sender.round().failed == 0 and state.outbox.dead((ENTERED, LEFT)) == []
        told = [(body["type"], body["data"]["account_id"]) for body in hook.bodies]
        assert sorted(told[-2:]) == [(ENTERED, "soon"), (LEFT, "past")] and hook.wrong == []
        assert float(hook.bodies[-1]["data"]["score"]) >= 0 and hook.bodies[-1]["data"]["owner"] == "ana"
        groups = {one["groupId"]: one["traits"][TRAIT] for one in calls(traits, "group")}
        assert groups == {"soon": True, "past": False}
        noted = state.audit.entries(None, 9, "told again")[0]
        assert (noted.subject, noted.after) == (f"audience:{NAME}", {"messages": 4, "replaced": 6})
        again = resend(opened.store, state, project, ME, NAME)
        assert (again.members, again.left, again.replaced, again.messages) == (1, 0, 0, 2)
        with pytest.raises(NotFound, match="Renewal soon!"):
            resend(opened.store, state, project, ME, "none")


def test_people_of_a_sender_without_a_store_are_nobody(opened: Workspace, tmp_path: Path) -> None:
    with receiver() as traits, State.open(tmp_path) as state:
        project = heard(opened, segment=traits.address)
        act(opened.store, state, project, EARLY)
        assert Sender(state, project, tmp_path).round().sent == 1
        assert calls(traits, "group") and not calls(traits, "identify")


def test_a_test_and_the_guard(opened: Workspace, tmp_path: Path) -> None:
    with receiver() as traits:
        project = heard(opened, segment=traits.address)
        try_channel(project, "segment", tmp_path)
        assert calls(traits, "track")[0]["anonymousId"] == "weatherglass"
        closed = project.channels[0].model_copy(update={"allow_private": False})
        with pytest.raises(Failed, match="private network"):
            send(closed, Message("test", "x"), "m", "2026-01-01T00:00:00Z", tmp_path)
        assert len(traits.bodies) == 1
        missing = project.channels[0].model_copy(update={"write_key": "$NO_SUCH_KEY"})
        with pytest.raises(Failed, match="NO_SUCH_KEY"):
            send(missing, Message("test", "x"), "m", "2026-01-01T00:00:00Z", tmp_path)


def test_segment_hears_of_nothing_else() -> None:
    one = Channel.model_validate({"name": "s", "kind": "segment", "write_key": "k"})
    assert one.takes("audience.entered") and not one.takes("episode.opened") and one.url is None
    assert SEGMENT_URL.startswith("https://")
    with pytest.raises((ConfigError, ValueError), match="write_key"):
        Channel.model_validate({"name": "s", "kind": "segment"})


def test_many_people_are_several_batches() -> None:
    told = Message("audience.left", "x", data={"audience": "  É vip  ", "account_id": "a", "score": "no score"})
    users = [f"u{number}" for number in range(MOST_CALLS + 5)]
    batches = list(segment(told, "msg_1", "2026-01-01T00:00:00Z", users))
    assert [len(one["batch"]) for one in batches] == [MOST_CALLS, 6]
    assert batches[0]["batch"][0]["traits"] == {trait("  É vip  "): False} == {"weatherglass_vip": False}
    ids = [call["messageId"] for one in batches for call in one["batch"]]
    assert len(set(ids)) == len(users) + 1 and ids[0] == "msg_1-0"
    assert max(len(json.dumps(one)) for one in batches) < 500_000
