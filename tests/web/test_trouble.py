"""A disk that fills up, clocks that jump, senders that are too many, and a service that is told to stop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from commands import process, weatherglass
from effort import SLOW
from held import message_ids
from service import HEADERS, Service, eventually, resident

WHEN = "2026-11-01T10:00:00Z"
MOST_MEMORY = 900_000_000
"""Bytes of its own that a service of one account may take up, whatever it is sent."""


def call(message_id: str, size: int = 10) -> dict[str, object]:
    properties = {"text": "x" * size}
    base = {"type": "track", "event": "run", "userId": "u1", "timestamp": WHEN, "context": {"groupId": "a1"}}
    return {**base, "messageId": message_id, "properties": properties}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=60m", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["mount", "-o", "remount,rw", place], check=False, capture_output=True)
    subprocess.run(["umount", "-l", place], check=True)


def send_until_refused(service: Service, name: str) -> tuple[list[str], int, dict[str, object], dict[str, str]]:
    """The ids that were answered for, and the first answer that was none."""
    answered: list[str] = []
    for number in range(100_000):
        message_id = f"{name}-{number}"
        body = json.dumps(call(message_id, 20_000)).encode()
        status, headers, said = service.ask("POST", "/v1/track", body)
        if status != 200:
            return answered, status, json.loads(said), headers
        answered.append(message_id)
    raise AssertionError("it never filled up")


def test_a_full_disk_is_said_and_got_over(small_disk: Path) -> None:
    project = small_disk / "project"
    assert weatherglass("init", project).good
    with Service(project) as service:
        assert service.post("/v1/track", call("first"))[0] == 200
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler = small_disk / "filler"
        filler.write_bytes(b"x" * (free - 1024 * 1024))
        answered, status, said, headers = send_until_refused(service, "full")
        assert status == 503
        assert "No space left" in str(said["message"])
        assert headers["retry-after"]
        assert service.ask("GET", "/healthz")[0] == 200
        filler.unlink()
        eventually(lambda: service.post("/v1/track", call("after"))[0] == 200)
        assert service.stop() == 0
    held = message_ids(project)
    assert set(held) == {"first", "after", *answered}
    assert set(held.values()) == {1}


def test_keys_are_known_on_a_full_disk(small_disk: Path) -> None:
    """That it cannot be noted when a key was used last lets nobody in or out."""
    project = small_disk / "project"
    assert weatherglass("init", project).good
    key, token = (
        weatherglass("keys", "create", "one", *more, "-p", project).out.strip() for more in ((), ("--token", "read"))
    )
    with Service(project) as service:
        reading = {"Authorization": f"Bearer {token}"}
        eventually(lambda: service.ask("GET", "/readyz", headers=reading)[0] == 200)
        service.post("/v1/track", call("first"))
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while file.write(b"x" * 65_536):
                file.flush()
        sending = {"Authorization": f"Bearer {key}"}
        status, said = next(
            (status, said)
            for status, said in (service.post("/v1/track", call("full", 20_000), sending) for _ in range(10_000))
            if status != 200
        )
        assert (status, said["code"]) == (503, "disk")
        status, _, answer = service.ask("GET", "/readyz", headers=reading)
        assert status == 503 and "No space left" in json.loads(answer)["why"]["intake"]
        assert service.ask("GET", "/metrics", headers=reading)[0] == 200
        filler.unlink()
        eventually(lambda: service.post("/v1/track", call("after"), sending)[0] == 200)
        assert service.ask("GET", "/readyz", headers=reading)[0] == 200
        assert service.stop() == 0


def test_a_disk_that_becomes_read_only(small_disk: Path) -> None:
    project = small_disk / "project"
    assert weatherglass("init", project).good
    with Service(project) as service:
        assert service.post("/v1/track", call("before"))[0] == 200
        # a file that is open for writing keeps a file system from becoming read-only: a limit does the same to it
        limit = ["prlimit", "--pid", str(service.process.pid), "--fsize=0:unlimited"]
        if subprocess.run(limit, check=False, capture_output=True).returncode:
            pytest.skip("prlimit is not here")
        status, said = service.post("/v1/track", call("while"))
        assert status == 503
        assert said["message"]
        assert service.post("/v1/track", call("while too"))[0] == 503
        subprocess.run(["prlimit", "--pid", str(service.process.pid), "--fsize=unlimited:unlimited"], check=True)
        eventually(lambda: service.post("/v1/track", call("after"))[0] == 200)
        assert service.stop() == 0
    assert dict(message_ids(project)) == {"before": 1, "after": 1}


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder on a disk that is mounted read-only over it; files that are open already stay as they are."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_log_on_a_disk_that_is_mounted_read_only(small_disk: Path) -> None:
    project = small_disk / "project"
    assert weatherglass("init", project).good
    log = project / ".weatherglass" / "intake"
    with Service(project) as service:
        with read_only(log):
            status, headers, said = service.ask("POST", "/v1/track", json.dumps(call("first")).encode())
            assert status == 503 and "Read-only file system" in json.loads(said)["message"], said
            assert headers["retry-after"]
            assert service.ask("GET", "/healthz")[0] == 200
        eventually(lambda: service.post("/v1/track", call("before"))[0] == 200)
        with read_only(log):
            # the file that is open was opened for writing: what goes into it is as safe as ever
            assert service.post("/v1/track", call("still"))[0] == 200
            # after an erasure the log goes on in a new file, which cannot be made
            assert weatherglass("erase", "--user", "nobody", "--yes", "-p", project).good
            for name in ("while", "while too"):
                status, said = service.post("/v1/track", call(name))
                assert status == 503 and "Read-only file system" in said["message"]
        eventually(lambda: service.post("/v1/track", call("after"))[0] == 200)
        assert service.stop() == 0
    assert dict(message_ids(project)) == {"before": 1, "still": 1, "after": 1}


def test_a_service_does_not_start_on_a_read_only_disk(small_disk: Path) -> None:
    project = small_disk / "project"
    assert weatherglass("init", project).good
    with Service(project) as service:
        assert service.post("/v1/track", call("before"))[0] == 200
        assert service.stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for arguments in (("serve", "--port", "0"), ("erase", "--user", "u1", "--yes"), ("score",)):
        refused = process(*arguments, "-p", project)
        assert refused.code == 1 and "ead-only file system" in refused.err, refused
        assert "Traceback" not in refused.err
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    with Service(project) as service:
        assert service.post("/v1/track", call("after"))[0] == 200
        assert service.stop() == 0
    assert dict(message_ids(project)) == {"before": 1, "after": 1}


def test_a_torn_tail_is_cut_off_and_said(project: Path) -> None:
    with Service(project) as service:
        assert service.post("/v1/track", call("whole"))[0] == 200
        service.kill()
    newest = max((project / ".weatherglass" / "intake").glob("*.log"))
    with newest.open("ab") as file:
        file.write(b"\x80\x00\x00\x00 torn")
    with Service(project) as service:
        assert service.post("/v1/track", call("after"))[0] == 200
        assert service.stop() == 0
    assert "unfinished message at its end" in service.log.read_text()
    assert dict(message_ids(project)) == {"whole": 1, "after": 1}


CLOCK = """
import datetime, time
from weatherglass.jobs.live import store as live
real_ns, real_today, start = time.time_ns, live.today, time.monotonic()
def jump():
    # two hours back after a second, a day ahead after six
    since = time.monotonic() - start
    return -7200 if 1 < since < 6 else 86400 if since >= 6 else 0
