"""From the log into the store: each message becomes rows exactly once, in the transaction that moves the log's mark."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from weatherglass.engine import EngineError
from weatherglass.events.tables import BY_NAME
from weatherglass.events.wire import CALLS
from weatherglass.intake import calls, posthog
from weatherglass.intake.entries import Entry
from weatherglass.intake.plain import SHORTEST, Call, all_said, said
from weatherglass.intake.rejects import Refused
from weatherglass.jobs.incoming.arriving import CallsTaken, take_calls, take_rows
from weatherglass.jobs.incoming.parts import Part, Parts
from weatherglass.jobs.incoming.redacting import redactor
from weatherglass.rollups import calendar
from weatherglass.sources.errors import Reject, SourceError
from weatherglass.store.seen import Seen

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.intake.log import Log
    from weatherglass.store import Store

MARK = "intake_position"
"""The setting that holds how far the store has taken in the log."""
MOST_BYTES = 4 * 1024 * 1024
"""How much of the log is taken at a time."""
SAMPLE = 2000
BATCHES = ("batch", calls.IMPORT)
"""The kinds of messages that hold several calls of Segment."""


@dataclass(frozen=True)
class Limits:
    """What is taken of a message."""

    event_bytes: int = 32 * 1024
    """The largest event of a batch."""
    batch_events: int = 2500
    """The most events of a batch."""
    account_group: str = "company"
    """The group type of PostHog that is the account."""


@dataclass
class Drained:
    """What a stretch of the log has brought."""

    position: int
    messages: int = 0
    events: int = 0
    """New events."""
    repeated: int = 0
    """Events that were known already."""
    rows: Counter[str] = field(default_factory=Counter)
    """Rows that were new or changed, by table."""
    touched: dict[str, int] = field(default_factory=dict)
    """Account -> the first day on which something has changed."""
    disturbs: bool = False
    """Whether more has changed than the accounts that are named, so that a whole pass has to find it."""
    moved: bool = False
    """Whether events that waited have changed, or are gone."""
    refused: list[Refused] = field(default_factory=list)
    erase: int = 0
    """Requests to erase a person."""

    def join(self, later: Drained) -> None:
        """Take in what the stretch after this one has brought."""
        self.position = later.position
        self.messages += later.messages
        self.events += later.events
        self.repeated += later.repeated
        self.rows += later.rows
        self.disturbs |= later.disturbs
        self.moved |= later.moved
        self.erase += later.erase
        self.refused += later.refused
        self.add(later.touched)

    def add(self, touched: dict[str, int]) -> None:
        """Note accounts that have changed."""
        for account, day in touched.items():
            self.touched[account] = min(day, self.touched.get(account, day))


def mark(store: Store) -> int:
    """How far the store has taken in the log."""
    return int(store.setting(MARK) or 0)


class Drain:
    """Takes one log into one store."""

    def __init__(self, store: Store, project: Project, log: Log, limits: Limits | None = None) -> None:
        self._store = store
        self._project = project
        self._log = log
        self._limits = limits or Limits()
        self.seen = Seen(store)
        self.position = mark(store)
        # what lies in the log by now may have come in before anything was to be left out
        self._redacted_from = log.end
        self._redacting = redactor(project) if log.end > self.position else None
        calendar.define(store.engine, project.timezone)

    @property
    def waiting(self) -> int:
        """Bytes of the log that are not in the store yet."""
        return self._log.end - self.position

    def step(self) -> Drained | None:
        """Take in the next stretch; None when there is nothing.

        A message that the store cannot hold, whatever the reason, is refused by itself. Errors: EngineError when the
        store cannot be written at all; nothing has happened then.
        """
        entries = [self._redacted(entry) for entry in self._log.read(self.position, MOST_BYTES)]
        if not entries:
            return None
        try:
            done = self._take(entries)
        except (EngineError, SourceError, ValueError) as error:
            self._probe()
            done = self._take_singly(entries) if len(entries) > 1 else self._skip(entries[0], error)
        self.position = done.position
        self._log.forget(done.position)
        return done

    def _redacted(self, entry: Entry) -> Entry:
        if self._redacting is None or entry.position >= self._redacted_from:
            return entry
        with suppress(msgspec.MsgspecError, RecursionError):
            return msgspec.structs.replace(entry, body=self._redacting.body(entry.kind, entry.body))
        return entry

    def _probe(self) -> None:
        """Errors: EngineError when it is the store, and not what was to be stored, that is the matter."""
        with self._store.engine.transaction():
            self._store.remember("intake_probe", str(self.position))

    def _take_singly(self, entries: list[Entry]) -> Drained:
        whole = Drained(self.position)
        for entry in entries:
            try:
                done = self._take([entry])
            except (EngineError, SourceError, ValueError) as error:
                self._probe()
                done = self._skip(entry, error)
            whole.join(done)
        return whole

    def _skip(self, entry: Entry, error: Exception) -> Drained:
        done = Drained(entry.end, 1)
        done.refused.append(_refusal(entry, f"cannot be stored: {error}", "report this with the sample", "unstorable"))
        with self._store.engine.transaction():
            self._store.remember(MARK, str(done.position))
        return done

    def _take(self, entries: list[Entry]) -> Drained:
        done = Drained(entries[-1].end, len(entries))
        with self._store.engine.transaction():
            for kind, group in itertools.groupby(
                entries, key=lambda entry: entry.kind if entry.kind in BY_NAME else ""
            ):
                if kind:
                    self._take_rows(kind, list(group), done)
                else:
                    self._take_calls(list(group), done)
            self._store.remember(MARK, str(done.position))
        return done

    def _take_calls(self, entries: list[Entry], done: Drained) -> None:
        parts = Parts()
        for entry in entries:
            try:
                self._add(entry, parts, done)
            except msgspec.MsgspecError as error:
                done.refused.append(_refusal(entry, str(error), "send what the tracking API describes", "body"))
        if not parts:
            return
        taken: CallsTaken = take_calls(self._store, self._project, parts, self.seen)
        done.events += taken.arrived.kept
        done.repeated += taken.arrived.repeated
        done.disturbs |= taken.arrived.disturbs
        done.moved |= taken.arrived.moved
        done.rows += taken.rows
        done.add(taken.arrived.touched)
        done.refused += [_refused(parts[number - 1], reject) for number, reject in taken.rejects]

    def _add(self, entry: Entry, parts: Parts, done: Drained) -> None:
        """Note the calls of an entry; those of a batch that are too many or too large are refused."""
        found = self._said(entry)
        if found is not None:
            parts.extend(entry, found)
            return
        limits = self._limits
        for number, record in enumerate(self._calls(entry, done)):
            if entry.kind not in BATCHES or (number < limits.batch_events and len(record) <= limits.event_bytes):
                parts.add(Part(record, entry, number), said(record))
            elif number >= limits.batch_events:
                told = f"is event {number + 1:,} of a batch, and {limits.batch_events:,} are taken"
                done.refused.append(_refusal(entry, told, "send smaller batches", "count", sample=record))
            else:
                told = f"is larger than {limits.event_bytes:,} bytes"
                done.refused.append(_refusal(entry, told, "send fewer properties", "size", sample=record))

    def _said(self, entry: Entry) -> list[Call] | None:
        """What the calls of an entry say; None where something has to be filled in, corrected or left out."""
        if entry.kind in CALLS:
            call = said(entry.body, entry.received)
            return [call] if call is not None and call.type == entry.kind else None
        if entry.kind in BATCHES:
            found = all_said(entry.body, None if entry.kind == calls.IMPORT else entry.received)
            return found if found is not None and self._takes(entry, found) else None
        return None

    def _takes(self, entry: Entry, found: list[Call]) -> bool:
        """Whether the calls of a batch are within the limits, every one of them."""
        limits = self._limits
        if len(found) > limits.batch_events:
            return False
        largest = len(entry.body) - SHORTEST * (len(found) - 1)
        return largest <= limits.event_bytes or max(calls.sizes(entry.body), default=0) <= limits.event_bytes

    def _calls(self, entry: Entry, done: Drained) -> Iterable[bytes]:
        if entry.kind == "posthog":
            return posthog.calls(entry, self._limits.account_group)
        if entry.kind == "webhook":
            return self._delivered(entry, done)
        return calls.calls(entry)

    def _delivered(self, entry: Entry, done: Drained) -> Iterable[bytes]:
        """What Segment's webhook has delivered: calls, and requests to erase a person."""
        said = msgspec.json.decode(entry.body)
        for message in said if isinstance(said, list) else [said]:
            if isinstance(message, dict) and message.get("type") == "delete":
                self._ask_erasure(message, entry, done)
            else:
                yield msgspec.json.encode(message)

    def _ask_erasure(self, message: dict[str, object], entry: Entry, done: Drained) -> None:
        user = message.get("userId")
        if not isinstance(user, str) or not user:
            done.refused.append(_refusal(entry, "names nobody", "send userId", "missing", "userId"))
            return
        self._store.engine.execute("INSERT INTO erase_requests VALUES (?, make_timestamp(?))", [user, entry.received])
        done.erase += 1

    def _take_rows(self, name: str, entries: list[Entry], done: Drained) -> None:
        parts = [Part(row, entry, number) for entry in entries for number, row in enumerate(_records(entry.body))]
        taken = take_rows(self._store, self._project, BY_NAME[name], parts)
        done.rows[name] += taken.changed
        done.add(taken.touched)
        done.disturbs |= name == "users" and taken.changed > 0
        done.refused += [_refused(parts[number - 1], reject) for number, reject in taken.rejects]


def _records(body: bytes) -> list[bytes]:
    """One object, or the objects of a list."""
    if body.lstrip()[:1] == b"[":
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    return [body]


def _refused(part: Part, reject: Reject) -> Refused:
    return _refusal(part.entry, reject.reason, reject.mend, reject.code, reject.column, part.record)


def _refusal(
    entry: Entry, reason: str, mend: str, code: str, column: str | None = None, sample: bytes | None = None
) -> Refused:
    shown = (entry.body if sample is None else sample)[:SAMPLE].decode(errors="replace")
    return Refused(entry.key, entry.received, entry.kind, column or "", reason, mend, shown, code)
