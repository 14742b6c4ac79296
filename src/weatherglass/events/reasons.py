"""Why a value is refused, and what to do about it: one wording for files and for messages that arrive live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong with a value, said after the value, and the mend, said as advice."""

    text: str
    mend: str


REASONS: dict[str, Reason] = {
    "missing": Reason("is required and empty", "fill it in, or remove the row"),
    "nul": Reason(
        "holds a NUL character", "remove it; texts and ids are kept as they are, but NUL breaks the tools after us"
    ),
    "nested": Reason(
        "is a list or an object",
        "write a single text; in JSON the mapping in weatherglass.yml may name the member that is meant (customer.id)",
    ),
    "time": Reason(
        "is not a time",
        "write ISO 8601 (2026-03-01, 2026-03-01T09:30:00Z, +02:00), or epoch seconds or milliseconds, "
        "or give the column's `date_format` in weatherglass.yml",
    ),
    "day_or_month": Reason(
        "may be day/month or month/day",
        'say which in weatherglass.yml: `date_format: "%d/%m/%Y"` where the day is first, `date_format: "%m/%d/%Y"` '
        "where the month is; with %H:%M:%S where there is a time of day",
    ),
    "date_format": Reason(
        "does not match the `date_format` of weatherglass.yml", "correct the value, or the `date_format` of this table"
    ),
    "implausible": Reason(
        "is not between 1990-01-01 and 2100-01-01", "check the unit (seconds, milliseconds) or leave it empty"
    ),
    "implausible_planned": Reason(
        "is not between 1990-01-01 and 9999-12-31", "check the unit (seconds, milliseconds) or leave it empty"
    ),
    "number": Reason("is not a number", "write 1200.5, 1,200.50, $1,200.50 or (12.50), or leave it empty"),
    "decimal_comma": Reason(
        "may have a decimal comma", "write the number with a decimal point: 1200.50 (1,200.50 with thousands)"
    ),
    "percent": Reason("is a percentage", "write a plain number"),
    "not_finite": Reason("is not a finite number", "leave it empty where there is no number"),
    "integer": Reason("is not a whole number", "write a whole number such as 12"),
    "boolean": Reason("is neither true nor false", "write true, t, yes, y, 1 or false, f, no, n, 0"),
    "json": Reason("is not a JSON object", 'write an object such as {"plan": "pro"}, or leave it empty'),
    "choice": Reason(
        "is not one of the values that are known here", "map it under `values:` of this table in weatherglass.yml"
    ),
    "low": Reason("is too small", "correct it, or leave it empty"),
    "high": Reason("is too large", "correct it, or leave it empty"),
    "survey_score": Reason("is outside the scale of its kind of survey", "correct the score, or the kind"),
    "lookup": Reason("is not known", "load the table that it refers to first"),
    "record": Reason("is not a JSON object", "every line, or every element of the array, is one object {...}"),
    "call": Reason("is not a call of a Segment export", "`type` is one of track, identify, page, screen, group, alias"),
    "nobody": Reason("names neither a user nor an account", "send userId, anonymousId or context.groupId"),
    "forgotten": Reason("is older than events are kept", "send events sooner, or keep them longer with `retention:`"),
    "columns": Reason("has another number of fields than the header", "quote fields that hold the separator"),
    "quote": Reason("has text after a closing quote", 'double the quotes inside a quoted field: "say ""hi"""'),
    "encoding": Reason("is not UTF-8", "save the file as UTF-8"),
}
"""Every reason by its code."""

TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")
"""The words of a boolean, compared without case."""
