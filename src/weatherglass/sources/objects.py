"""JSON: a file of objects, one a line or in one array, staged in the engine as they are."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from weatherglass.engine.dialect import identifier, literal
from weatherglass.engine.errors import EngineError
from weatherglass.events import wire
from weatherglass.sources.errors import SourceError
from weatherglass.sources.opening import Compression
from weatherglass.sources.scan import FileColumn, RowCheck, Scan, path_literal

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

Shape = Literal["newline_delimited", "array", "unstructured"]

NESTED = "context"
"""The one object whose members are columns too, as `context.groupId`: SDKs put the account there."""


def shape(start: bytes) -> Shape | None:
    """How the objects of a file stand in it, from its first bytes; None where there is nothing but white space."""
    text = start.decode("utf-8-sig", errors="replace").lstrip()
    if not text:
        return None
    if text.startswith("["):
        return "array"
    # Lines are read fastest, and bad ones can be passed over; but the engine takes no byte order mark before them.
    if start.startswith(codecs.BOM_UTF8) or _spans_lines(text):
        return "unstructured"
    return "newline_delimited"


def _spans_lines(text: str) -> bool:
    """Whether a text begins with one object that is written over several lines."""
    first = text.splitlines()[0]
    if first.strip() == "{":
        return True
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except ValueError:
        return False
    return end > len(first)


def first_objects(start: bytes, most: int = 20) -> list[object]:
    """The first values of a file, as far as they lie within its first bytes."""
    text = start.decode("utf-8-sig", errors="replace").lstrip()
    decoder, place = json.JSONDecoder(), 1 if text.startswith("[") else 0
    found: list[object] = []
    while len(found) < most:
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n,")) if place < len(text) else 0
        try:
            value, place = decoder.raw_decode(text, place)
        except ValueError:
            break
        found.append(value)
    return found


def stage(engine: DuckDB, path: Path, compression: Compression, kind: Shape, name: str, shown: str) -> None:
    """Put the records of a file into a temporary table with one column, `record`; NULL for a line that is no JSON."""
    options = f"compression = {literal(compression)}, hive_partitioning = false"
    if kind == "newline_delimited":
        source = f"read_ndjson_objects({path_literal(path)}, {options}, ignore_errors = true)"
    else:
        source = f"read_json_objects({path_literal(path)}, {options}, format = {literal(kind)})"
    try:
        engine.execute(f"CREATE TEMP TABLE {identifier(name)} AS SELECT json AS record FROM {source}")
    except EngineError as error:
        raise _malformed(shown, str(error)) from error


def scan(engine: DuckDB, name: str, extra: Iterable[str] = (), *, nested: bool = False) -> Scan:
    """The relation of staged objects, with a column for every key that any of them has, in order of appearance.

    extra: keys in dotted writing (`customer.id`) that are columns too. nested: also every key of `context`.
    """
    paths: dict[str, wire.Path] = {key: (key,) for key in _keys(engine, name)}
    if nested and NESTED in paths:
        paths |= {f"{NESTED}.{key}": (NESTED, key) for key in _keys(engine, name, NESTED)}
    paths |= {key: tuple(key.split(".")) for key in extra if key not in paths and key.split(".")[0] in paths}
    relation = f"(SELECT record, json_extract_string(record, {_pointers(paths.values())}) AS v FROM {identifier(name)})"
    columns = tuple(
        FileColumn(key, f"v[{place}]", nested=_nested(f"v[{place}]", path))
        for place, (key, path) in enumerate(paths.items(), 1)
    )
    return Scan(relation, columns, document="record", document_keys=paths, row_checks=(NOT_AN_OBJECT,))


def _nested(text: str, path: wire.Path) -> str:
    # what begins like one is looked at again: a text may, too
    begins = f"starts_with({text}, '{{') OR starts_with({text}, '[')"
    kind = f"json_type(record, {literal(pointer(path))})"
    return f"CASE WHEN {begins} THEN {kind} IN ('OBJECT', 'ARRAY') ELSE false END"


NOT_AN_OBJECT = RowCheck("record", "record IS NULL OR json_type(record) <> 'OBJECT'", "record")


def pointer(path: wire.Path) -> str:
    """The JSON pointer (RFC 6901) of a path."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def _pointers(paths: Iterable[wire.Path]) -> str:
    told = ", ".join(literal(pointer(path)) for path in paths)
    return f"[{told}]" if told else "['/']"


def without(paths: Iterable[wire.Path]) -> str | None:
    """The JSON merge patch (RFC 7396) that takes some paths out of an object; None where there is nothing to take."""
    patch: dict[str, object] = {}
    for path in sorted(paths, key=len):
        place: object = patch
        for key in path[:-1]:
            # a path below one that goes as a whole goes with it
            place = place.setdefault(key, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[path[-1]] = None
    return json.dumps(patch, ensure_ascii=False) if patch else None


def _keys(engine: DuckDB, name: str, inside: str | None = None) -> list[str]:
    at = f", {literal(pointer((inside,)))}" if inside else ""
    # records have few different lists of keys: to tell those apart first is several times faster
    lists = f"SELECT json_keys(record{at}) AS keys, min(rowid) AS place FROM {identifier(name)} GROUP BY keys"
    places = f"SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS nth, place FROM ({lists}) AS lists"
    found = engine.rows(
        f"SELECT key FROM ({places}) AS places WHERE NOT contains(key, chr(0)) GROUP BY key ORDER BY min((place, nth))"
    )
    return [key for (key,) in found]


def _malformed(shown: str, message: str) -> SourceError:
    place = re.search(r"in (?:line|record/value) (\d+): (.*?)\.?(?:  |\n|$)", message)
    if "GZIP" in message or "zstd" in message.lower():
        return SourceError(f"{shown}: cut off or damaged; copy or export it again", file=shown)
    if place is None:
        return SourceError(f"{shown}: cannot be read as JSON: {message.splitlines()[0]}", file=shown)
    # the engine counts one too many
    told = f"not JSON near record {max(1, int(place[1]) - 1)}: {place[2]}"
    return SourceError(f"{shown}: {told}; is the file cut off? Write one object a line, or one array", file=shown)
