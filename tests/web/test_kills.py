"""A service that is killed while it is sent to: what it has answered for is there exactly once, and scores follow."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import random
import shutil
import threading
import time
from pathlib import Path

import pytest
from commands import weatherglass
from effort import SLOW
from held import COLUMNS, events, message_ids
from service import HEADERS, Service

from weatherglass.config import FILE_NAME, read_project
from weatherglass.jobs.live.provisional import Provisional
from weatherglass.jobs.live.store import today
from weatherglass.rollups import calendar
from weatherglass.simulation import simulate_company, write_company
from weatherglass.store import Store

KILLS = 200 if SLOW else 6
EVENTS = ("report_run", "login", "export_made", "invite_sent")
OFTEN = "from weatherglass.jobs.live import keeping_up\nkeeping_up.MOST_LIVE = 200"
"""Has events become segments several times a second, so that many of the kills meet that."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a history that ends yesterday. Do not touch: take a copy."""
    folder = tmp_path_factory.mktemp("company")
    end = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    write_company(simulate_company(25, 100, 5, end), folder / "data", "parquet")
    assert weatherglass("init", folder / "project").good
    assert weatherglass("load", folder / "data", "-p", folder / "project").good
    assert weatherglass("score", "-p", folder / "project").good
    return folder


class Sender(threading.Thread):
    """Sends until its connection breaks, and notes what was answered for."""

    def __init__(self, service: Service, name: str, again: list[bytes]) -> None:
        super().__init__()
        self._service = service
        self._name = name
        self._again = again
        self._chance = random.Random(name)
        self.answered: list[str] = []
        self.open: list[bytes] = []
        """Sent, and not answered for: it may be there or not, and is sent again."""

    def run(self) -> None:
        connection = self._service.connect()
        try:
            for number in range(1_000_000):
                body = self._again.pop() if self._again else self._message(number)
                self.open.append(body)
                path = "/v1/batch" if b'"batch"' in body else "/v1/track"
                connection.request("POST", path, body, HEADERS)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    continue
                self.answered += ids(body)
                self.open.pop()
        except (OSError, http.client.HTTPException):
            connection.close()

    def _message(self, number: int) -> bytes:
        if self._chance.random() < 0.3:
            calls = [self._call(f"{self._name}-{number}-{part}") for part in range(self._chance.randint(1, 30))]
            return json.dumps({"batch": calls}).encode()
        return json.dumps(self._call(f"{self._name}-{number}")).encode()

    def _call(self, message_id: str) -> dict[str, object]:
        ago = dt.timedelta(days=self._chance.choice([0] * 8 + [1, 30]), seconds=self._chance.randint(0, 3600))
        return {
            "type": "track",
            "event": self._chance.choice(EVENTS),
            "userId": f"user-{self._chance.randint(1, 40)}",
            "messageId": message_id,
            "timestamp": (dt.datetime.now(dt.UTC) - ago).isoformat(),
            "context": {"groupId": f"acct_{self._chance.randint(1, 30):04d}"},
            "properties": {"number": self._chance.randint(1, 9)},
        }


def ids(body: bytes) -> list[str]:
    said = json.loads(body)
    return [call["messageId"] for call in said.get("batch", [said])]


def test_what_was_answered_for_is_there_once_and_scores_are_those_of_a_batch(company: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(company / "project", project)
    answered: list[str] = []
    again: list[bytes] = []
    chance = random.Random(7)
    for number in range(KILLS):
        with Service(project, before=OFTEN) as service:
            senders = [Sender(service, f"{number}-{name}", again) for name in "ab"]
            for sender in senders:
                sender.start()
            if number % 10 != 9:
                _wait_for_answers(senders)
            time.sleep(chance.random() * chance.choice([0.1, 0.5, 1.5]))
            service.kill()
            for sender in senders:
                sender.join()
                answered += sender.answered
                again += sender.open
    with Service(project) as service:
        sender = Sender(service, "last", again)
        sender.start()
        time.sleep(1)
        assert service.stop() == 0
        sender.join()
        answered += sender.answered
    held = message_ids(project)
    assert len(answered) > 20 * KILLS
    assert set(answered) - set(held) == set()
    assert {name: count for name, count in held.items() if count != 1} == {}
    assert weatherglass("score", "-p", project).good
    _same_as_from_scratch(project, company / "data", tmp_path)


def _wait_for_answers(senders: list[Sender]) -> None:
    until = time.monotonic() + 100
    while not all(sender.answered for sender in senders) and time.monotonic() < until:
        time.sleep(0.005)


def _same_as_from_scratch(project: Path, data: Path, folder: Path) -> None:
    """The history, and the open day, are those of a project that was given the same events as files."""
    scratch = folder / "scratch"
    assert weatherglass("init", scratch).good
    live = folder / "live.parquet"
    with Store.open(project) as store:
        history = f"SELECT message_id FROM {events(store)} WHERE message_id IS NOT NULL"
        store.engine.execute(
            f"COPY (SELECT {COLUMNS} FROM {events(store)} WHERE message_id IN ({history})) TO '{live}'"
        )
    (folder / "events").mkdir()
    shutil.move(live, folder / "events" / "events_live.parquet")
    assert weatherglass("load", data, folder / "events", "-p", scratch).good
    assert weatherglass("score", "-p", scratch).good
    one, other = (_scores(place) for place in (project, scratch))
    assert one == other


def _scores(project: Path) -> tuple[list[tuple[object, ...]], list[dict[str, object]]]:
    configured = read_project(project / FILE_NAME)
    with Store.open(project) as store:
        kept = store.engine.rows(
            "SELECT a.account_id, s.* EXCLUDE (account, version) FROM scores AS s "
            "INNER JOIN account_ids AS a ON a.account = s.account ORDER BY ALL"
        )
        day = calendar.number(today(configured))
        rows = Provisional(store, configured, day).everyone().sort_by("account_id").to_pylist()
    return kept, rows
