"""Events on their way in: duplicates by message id and files loaded before are taken out, the rest becomes segments."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weatherglass.engine.dialect import identifier, literal
from weatherglass.store.store import Store

COLUMNS = ("account_id", "user_id", "name", "timestamp", "type", "message_id", "properties")
TOGETHER = 64
"""Files to a statement."""
_ROW = ", ".join(identifier(name) for name in COLUMNS)
# which of two events at one instant comes first, so that the order of loading does not decide: nothing before
# anything, and no type is a track
TIE = (
    "[coalesce(account_id, ''), coalesce(user_id, ''), name, lower(coalesce(nullif(type, ''), 'track')), "
    "coalesce(type, ''), coalesce(properties, '')]"
)
_EARLIEST = f'"timestamp", {TIE}, file, row_number'
# everything that tells two events without an id apart, as one text: NULLs compare like values
_CONTENT = 'CAST(to_json([account_id, user_id, name, CAST("timestamp" AS VARCHAR), type, properties]) AS VARCHAR)'


@dataclass(frozen=True)
class EventFile:
    """A file of events as it was read: `relation`, as it stands in FROM, has the canonical columns and `row_number`."""

    name: str
    digest: str
    relation: str
    rows: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    has_gaps: bool
    has_type: bool
    verbatim: Path | None
    """The file itself, where it is a segment as it lies: canonical columns, proven good, without message ids."""


@dataclass(frozen=True)
class Landed:
    """What became of a file's events: how many were new."""

    name: str
    rows: int
    new: int


