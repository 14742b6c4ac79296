"""Scores that follow what arrives: message by message they are those of a batch over the same events, to the bit."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import pytest
from effort import times
from held import events
from service import eventually

from weatherglass.config import Project
from weatherglass.config.retention import Retention
from weatherglass.engine import DuckDB
from weatherglass.intake.entries import packed
from weatherglass.jobs.incoming.catching_up import catch_up
from weatherglass.jobs.incoming.loading import load
from weatherglass.jobs.live import keeping_up
from weatherglass.jobs.live.provisional import Provisional
from weatherglass.jobs.live.store import Live, today
from weatherglass.jobs.privacy.forgetting import forget_served
from weatherglass.jobs.scoring.run import bring_up_to_date
from weatherglass.rollups import calendar
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state import State
from weatherglass.state.actor import SERVICE
from weatherglass.store import Store
from weatherglass.store.seen import Keys, Seen

PROJECT = Project()
NAMES = ("report_run", "login", "export_made", "invite_sent", "search_done")
YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(simulate_company(40, 110, 11, YESTERDAY), folder, "parquet")
    return folder


@pytest.fixture
def live(company: Path, tmp_path: Path) -> Iterator[Live]:
    store = Store.open(tmp_path)
    load(store, PROJECT, [company])
    served = Live(store, PROJECT)
    served.start()
    eventually(lambda: served.ready)
    yield served
    served.stop()


class Client:
    """Makes messages, and remembers them."""

    def __init__(self, live: Live, seed: int) -> None:
        self._live = live
        self._chance = random.Random(seed)
        self._numbers = itertools.count()
        self.calls: list[dict[str, Any]] = []

    def call(self, **said: Any) -> dict[str, Any]:
        chance = self._chance
        ago = dt.timedelta(days=chance.choice([0] * 9 + [1, 3, 40]), seconds=chance.randint(0, 40_000))
        call: dict[str, Any] = {
            "type": "track",
            "event": chance.choice(NAMES),
            "userId": f"user-{chance.randint(1, 60)}",
            "messageId": f"m-{next(self._numbers)}",
            "timestamp": (dt.datetime.now(dt.UTC) - ago).isoformat(),
            "context": {"groupId": f"acct_{chance.randint(1, 45):04d}"},
        }
        return {**call, **said}

    def send(self, *calls: dict[str, Any], kind: str = "batch") -> None:
        """Commit messages, and wait until they are scored."""
        self.calls += calls
        body = json.dumps({"batch": calls} if kind == "batch" else calls).encode()
        self._live.log.commit([packed(time.time_ns() // 1000, kind, "key", body)])
        self._live.arrived.set()
        settled(self._live)


def settled(live: Live) -> None:
    """Wait until all that the log holds is taken in and followed."""
    eventually(lambda: live.waiting == 0 or live.trouble)
    # not by `submit`: after that nothing is taken from what is kept between rounds
    live._writer.submit(int).result()
    assert live.trouble == ""


def scratch(
    live: Live, company: Path, folder: Path, rows: dict[str, list[dict[str, Any]]], project: Project = PROJECT
) -> list[dict[str, Any]]:
    """The open day of a store that was given the same from files."""
    folder.mkdir()
    live.stop()
    with Store.open(live._store.folder.parent) as store:
        catch_up(store, project)
        kept = f"SELECT * FROM {events(store)} WHERE message_id IS NOT NULL"
        store.engine.execute(f"COPY ({kept}) TO '{folder / 'events_live.parquet'}'")
    for table, said in rows.items():
        (folder / f"{table}_live.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said))
    with Store.open(folder / "store") as store:
        load(store, project, [company])
        load(store, project, [path for path in folder.iterdir() if path.is_file()])
        bring_up_to_date(store, project, YESTERDAY)
        day = calendar.number(today(project))
        return Provisional(store, project, day).everyone().sort_by("account_id").to_pylist()  # type: ignore[no-any-return]


def shown(live: Live) -> list[dict[str, Any]]:
    return live.newest.table().sort_by("account_id").to_pylist()  # type: ignore[no-any-return]


def differing(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[object]:
    """The account, the column and both values of each cell that differs."""
    return [
        (one["account_id"], name, one[name], other[name])
        for one, other in zip(rows, others, strict=True)
        for name in one
        if one[name] != other[name]
    ]


@pytest.mark.parametrize("seed", range(times(1)))
def test_what_follows_is_what_a_batch_gives(live: Live, company: Path, tmp_path: Path, seed: int) -> None:
    client = Client(live, seed)
    for size in (1, 3, 40, 1, 15):
        client.send(*(client.call() for _ in range(size)))
    seen = shown(live)
    # late events may move the growth of finished days, which is looked at again by a pass
    live.finish().result()
    after = shown(live)
    expected = scratch(live, company, tmp_path / "scratch", {})
    assert after == expected
    assert [row["account_id"] for row in seen] == [row["account_id"] for row in after]
    same = [one == other for one, other in zip(seen, after, strict=True)]
    assert sum(same) > 0.9 * len(same)


def test_what_follows_is_the_same_after_old_events_were_forgotten(company: Path, tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    load(store, PROJECT, [company])
    live = Live(store, PROJECT.model_copy(update={"retention": Retention(events=50)}))
    live.start()
    eventually(lambda: live.ready)
    client = Client(live, 21)
    client.send(*(client.call() for _ in range(20)))
    with State.open(store.folder) as state:
        counts = forget_served(live, state, SERVICE, today(PROJECT))
        assert counts["events"] > 1000
        client.send(*(client.call() for _ in range(20)))
        late = client.call(timestamp=(dt.datetime.now(dt.UTC) - dt.timedelta(days=55)).isoformat())
        client.send(late)
        assert [one.code for one in live.rejects.last()] == ["forgotten"]
        client.send(*(client.call() for _ in range(20)))
        assert forget_served(live, state, SERVICE, today(PROJECT)) == {}
    live.finish().result()
    seen = shown(live)
    assert differing(seen, scratch(live, company, tmp_path / "scratch", {})) == []


def test_without_late_events_no_pass_is_needed(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 3)
    now = dt.datetime.now(dt.UTC)
    # a feature that nobody had used concerns all accounts, and is for a pass to find
    client.send(*(client.call(event=name, timestamp=now.isoformat()) for name in NAMES))
    live.finish().result()
    for _ in range(6):
        client.send(*(client.call(timestamp=now.isoformat()) for _ in range(20)))
    seen = shown(live)
    expected = scratch(live, company, tmp_path / "scratch", {})
    assert differing(seen, expected) == []


def test_named_features_and_milestones_are_followed_too(company: Path, tmp_path: Path) -> None:
    settings = product_settings()
    names = [event for events in settings["product"]["features"].values() for event in events]
    names += ["setup_completed", "member_invited"]
    store, now = Store.open(tmp_path), dt.datetime.now(dt.UTC).isoformat()
    project = Project.model_validate(settings)
    load(store, project, [company])
    live = Live(store, project)
    live.start()
    eventually(lambda: live.ready)
    client, chance = Client(live, 8), random.Random(8)
    for _ in range(4):
        client.send(*(client.call(timestamp=now, event=chance.choice(names)) for _ in range(25)))
    assert live.newest.passes == 1
    assert differing(shown(live), scratch(live, company, tmp_path / "scratch", {}, project)) == []


def test_what_comes_during_a_pass_is_followed_at_once(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 5)
    now = dt.datetime.now(dt.UTC).isoformat()
    client.send(*(client.call(event=name, timestamp=now) for name in NAMES))
    live.finish().result()
    keeping = live._keeping
    assert keeping is not None
    follow, passes = keeping._between, live.newest.passes
    seen: list[tuple[int, Any]] = []

    def between() -> None:
        live.log.commit([packed(time.time_ns() // 1000, "track", "key", json.dumps(said).encode())])
        live._next_between = 0.0
        follow()
        seen.append((live.newest.passes, live.newest.of("acct_born")))

    said = client.call(timestamp=now, context={"groupId": "acct_born"})
    keeping._between = between
    keeping.disturbed()
    live.finish().result()
    keeping._between = follow
    assert [(one, row is not None) for one, row in seen] == [(passes, True)] * len(seen) and seen
    born = live.newest.of("acct_born")
    assert live.newest.passes == passes + 1 and born == seen[-1][1]
    live.submit(lambda _: None).result()
    assert differing(shown(live), scratch(live, company, tmp_path / "scratch", {})) == []


def test_rows_are_followed_too(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 5)
    now = dt.datetime.now(dt.UTC)
    account = shown(live)[3]["account_id"]
    tickets = [
        {"ticket_id": f"live-{number}", "account_id": account, "opened_at": now.isoformat(), "severity": "urgent"}
        for number in range(5)
    ]
    before = live.newest.of(account)
    client.send(*tickets, kind="tickets")
    after = live.newest.of(account)
    assert before is not None and after is not None
    assert after["dim_support_signals"] != before["dim_support_signals"]
    client.calls.clear()
    assert shown(live) == scratch(live, company, tmp_path / "scratch", {"tickets": tickets})


def test_events_without_an_account_follow_their_users_group(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 7)
    now = dt.datetime.now(dt.UTC)

    def at(seconds: int) -> str:
        return (now - dt.timedelta(seconds=seconds)).isoformat()

    client.send(client.call(userId="wanderer", context={}, timestamp=at(500)))
    client.send(client.call(type="group", userId="wanderer", groupId="acct_0003", timestamp=at(600)))
    client.send(client.call(userId="wanderer", context={}, timestamp=at(400)))
    client.send(client.call(type="group", userId="wanderer", groupId="new-account", timestamp=at(300)))
    client.send(client.call(userId="wanderer", context={}, timestamp=at(200)))
    placed = live.read(
        lambda store: store.engine.rows(
            "SELECT placed FROM live_events WHERE user_id = 'wanderer' AND type = 'track' ORDER BY \"timestamp\""
        )
    )
    assert placed == [("acct_0003",), ("acct_0003",), ("new-account",)]
    seen = shown(live)
    assert seen == scratch(live, company, tmp_path / "scratch", {})


def test_many_events_become_segments_beside_what_arrives(
    live: Live, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping_up, "MOST_LIVE", 60)
    client = Client(live, 3)
    for size in (40, 30, 1, 25, 3, 40, 1, 1, 30):
        client.send(*(client.call(timestamp=dt.datetime.now(dt.UTC).isoformat()) for _ in range(size)))
    call = client.calls[0]
    client.send(call, client.call())
    eventually(lambda: len(segments(live)) > 1 and waiting_events(live) < 60)
    assert all(rolled for _, rolled in segments(live))
    assert sum(rows for rows, _ in segments(live)) + waiting_events(live) == len(client.calls) - 1
    seen = shown(live)
    assert seen == scratch(live, company, tmp_path / "scratch", {})


@pytest.fixture
def on_the_way(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Client, Event]]:
    """Events that are being made a segment, which waits until the event is set."""
    monkeypatch.setattr(keeping_up, "MOST_LIVE", 5)
    going, there, real = Event(), Event(), Seen.drafted

    def held(seen: Seen, engine: DuckDB) -> list[Keys]:
        if current_thread().name == "sealing":
            there.set()
            while not going.is_set():
                engine.execute("SELECT count(*) FROM range(300_000_000)")
        return real(seen, engine)

    monkeypatch.setattr(Seen, "drafted", held)
    client = Client(live, 17)
    now = dt.datetime.now(dt.UTC)
    client.send(
        *(client.call(timestamp=(now - dt.timedelta(minutes=9)).isoformat()) for _ in range(5)),
        client.call(userId="wanderer", context={}, timestamp=(now - dt.timedelta(minutes=8)).isoformat()),
    )
    client.send(client.call(timestamp=now.isoformat()))
    assert there.wait(60)
    yield client, going
    going.set()


def test_what_comes_while_events_become_a_segment_is_followed_at_once(
    live: Live, company: Path, tmp_path: Path, on_the_way: tuple[Client, Event]
) -> None:
    client, going = on_the_way
    client.send(client.call(timestamp=dt.datetime.now(dt.UTC).isoformat(), context={"groupId": "meanwhile"}))
    assert "meanwhile" in {row["account_id"] for row in shown(live)}
    assert segments(live) == []
    going.set()
    eventually(lambda: len(segments(live)) == 1)
    # what came since then is live as before
    assert segments(live)[0][0] + waiting_events(live) == len(client.calls)
    assert waiting_events(live) > 0
    seen = shown(live)
    assert "meanwhile" in {row["account_id"] for row in seen}
    assert seen == scratch(live, company, tmp_path / "scratch", {})


@pytest.mark.parametrize(
    "how", ["an earlier self", "an earlier self of nobody's", "a group call", "another writer", "the end"]
)
def test_events_that_change_on_their_way_into_a_segment(
    live: Live, company: Path, tmp_path: Path, on_the_way: tuple[Client, Event], how: str
) -> None:
    client, going = on_the_way
    now = dt.datetime.now(dt.UTC)
    if how.startswith("an earlier self"):
        # the sixth is the wanderer's, whom no account is known of
        changed = client.calls[5 if how.endswith("nobody's") else 0]
        client.send({**changed, "timestamp": (now - dt.timedelta(minutes=20)).isoformat()})
    elif how == "a group call":
        at = (now - dt.timedelta(minutes=15)).isoformat()
        client.send(client.call(type="group", userId="wanderer", groupId="acct_0003", timestamp=at))
    elif how == "another writer":
        live.submit(lambda store: store.remember("somebody", "was here")).result()
    else:
        live.stop()
    going.set()
    if how != "the end":
        client.send(client.call(timestamp=now.isoformat()))
        eventually(lambda: len(segments(live)) > 0)
        client.send(client.call(timestamp=now.isoformat(), context={"groupId": "acct_0003"}))
    seen = shown(live)
    given = {call["messageId"] for call in client.calls}
    expected = scratch(live, company, tmp_path / "scratch", {})
    assert seen == expected
    with Store.open(live._store.folder.parent) as store:
        held = store.engine.rows(
            f"SELECT message_id, \"timestamp\" FROM {events(store)} WHERE starts_with(message_id, 'm-')"
        )
    assert len(held) == len(given)
    earliest = {name: min(one["timestamp"] for one in client.calls if one["messageId"] == name) for name in given}
    assert {name: at.replace(tzinfo=dt.UTC) for name, at in held} == {
        name: dt.datetime.fromisoformat(at) for name, at in earliest.items()
    }


def segments(live: Live) -> list[tuple[int, bool]]:
    """How many events the segments of live events hold, and whether they are rolled up."""
    return live.read(lambda store: store.engine.rows("SELECT \"rows\", rolled FROM segments WHERE source = 'live'"))


def waiting_events(live: Live) -> int:
    return int(live.read(lambda store: store.engine.row("SELECT count(*) FROM live_events")[0]))


def test_a_message_counts_once_whenever_it_comes_again(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 9)
    call = client.call()
    client.send(call)
    client.send(call, call)
    assert (live.totals.events, live.totals.repeated) == (1, 2)
    live.finish().result()
    client.send(call)
    assert (live.totals.events, live.totals.repeated) == (1, 3)
    live.stop()
    again = Live(Store.open(live._store.folder.parent), PROJECT)
    again.start()
    eventually(lambda: again.ready)
    Client(again, 9).send(call)
    assert (again.totals.events, again.totals.repeated) == (0, 1)
    again.stop()


def test_of_two_events_with_one_id_the_earlier_counts(live: Live, company: Path, tmp_path: Path) -> None:
    client = Client(live, 13)
    call = client.call(messageId="twice")
    early = (dt.datetime.fromisoformat(call["timestamp"]) - dt.timedelta(hours=3)).isoformat()
    client.send(call)
    client.send({**call, "timestamp": early})
    other = client.call(messageId="twice too", timestamp=call["timestamp"])
    client.send(other)
    live.finish().result()
    client.send({**other, "timestamp": early})
    live.finish().result()
    held = live.read(
        lambda store: store.engine.rows(
            f"SELECT message_id, \"timestamp\" FROM {events(store)} WHERE message_id LIKE 'twice%' ORDER BY 1"
        )
    )
    when = dt.datetime.fromisoformat(early).replace(tzinfo=None)
    assert held == [("twice", when), ("twice too", when)]
    seen = shown(live)
    assert seen == scratch(live, company, tmp_path / "scratch", {})


def test_what_group_calls_say_is_merged(live: Live) -> None:
    client = Client(live, 15)
    client.send(client.call(type="group", userId="u", groupId="g", traits={"name": "One", "plan": "pro", "x": 1}))
    client.send(client.call(type="group", userId="u", groupId="g", traits={"seats": 7, "y": 2}))
    found = live.read(
        lambda store: store.engine.rows("SELECT name, plan, seats, traits FROM accounts WHERE account_id = 'g'")
    )
    assert found == [("One", "pro", 7, '{"x":1,"y":2}')]


def test_a_message_that_cannot_be_stored_is_refused_by_itself(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from weatherglass.jobs.incoming import arriving, draining

    real = arriving.take_calls

    def failing(store: Any, project: Any, parts: Any, seen: Any) -> Any:
        if any(b"poison" in part.record for part in parts):
            raise ValueError("it cannot be")
        return real(store, project, parts, seen)

    monkeypatch.setattr(draining, "take_calls", failing)
    client = Client(live, 17)
    now = time.time_ns() // 1000
    bodies = [json.dumps({"batch": [client.call(messageId=name)]}).encode() for name in ("good", "poison", "fine")]
    live.log.commit([packed(now, "batch", "key", body) for body in bodies])
    live.arrived.set()
    settled(live)
    assert live.totals.events == 2
    [refused] = live.rejects.last()
    assert (refused.code, "it cannot be" in refused.reason, "poison" in refused.sample) == ("unstorable", True, True)
