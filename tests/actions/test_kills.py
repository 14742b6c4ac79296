"""Killed while it sends, again and again: no message is lost, and none overtakes another of its episode."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from effort import SLOW

from actions.receivers import SECRET, Receiver, receiver
from weatherglass.actions.message import Message
from weatherglass.state import State
from weatherglass.state.outbox import Draft
from weatherglass.state.state import utc_now

KILLS = 100 if SLOW else 3
STREAMS = 7
MESSAGES = 40 * KILLS

SENDER = """
import sys
from pathlib import Path
from weatherglass.config import Project
from weatherglass.config.channels import Channel
from weatherglass.jobs.acting.sending import Sender
from weatherglass.state import State
address, secret, folder = sys.argv[1:]
hook = Channel(name="hook", kind="webhook", url=address, secrets=(secret,), allow_private=True)
with State.open(Path(folder)) as state:
    sender = Sender(state, Project(channels=(hook,)), Path(folder))
    print("ready", flush=True)
    while state.outbox.letters("waiting", None, 1):
        sender.round()
"""


def filled(folder: Path) -> list[str]:
    """Messages in streams; their titles."""
    titles = [f"{number % STREAMS}:{number:05}" for number in range(MESSAGES)]
    with State.open(folder) as state:
        state.outbox.add(
            [
                Draft("hook", f"alert:{title[0]}", "test", "high", Message("test", title).body(), utc_now())
                for title in titles
            ]
        )
    return titles


def start(here: Receiver, folder: Path) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", SENDER, here.address, SECRET, str(folder)]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def test_nothing_is_lost_and_nothing_overtakes(tmp_path: Path) -> None:
    chance, titles, killed = random.Random(3), filled(tmp_path), 0
    with receiver(SECRET) as here:
        while killed < KILLS:
            before = len(here.bodies)
            process = start(here, tmp_path)
            while len(here.bodies) == before and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.05))
            assert process.poll() is None, "it was done before it could be killed"
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
            killed += 1
        process = start(here, tmp_path)
        assert process.wait(300) == 0
        assert process.stdout is not None
        process.stdout.close()
        assert here.wrong == []
        judged(here, titles)


def judged(here: Receiver, titles: list[str]) -> None:
    came: list[Any] = [body["data"]["title"] for body in here.bodies]
    assert set(came) == set(titles), "lost"
    ids = {title: headers["webhook-id"] for title, headers in zip(came, here.headers, strict=True)}
    assert len(set(ids.values())) == len(titles)
    for stream in range(STREAMS):
        mine = [title for title in came if title.startswith(f"{stream}:")]
        # what was under way when it was killed comes again, before what follows
        assert [title for title, _ in groupby(mine)] == sorted(set(mine))