def digest(path: Path, reading: str) -> str:
    """What identifies a file's content, and the way it is read."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{content}:{hashlib.sha256(reading.encode()).hexdigest()[:16]}"


class Incoming:
    """One load's events. Use inside a transaction; `undo` takes the files away again when it fails."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._engine = store.engine
        self._load = int(self._engine.row("SELECT coalesce(max(load), 0) + 1 FROM segments")[0])
        self._known: dict[str, list[tuple[int, str]]] = {}
        for number, digest_ in self._engine.rows("SELECT segment, digest FROM segments"):
            self._known.setdefault(digest_.partition(":")[0], []).append((number, digest_))
        self._older = self._engine.rows(
            'SELECT segment, path, first_at, last_at FROM segments WHERE "rows" > 0 ORDER BY segment'
        )
        self._next = int(self._engine.row("SELECT coalesce(max(segment), 0) + 1 FROM segments")[0])
        self._noted: list[tuple[object, ...]] = []
        self._files: list[EventFile] = []
        self._direct: list[EventFile] = []
        self._written: list[Path] = []
        self._replaced: list[Path] = []

    def holds(self, digest_: str) -> bool:
        """Whether a file of this content was loaded before; one that was read another way is taken out."""
        found = self._known.get(digest_.partition(":")[0], ())
        if any(held == digest_ for _, held in found):
            return True
        for number, _ in found:
            self._drop(number)
        self._known.pop(digest_.partition(":")[0], None)
        return any(file.digest == digest_ for file in (*self._files, *self._direct))

    def add(self, file: EventFile) -> None:
        """Take in one file."""
        if file.verbatim is not None and not self._overlapping(file.first_at, file.last_at):
            self._direct.append(file)
            return
        self._files.append(file)

    def land(self) -> list[Landed]:
        """Make segments of all that is new."""
        landed = [self._keep_verbatim(file) for file in self._direct]
        if self._files:
            self._gather()
            self._drop_doubles()
            self._drop_known()
            self._drop_exported_before()
            landed += self._write_all()
            self._engine.execute("DROP TABLE incoming_events")
        self._keep_notes()
        return landed

    def undo(self) -> None:
        """Take away the segment files of a load that failed."""
        for path in self._written:
            path.unlink(missing_ok=True)

    def settle(self) -> None:
        """Take away the segment files that a load has replaced, once it holds."""
        if self._store.keeps_events:
            for path in self._replaced:
                path.unlink(missing_ok=True)

    def _overlapping(self, first: dt.datetime | None, last: dt.datetime | None) -> list[tuple[int, str]]:
        """Segments of earlier loads that may hold events between two instants."""
        if first is None or last is None:
            return []
        return [(number, path) for number, path, begin, end in self._older if begin <= last and end >= first]

    def _keep_verbatim(self, file: EventFile) -> Landed:
        assert file.verbatim is not None
        path = str(file.verbatim.resolve())
        if self._store.keeps_events:
            target = self._target()
            shutil.copyfile(file.verbatim, target)
            path = target.name
        self._note(path, file, file.rows, (file.first_at, file.last_at), has_ids=False, has_gaps=file.has_gaps)
        return Landed(file.name, file.rows, file.rows)

    def _gather(self) -> None:
        """Put the rows of all files into one table, many files to a statement: each costs more than a small file."""
        for first in range(0, len(self._files), TOGETHER):
            rows = " UNION ALL ".join(
                f"SELECT CAST({number} AS INTEGER) AS file, {_ROW}, row_number FROM {file.relation}"
                for number, file in enumerate(self._files[first : first + TOGETHER], first)
            )
            into = "INSERT INTO incoming_events" if first else "CREATE OR REPLACE TEMP TABLE incoming_events AS"
            self._engine.execute(f"{into} {rows}")

    def _drop_doubles(self) -> None:
        doubled = "count(message_id) > count(DISTINCT message_id)"
        if not self._engine.row(f"SELECT {doubled} FROM incoming_events")[0]:
            return
        self._engine.execute(
            "DELETE FROM incoming_events WHERE (file, row_number) IN (SELECT (file, row_number) FROM incoming_events "
            "WHERE message_id IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY {_EARLIEST}) > 1)"
        )

    def _drop_known(self) -> None:
        """Of a message id that was loaded before, the earlier event stays, wherever it is."""
        engine = self._engine
        # one without rows has no file
        named = 'SELECT segment, path FROM segments WHERE has_message_id AND "rows" > 0 ORDER BY segment'
        for number, path in engine.rows(named):
            engine.execute(
                f'CREATE OR REPLACE TEMP TABLE met AS SELECT message_id, "timestamp" AS held_at, {TIE} AS tie '
                f"FROM {self._read(path)} "
                "WHERE message_id IN (SELECT message_id FROM incoming_events WHERE message_id IS NOT NULL)"
            )
            engine.execute(
                "DELETE FROM incoming_events AS i USING met AS m WHERE i.message_id = m.message_id "
                f'AND (i."timestamp" > m.held_at OR (i."timestamp" = m.held_at AND {TIE} >= m.tie))'
            )
            engine.execute(
                "DELETE FROM met WHERE message_id NOT IN (SELECT message_id FROM incoming_events WHERE "
                "message_id IS NOT NULL)"
            )
            if engine.row("SELECT count(*) FROM met")[0]:
                self._rewrite(number, path)
            engine.execute("DROP TABLE met")

    def _rewrite(self, number: int, path: str) -> None:
        """A segment without the events whose earlier self has come in."""
        engine = self._engine
        engine.execute("INSERT INTO stale_events SELECT DISTINCT held_at FROM met")
        target = self._target()
        engine.execute(
            f"COPY (SELECT * FROM {self._read(path)} WHERE message_id IS NULL OR message_id NOT IN (SELECT "
            "message_id FROM met)) "
            f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
        self._replaced.append(self._store.events_folder / path)
        new_path = target.name if self._store.keeps_events else str(target)
        rows = engine.row(f"SELECT count(*) FROM {self._read(new_path)}")[0]
        engine.execute('UPDATE segments SET path = ?, "rows" = ? WHERE segment = ?', [new_path, rows, number])
        self._older = [(one, new_path if one == number else held, *span) for one, held, *span in self._older]

    def _drop_exported_before(self) -> None:
        """Of a file that repeats all that an earlier one says of the same time, only what is new in it counts."""
        engine = self._engine
        first, last = engine.row(
            'SELECT min("timestamp"), max("timestamp") FROM incoming_events WHERE message_id IS NULL'
        )
        if first is None:
            return
        older = self._overlapping(first, last)
        if not older:
            return
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE brought AS SELECT {_CONTENT} AS content, count(*) AS n FROM incoming_events "
            "WHERE message_id IS NULL GROUP BY 1"
        )
        engine.execute("CREATE OR REPLACE TEMP TABLE repeated (content VARCHAR, n BIGINT)")
        for _, path in older:
            self._compare(path, first, last)
        engine.execute(
            "DELETE FROM incoming_events WHERE (file, row_number) IN (SELECT (p.file, p.row_number) FROM ("
            f"SELECT file, row_number, {_CONTENT} AS content, row_number() OVER (PARTITION BY {_CONTENT} "
            "ORDER BY file, row_number) AS place "
            "FROM incoming_events WHERE message_id IS NULL) AS p "
            "INNER JOIN (SELECT content, sum(n) AS n FROM repeated GROUP BY content) AS r ON r.content = p.content "
            "WHERE p.place <= r.n)"
        )
        engine.execute("DROP TABLE brought")
        engine.execute("DROP TABLE repeated")

    def _compare(self, path: str, first: dt.datetime, last: dt.datetime) -> None:
        engine = self._engine
        columns = {name for name, *_ in engine.rows(f"DESCRIBE SELECT * FROM {self._read(path)}")}
        row = ", ".join(
            'CAST("timestamp" AS TIMESTAMP) AS "timestamp"'
            if name == "timestamp"
            else identifier(name)
            if name in columns
            else f"NULL::VARCHAR AS {identifier(name)}"
            for name in COLUMNS
        )
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE held AS SELECT {_CONTENT} AS content, count(*) AS n FROM (SELECT "
            f"{row} FROM {self._read(path)}) "
            'WHERE message_id IS NULL AND "timestamp" BETWEEN ? AND ? GROUP BY 1',
            [first, last],
        )
        missing = engine.row(
            "SELECT count(*) FROM held AS h LEFT JOIN brought AS b ON b.content = h.content WHERE "
            "coalesce(b.n, 0) < h.n"
        )[0]
        if not missing:
            engine.execute("INSERT INTO repeated SELECT * FROM held")
        engine.execute("DROP TABLE held")

    def _write_all(self) -> Iterator[Landed]:
        """What is left of every file as a segment of its own."""
        found = self._engine.rows(
            'SELECT file, count(*), min("timestamp"), max("timestamp"), count(message_id), '
            "count(*) - count(account_id) FROM incoming_events GROUP BY file"
        )
        left = {number: counts for number, *counts in found}
        for number, file in enumerate(self._files):
            yield self._write(number, file, left.get(number, (0, None, None, 0, 0)))

    def _write(self, number: int, file: EventFile, left: Sequence[Any]) -> Landed:
        """One file's segment; left: its rows, the first and last instant, and how many have an id, and no account."""
        rows, first, last, ids, gaps = left
        target = self._target()
        if rows:
            self._engine.execute(
                f'COPY (SELECT {_ROW} FROM incoming_events WHERE file = {number} ORDER BY "timestamp", row_number) '
                f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
            )
        path = target.name if self._store.keeps_events else str(target)
        self._note(path, file, rows, (first, last), has_ids=ids > 0, has_gaps=gaps > 0)
        return Landed(file.name, file.rows, rows)

    def _note(
        self,
        path: str,
        file: EventFile,
        rows: int,
        span: tuple[dt.datetime | None, dt.datetime | None],
        *,
        has_ids: bool,
        has_gaps: bool,
    ) -> None:
        has_type = file.verbatim is None or file.has_type
        self._noted.append(
            (self._next, path, file.name, file.digest, self._load, rows, *span, has_type, has_ids, has_gaps, rows == 0)
        )
        self._next += 1

    def _keep_notes(self) -> None:
        if self._noted:
            row = f"({', '.join('?' * len(self._noted[0]))})"
            values = ", ".join([row] * len(self._noted))
            flat = [value for noted in self._noted for value in noted]
            self._engine.execute(f"INSERT INTO segments VALUES {values}", flat)

    def _drop(self, number: int) -> None:
        path, rows = self._engine.row('SELECT path, "rows" FROM segments WHERE segment = ?', [number])
        if rows:  # a file that brought nothing new has left none
            self._engine.execute(
                f'INSERT INTO stale_events SELECT DISTINCT CAST("timestamp" AS TIMESTAMP) FROM {self._read(path)}'
            )
        self._engine.execute("DELETE FROM segments WHERE segment = ?", [number])
        self._older = [older for older in self._older if older[0] != number]
        self._replaced.append(self._store.events_folder / path)

    def _target(self) -> Path:
        taken = len(self._written)
        path = self._store.events_folder / f"{self._load:06d}-{taken:06d}.parquet"
        self._written.append(path)
        return path

    def _read(self, path: str) -> str:
        return f"read_parquet({literal(str(self._store.events_folder / path))})"
