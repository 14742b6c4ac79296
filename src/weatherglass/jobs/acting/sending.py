"""Sending what is in the outbox: at least once, in order within a stream, as long as it takes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.actions.channels.result import Failed
from weatherglass.actions.channels.sending import send
from weatherglass.actions.message import Block, Line, Link, Message, message
from weatherglass.actions.routing import Concern
from weatherglass.actions.telling import digest
from weatherglass.jobs.acting.alerting import drafted
from weatherglass.jobs.background import Background
from weatherglass.state.errors import NotFound
from weatherglass.state.state import utc_now

if TYPE_CHECKING:
    from weatherglass.config.channels import Channel
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.outbox import Letter
    from weatherglass.store import Store

MOST_IN_DIGEST = 50
MOST_PEOPLE = 20_000
REST_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass
class Sent:
    """What a round did."""

    sent: int = 0
    failed: int = 0


def people(store: Store, account_id: str) -> list[str]:
    """The users of an account, as far as it is known who they are and nobody has deactivated them."""
    rows = store.engine.rows(
        "SELECT user_id FROM (SELECT user_id FROM users WHERE account_id = $account UNION SELECT m.user_id "
        "FROM members AS m INNER JOIN account_ids AS n ON n.account = m.account WHERE n.account_id = $account) "
        "WHERE user_id NOT IN (SELECT user_id FROM users WHERE account_id = $account AND deactivated_at IS NOT NULL "
        "AND user_id IS NOT NULL) ORDER BY 1 LIMIT $most",
        {"account": account_id, "most": MOST_PEOPLE},
    )
    return [str(user) for (user,) in rows]


def nobody(_account_id: str) -> list[str]:
    """Of a sender that has no store to look into."""
    return []


class Sender:
    """Sends the outbox of one project. Only the process that holds the store has one.

    people: the users of an account. They are looked up when a message is sent and kept with none, so that whoever is
    erased in the meantime is not told of any more.
    """

    def __init__(
        self, state: State, project: Project, folder: Path, people: Callable[[str], list[str]] = nobody
    ) -> None:
        self._state, self._project, self._folder = state, project, folder
        self._people = people
        self._channels = {channel.name: channel for channel in project.channels}

    def round(self) -> Sent:
        """Send what is due now, each stream's messages one after the other, until nothing more is due."""
        done, failing = Sent(), set[str]()
        while letters := self._state.outbox.due(failing):
            for channel, together in _groups(letters):
                # who does not answer is not asked for each message: it is the next round's
                if channel not in failing and not self._send(channel, together, done):
                    failing.add(channel)
        return done

    def _send(self, name: str, letters: Sequence[Letter], done: Sent) -> bool:
        """Whether the channel takes more."""
        channel = self._channels.get(name)
        try:
            if channel is None:
                raise Failed(f"the project has no channel {name} any more", final=True)
            made, message_id = _one(letters, self._project.alerts.link)
            whom = self._people(made.data["account_id"]) if channel.kind == "segment" else ()
            send(channel, made, message_id, f"{letters[0].made_at.isoformat()}Z", self._folder, whom)
        except Failed as failed:
            done.failed += len(letters)
            self._failed(name, letters, failed)
            return failed.final and not failed.gone
        except Exception as error:  # noqa: BLE001 - a message nobody foresaw must not keep the others
            _log.exception("sending over %s", name)
            done.failed += len(letters)
            self._failed(name, letters, Failed(f"{type(error).__name__}: {error}"))
            return False
        self._state.outbox.sent(letters)
        done.sent += len(letters)
        return True

    def _failed(self, name: str, letters: Sequence[Letter], failed: Failed) -> None:
        _log.warning("channel %s: %s", name, failed)
        over = self._state.outbox.failed(letters, str(failed), wait=failed.wait, final=failed.final)
        if failed.gone or (over and not failed.final):
            reason = str(failed) if failed.gone else f"every try has failed: {failed}"
            self._disable(name, reason)

    def _disable(self, name: str, reason: str) -> None:
        """Stop sending there, and say so over the other channels."""
        self._state.outbox.disable(name, reason)
        blocks: tuple[Block, ...] = (
            Line(f"{reason}. Its messages wait."),
            Link("Open Weatherglass", self._project.alerts.link),
        )
        told = Message("channel.disabled", f"The channel {name} is switched off", "bad", blocks, {"channel": name})
        concern = Concern("channel.disabled", "critical")
        drafts = drafted(self._state, self._project, told, concern, (f"channel:{name}", "critical"))
        self._state.outbox.add([draft for draft in drafts if draft.channel != name])


def _groups(letters: Iterable[Letter]) -> list[tuple[str, list[Letter]]]:
    """Single messages, and of each channel those that wait for a digest together."""
    single: list[tuple[str, list[Letter]]] = []
    waiting: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter.body.get("digest"):
            waiting.setdefault(letter.channel, []).append(letter)
        else:
            single.append((letter.channel, [letter]))
    parts = [
        (channel, found[start : start + MOST_IN_DIGEST])
        for channel, found in waiting.items()
        for start in range(0, len(found), MOST_IN_DIGEST)
    ]
    return [*single, *parts]


def _one(letters: Sequence[Letter], link: str) -> tuple[Message, str]:
    """One message of several, and an id that is theirs alone."""
    if len(letters) == 1:
        return message(letters[0].body), letters[0].message_id
    name = hashlib.sha256(" ".join(letter.message_id for letter in letters).encode()).hexdigest()[:24]
    return digest([message(letter.body) for letter in letters], link), f"msg_{name}"


def try_channel(project: Project, name: str, folder: Path) -> None:
    """Send a message over a channel that says it is a test. Errors: NotFound, Failed."""
    channel: Channel | None = next((one for one in project.channels if one.name == name), None)
    if channel is None:
        raise NotFound(f"there is no channel {name!r}")
    send_test(channel, folder)


def send_test(channel: Channel, folder: Path) -> None:
    """The same over a channel that need not be the project's. Errors: Failed."""
    made = Message("test", f"A test of the channel {channel.name}", "good", (Line("Weatherglass can reach you."),), {})
    now = utc_now()
    send(channel, made, f"msg_test{int(now.timestamp() * 1000)}", f"{now.isoformat()}Z", folder)


class Pulse(Background):
    """Sends what is due while a store is served. Start it, stop it.

    sender: makes the one of each round, as channels may come and go meanwhile.
    """

    def __init__(self, sender: Callable[[], Sender]) -> None:
        super().__init__("sender")
        self._sender = sender

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._sender().round()
            except Exception:  # noqa: BLE001 - nothing is lost: the outbox keeps it
                _log.exception("sending")
            self._stopping.wait(REST_SECONDS)
