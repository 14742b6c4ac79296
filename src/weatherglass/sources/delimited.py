"""CSV and its kin: the header read here, the rows by the engine, every cell as text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier, literal
from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.opening import Compression
from weatherglass.sources.scan import FileColumn, Scan, distinct, path_literal

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

SEPARATORS = (",", ";", "\t", "|")

_LONGEST_ROW = 1 << 24
_MOST_REJECTS = 100_000
_CODES = {"UNQUOTED VALUE": "quote", "INVALID ENCODING": "encoding"}


@dataclass(frozen=True, slots=True)
class Header:
    """The first record of a delimited file."""

    names: tuple[str, ...]
    separator: str
    blank_lines: int
    """Empty lines before it."""
    repeated: tuple[str, ...] = ()
    """Names that stand there more than once."""


def header(start: bytes, shown: str) -> Header | None:
    """The header, from the first bytes of a UTF-8 file; None where there is nothing but white space.

    Raises `SourceError` where its quotes are not closed.
    """
    text = start.decode("utf-8-sig", errors="replace")
    body = text.lstrip("\r\n")
    if not body.strip():
        return None
    blank = len(re.findall(r"\r\n|\n|\r", text[: len(text) - len(body)]))
    separator = _separator(body)
    try:
        first = next(csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise unclosed(shown, 1) from error
    names, repeated = distinct(first)
    return Header(tuple(names), separator, blank, tuple(repeated))


def _separator(text: str) -> str:
    """The sign that parts the header most often outside quotes."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n":
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    return max(SEPARATORS, key=lambda sign: counts[sign])


def scan(path: Path, compression: Compression, head: Header, rejects: str, *, rfc4180: bool = True) -> Scan:
    """The relation of a delimited file.

    `rejects` names the temporary tables in which the engine notes records that are no rows; `rfc4180` off accepts what
    the standard forbids, such as line ends of several kinds.
    """
    cells = [f"c{place}" for place in range(len(head.names))]
    options = {
        "auto_detect": "false",
        "header": "true",
        "skip": str(head.blank_lines),
        "delim": literal(head.separator),
        "quote": literal('"'),
        "escape": literal('"'),
        "columns": "{" + ", ".join(f"{literal(cell)}: 'VARCHAR'" for cell in cells) + "}",
        "compression": literal(compression),
        "max_line_size": str(_LONGEST_ROW),
        "hive_partitioning": "false",
        "strict_mode": str(rfc4180).lower(),
        "store_rejects": "true",
        "rejects_table": literal(note_tables(rejects)[0]),
        "rejects_scan": literal(note_tables(rejects)[1]),
        "rejects_limit": str(_MOST_REJECTS),
    }
    arguments = ", ".join(f"{name} = {value}" for name, value in options.items())
    columns = tuple(FileColumn(name, identifier(cell)) for name, cell in zip(head.names, cells, strict=True))
    return Scan(f"read_csv({path_literal(path)}, {arguments})", columns, header_rows=1, repeated=head.repeated)


def note_tables(rejects: str) -> tuple[str, str]:
    """The tables in which the engine notes records that are no rows: those records, and the scans that met them."""
    return f"{rejects}_rows", f"{rejects}_scans"


def broken_rows(engine: DuckDB, rejects: str, shown: str, columns: tuple[str, ...]) -> list[Reject]:
    """The records that were no rows, in the order of the file.

    Raises `SourceError` where a quote was opened and never closed: what follows it cannot be told apart, so nothing of
    the file can be trusted.
    """
    found = engine.rows(
        "SELECT line, column_idx, error_type, csv_line, error_message "
        f"FROM {identifier(note_tables(rejects)[0])} ORDER BY line"
    )
    told: dict[int, Reject] = {}
    for line, place, kind, text, message in found:
        if kind == "UNQUOTED VALUE" and _is_open(text or ""):
            raise unclosed(shown, line)
        code = _CODES.get(kind, "columns")
        if kind == "LINE SIZE OVER MAXIMUM":
            raise too_long(shown, line)
        column = columns[place - 1] if code != "columns" and place and place <= len(columns) else None
        counted = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message or "")
        detail = f"{counted[2]} instead of {counted[1]}" if counted and code == "columns" else ""
        told.setdefault(line, Reject(shown, line, column, (text or "").strip("\r\n"), code, detail))
    return list(told.values())


def _is_open(text: str) -> bool:
    """Whether a noted record ends within quotes: it ran on past its line, or past the 10,000 signs that are noted."""
    return text.count('"') % 2 == 1 or len(text) >= 10_000 or re.search(r"[\r\n]", text.strip("\r\n")) is not None


def unclosed(shown: str, row: int | None) -> SourceError:
    """The error of a quote without its partner."""
    place = f"row {row}: " if row else ""
    return SourceError(
        f'{shown}: {place}a quote is opened and never closed; close it, or double the quotes inside a field ("")',
        file=shown,
    )


def too_long(shown: str, row: int | None) -> SourceError:
    """The error of a record that does not fit in memory's share; most often it is a quote that is never closed."""
    place = f"row {row}: " if row else ""
    return SourceError(
        f"{shown}: {place}the row is longer than {_LONGEST_ROW >> 20} MiB; is a quote not closed before it?", file=shown
    )
