"""Loading files: all of them become part of the store, or none does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.engine import EngineError
from weatherglass.engine.dialect import identifier
from weatherglass.events.tables import BY_NAME
from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.incoming.admitting import Admission
from weatherglass.jobs.incoming.redacting import redaction, redactor
from weatherglass.sources.files import SourceFile, discover
from weatherglass.sources.reading import Reading, read
from weatherglass.store.errors import StoreError
from weatherglass.store.facts import upsert
from weatherglass.store.incoming import EventFile, Incoming, Landed, digest

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.events.redacting import Redactor
    from weatherglass.store import Store


@dataclass(frozen=True)
class LoadedFile:
    """One file of a load."""

    name: str
    table: str
    rows: int
    """Rows read."""
    new: int
    """Rows that were new or changed something."""
    rejected: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    rejects: tuple[str, ...] = ()
    """The first rejected values, in words."""


@dataclass
class Load:
    """What a load did, file by file, and what it had to say."""

    files: list[LoadedFile] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def load(
    store: Store,
    project: Project,
    paths: Iterable[Path | str],
    *,
    lenient: bool = False,
    told: Callable[[str], None] | None = None,
) -> Load:
    """Take files into the store.

    lenient: leave out rows with values that cannot be used and count them, instead of refusing the load.
    told: is given the name of each file as its turn comes.
    Errors: SourceError names file, row, column, value and the mend; StoreError when the store could not be written.
    Either way the store is as it was.
    """
    report = Load()
    files = discover(paths, project.sources, report.notices.append)
    redacting = redactor(project) if store.keeps_events else None
    loading = _Loading(store, project, lenient, report, redacting)
    incoming = Incoming(store)
    try:
        with redaction(store.engine, redacting), store.engine.transaction():
            for file in files:
                if told is not None:
                    told(file.name)
                loading.take(file, incoming)
            landed = incoming.land()
    except BaseException as error:
        incoming.undo()
        if isinstance(error, (EngineError, OSError)):
            raise StoreError(f"{store.folder}: nothing was loaded, the store is as it was: {error}") from error
        raise
    finally:
        loading.close()
    incoming.settle()
    loading.note(landed)
    return report


class _Loading:
    def __init__(self, store: Store, project: Project, lenient: bool, report: Load, redacting: Redactor | None) -> None:
        self._store = store
        self._engine = store.engine
        self._project = project
        self._lenient = lenient
        self._report = report
        self._open: list[Reading] = []
        self._kept: list[str] = []
        self._events: dict[str, Reading] = {}
        self._admission = Admission(store, project, redacting)
        # a file that was loaded under another redaction is another file
        self._redacted = "" if redacting is None else f" {redacting.fingerprint}"
        self._chosen_by = frozenset(
            column
            for configured in (project, *Epochs.read(store).projects)
            for card in configured.scorecards
            for column in (*card.where, *(cohort for _, cohort in card.ranked))
        )

    def take(self, file: SourceFile, incoming: Incoming) -> None:
        is_events = file.table.name == "events"
        how = f"{file.content} {file.mapping.model_dump_json()} {self._project.timezone}{self._redacted}"
        known = digest(file.path, how) if is_events else ""
        if is_events and incoming.holds(known):
            self._report.files.append(LoadedFile(file.name, "events", 0, 0))
            self._report.notices.append(f"{file.name}: loaded before, nothing new")
            return
        reading = read(self._engine, file, self._project.timezone, lookup=self._lookup(), lenient=self._lenient)
        self._open.append(reading)
        self._report.notices += [
            notice if file.name in notice else f"{file.name}: {notice}" for notice in reading.notices
        ]
        if is_events:
            self._events[reading.file.name] = reading
            incoming.add(self._admitted(reading, known))
        else:
            rows = self._admission.facts(file.table, reading.relation)
            new = upsert(self._engine, file.table, rows, self._chosen_by)
            self._report.files.append(_told(reading, new))

    def _admitted(self, reading: Reading, known: str) -> EventFile:
        """A file of events without those that are too old to be taken, and without what is to be left out."""
        file, source = _event_file(reading, known), reading.relation
        kept = self._admission.events(source, reading.first) if reading.rows else None
        if kept is None:
            return file
        if (past := self._admission.past_events(reading.first)) is not None:
            old, since = self._engine.row(f"SELECT count(*) FROM {source} WHERE {past}")[0], self._admission.events_from
            told = f"{reading.file.name}: {old:,} events before {since} left out, as `retention:` says"
            self._report.notices += [told] if old else []
        self._kept.append(f"admitted_{len(self._kept) + 1}")
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(self._kept[-1])} AS {kept}")
        return replace(file, relation=identifier(self._kept[-1]), verbatim=None)

    def note(self, landed: list[Landed]) -> None:
        for one in landed:
            self._report.files.append(_told(self._events[one.name], one.new))

    def close(self) -> None:
        for reading in self._open:
            reading.close(self._engine)
        self._open.clear()
        for table in self._kept:
            self._engine.execute(f"DROP TABLE IF EXISTS {identifier(table)}")
        self._kept.clear()

    def _lookup(self) -> Callable[[str], str | None]:
        # tables that accounts are looked up in are read first, so their rows are in the store by now
        def lookup(table: str) -> str | None:
            key, name = identifier(BY_NAME[table].key[0]), identifier(table)
            if not self._engine.row(f"SELECT count(*) FROM {name}")[0]:
                return None
            return f"(SELECT {key}, max(account_id) AS account_id FROM {name} GROUP BY {key})"

        return lookup


def _event_file(reading: Reading, known: str) -> EventFile:
    sources = {match.column: match for match in reading.matches}
    needed = ("account_id", "user_id", "name", "timestamp")
    # a file in which there is no row has no columns either
    canonical = reading.passthrough and all(sources[name].how == "exact" for name in needed)
    canonical = canonical and all(match.how in ("exact", "missing") for match in reading.matches)
    verbatim = canonical and not reading.has_message_id and not reading.in_nanoseconds
    return EventFile(
        name=reading.file.name,
        digest=known,
        relation=reading.relation,
        rows=reading.rows,
        first_at=reading.first,
        last_at=reading.last,
        has_gaps=reading.has_null_account,
        has_type=sources["type"].how == "exact" if "type" in sources else False,
        verbatim=reading.file.path if verbatim else None,
    )


def _told(reading: Reading, new: int) -> LoadedFile:
    return LoadedFile(
        reading.file.name,
        reading.table.name,
        reading.rows,
        new,
        reading.rejected_rows,
        reading.reasons,
        tuple(str(reject) for reject in reading.rejects),
    )
