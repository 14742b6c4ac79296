"""Times in SQL: what `events.times` says of one value, for a column of a file."""

from __future__ import annotations

import re

from weatherglass.engine.dialect import literal
from weatherglass.events import times

NANOSECONDS = ("TIMESTAMP_NS", "TIMESTAMPTZ_NS")
_STRICT = (
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?"
)
"""The usual writing of a moment, which the engine casts as it stands; `times.MOMENT` is wider."""
_HAS_CLOCK = re.compile(r"%-?[HIMSfpXcZzns]")
_HAS_OFFSET = re.compile(r"%[zZ]")


def of_column(value: str, type_: str, zone: str, date_format: str | None) -> str:
    """The moment in a column of a file, naive UTC in microseconds; NULL where there is none or it cannot be understood.

    type_: the engine's type of the expression `value`. Numbers are seconds, milliseconds or microseconds since 1970.
    """
    match type_:
        case "DATE":
            return _midnight(f"CAST({value} AS TIMESTAMP)", zone)
        case _ if type_ in NANOSECONDS:
            # casts round to the nearest microsecond, which could be tomorrow's first
            return f"make_timestamp(epoch_ns({value}) // 1000)"
        case "TIMESTAMP WITH TIME ZONE":
            return f"make_timestamp(epoch_us({value}))"
        case "TIMESTAMP":
            return value
        case "TIMESTAMP_S" | "TIMESTAMP_MS":
            return f"CAST({value} AS TIMESTAMP)"
        case "VARCHAR":
            return _text(value, zone, date_format)
        case _:
            return _text(f"CAST({value} AS VARCHAR)", zone, None)


def unbelievable(moment: str, *, planned: bool) -> str:
    """The condition under which a moment lies outside the span in which one can be true."""
    latest = f"> {_literal(times.LATEST_PLANNED)}" if planned else f">= {_literal(times.LATEST)}"
    return f"({moment} < {_literal(times.EARLIEST)} OR {moment} {latest})"


def reason(value: str, date_format: str | None) -> str:
    """The code of the reason why a text is no time."""
    if date_format is not None:
        return "'date_format'"
    return f"CASE WHEN regexp_full_match(trim({value}), {literal(times.DAY_FIRST)}) THEN 'day_or_month' ELSE 'time' END"


def _text(value: str, zone: str, date_format: str | None) -> str:
    trimmed = f"trim({value})"
    if date_format is not None:
        return _formatted(trimmed, zone, date_format)
    day = _midnight(f"TRY_CAST({trimmed} AS TIMESTAMP)", zone)
    return (
        f"CASE WHEN {value} IS NULL THEN NULL "
        f"WHEN regexp_full_match({trimmed}, {literal(_STRICT)}) THEN {_offset(trimmed)} "
        f"WHEN regexp_full_match({trimmed}, {literal(times.DAY)}) THEN {day} "
        f"WHEN regexp_full_match({trimmed}, {literal(times.EPOCH)}) THEN {_epoch(trimmed)} "
        f"WHEN regexp_full_match({trimmed}, {literal(times.MOMENT)}) THEN {_offset(_plain(trimmed))} END"
    )


def _offset(text: str) -> str:
    # a cast to TIMESTAMP would drop the offset; without one, the session's zone is UTC
    return f"make_timestamp(epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)))"


def _plain(text: str) -> str:
    """A wider writing of a moment as the engine reads it: `2026/1/5 9:30:00,5 UTC` -> `2026/1/5 9:30:00.5Z`."""
    return f"regexp_replace(replace(replace(upper({text}), ',', '.'), 'UTC', 'Z'), ' (Z|[+-])', '\\1')"


def _epoch(text: str) -> str:
    whole = f"length(split_part({text}, '.', 1))"
    unit = f"CASE WHEN {whole} <= 10 THEN 1000000 WHEN {whole} <= 13 THEN 1000 ELSE 1 END"
    return f"make_timestamp(CAST(floor(CAST({text} AS DECIMAL(29, 9)) * ({unit})) AS BIGINT))"


def _midnight(day: str, zone: str) -> str:
    return day if zone == "UTC" else f"make_timestamp(epoch_us(timezone({literal(zone)}, {day})))"


def _formatted(text: str, zone: str, date_format: str) -> str:
    parsed = f"try_strptime({text}, {literal(date_format)})"
    if _HAS_OFFSET.search(date_format):
        return f"make_timestamp(epoch_us({parsed}))"
    return parsed if _HAS_CLOCK.search(date_format) else _midnight(parsed, zone)


def _literal(when: object) -> str:
    return f"TIMESTAMP '{when}'"