time.time_ns = lambda: real_ns() + jump() * 10**9
live.today = lambda project: real_today(project) + datetime.timedelta(days=jump() // 86400)
"""
"""The clock that stamps messages, and that which says which day it is."""


def test_a_clock_that_jumps_loses_nothing(project: Path) -> None:
    sent: list[str] = []
    with Service(project, before=CLOCK) as service:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            message_id = f"m{len(sent)}"
            body = {"event": "run", "userId": "u1", "messageId": message_id, "context": {"groupId": "a1"}}
            assert service.post("/v1/track", body) == (200, {"success": True})
            sent.append(message_id)
            time.sleep(0.02)
        assert service.stop() == 0
    assert "does not take in" not in service.log.read_text()
    held = message_ids(project)
    assert set(held) == set(sent)
    assert set(held.values()) == {1}


def test_what_is_open_is_finished_when_it_is_told_to_stop(project: Path) -> None:
    answered: list[str] = []

    def send(name: str, service: Service) -> None:
        connection = service.connect()
        try:
            for number in range(100_000):
                body = {"batch": [call(f"{name}-{number}-{part}") for part in range(50)]}
                connection.request("POST", "/v1/batch", json.dumps(body), HEADERS)
                if connection.getresponse().read() == b'{"success":true}':
                    answered.extend(f"{name}-{number}-{part}" for part in range(50))
        except OSError:
            connection.close()
        except Exception:  # noqa: BLE001 - the service is gone
            connection.close()

    with Service(project) as service:
        senders = [threading.Thread(target=send, args=(str(number), service)) for number in range(4)]
        for sender in senders:
            sender.start()
        eventually(lambda: len(answered) > 500)
        begun = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - begun < 25
        for sender in senders:
            sender.join()
    held = message_ids(project)
    assert set(answered) - set(held) == set()
    assert set(held.values()) == {1}


def test_too_many_are_told_to_come_again(project: Path) -> None:
    """With hardly any room to wait in, most of those who come at once are sent away, and nothing is lost."""
    answered: list[str] = []
    refused: list[dict[str, str]] = []

    def send(name: str, service: Service) -> None:
        connection = service.connect()
        for number in range(40):
            connection.request("POST", "/v1/track", json.dumps(call(f"{name}-{number}", 20_000)), HEADERS)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                answered.append(f"{name}-{number}")
            else:
                assert answer.status == 429
                refused.append({key.lower(): value for key, value in answer.getheaders()})
        connection.close()

    with Service(project, queue_bytes="25000") as service:
        senders = [threading.Thread(target=send, args=(str(number), service)) for number in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert service.stop() == 0
    assert refused and answered
    assert all(int(one["retry-after"]) >= 1 and int(one["x-ratelimit-reset"]) >= 1 for one in refused)
    held = message_ids(project)
    assert set(held) == set(answered)


@pytest.mark.slow
def test_memory_stays_flat_under_more_than_can_be_done(project: Path) -> None:
    """Ten minutes of as many batches as can be sent: what cannot be taken is sent away before memory grows."""
    seconds = 600 if SLOW else 30
    stop = time.monotonic() + seconds
    refused = [0]
    # a test that writes its messages slowly is one of what can be done
    one = json.dumps(call("%s", 100)).replace('"%s"', '"%s-%d-%d"')

    def send(name: str, service: Service) -> None:
        connection, number = service.connect(120), 0
        while time.monotonic() < stop:
            number += 1
            said = '{"batch":[' + ",".join(one % (name, number, part) for part in range(200)) + "]}"
            connection.request("POST", "/v1/batch", said, HEADERS)
            answer = connection.getresponse()
            answer.read()
            refused[0] += answer.status == 429
        connection.close()

    with Service(project, backlog_bytes=str(64 * 1024 * 1024)) as service:
        senders = [threading.Thread(target=send, args=(str(number), service)) for number in range(4)]
        for sender in senders:
            sender.start()
        seen = []
        while time.monotonic() < stop:
            # often enough to meet what is there for a moment, while events become a segment
            time.sleep(0.2)
            seen.append(resident(service.process.pid))
        for sender in senders:
            sender.join()
        late, middle = max(seen[-len(seen) // 4 :]), max(seen[len(seen) // 4 : len(seen) // 2])
        assert late < middle * 1.25 + 100_000_000, [one >> 20 for one in seen[::25]]
        assert max(seen) < MOST_MEMORY, [one >> 20 for one in seen[::25]]
        assert refused[0] or not SLOW
        assert service.stop() == 0
    shutil.rmtree(project)
