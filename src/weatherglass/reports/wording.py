"""How numbers, days and names are written on the page."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

NONE = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
NAME_LIMIT = 80
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Control characters, line breaks and the marks that turn the direction of what follows them: a name must not
# be able to reorder the row that it stands in.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]+"
)
_OPEN_END = 9000


def clean(text: object, limit: int = NAME_LIMIT) -> str:
    """A text from outside, on one line and at most `limit` characters; empty for None."""
    if text is None:
        return ""
    line = " ".join(_UNSEEN.sub(" ", str(text)[: 20 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def label(name: str) -> str:
    """A signal's, dimension's or tier's name for reading: `active_user_ratio` becomes "Active user ratio"."""
    words = clean(name).replace("_", " ")
    return words[:1].upper() + words[1:]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def score(value: float | None, digits: int = 1) -> str:
    return NONE if value is None or not math.isfinite(value) else _minus(f"{value:,.{digits}f}")


def score_beside(value: float | None, lines: tuple[float, ...]) -> str:
    """A score to one decimal, or to as many as it takes not to be written on the other side of a tier's line."""
    if value is None or not math.isfinite(value):
        return NONE
    for digits in range(1, 9):
        text = f"{value:.{digits}f}"
        if all((float(text) >= line) == (round(value, 9) >= line) for line in lines):
            return text
    return f"{value:.9f}"


def change(value: float | None, digits: int = 1) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:+,.{digits}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else _minus(text)


def falls(text: str) -> bool:
    """Whether a written change is downwards; one that rounds to nothing is not."""
    return text.startswith(MINUS)


def whole_change(value: int | None) -> str:
    return NONE if value is None else ("0" if value == 0 else _minus(f"{value:+,}"))


def percent(share: float | None) -> str:
    if share is None or not math.isfinite(share):
        return NONE
    if 0 < share < 0.005:
        return "<1%"
    return "99%" if 0.995 <= share < 1 else f"{100 * share:.0f}%"


def money(value: float | None, currency: str = "") -> str:
    """An amount to the whole unit."""
    if value is None or not math.isfinite(value):
        return NONE
    sign = MINUS if round(value) < 0 else ""
    return f"{sign}{clean(currency, 4)}{_gap(currency)}{abs(value):,.0f}"


def money_short(value: float | None, currency: str = "") -> str:
    """An amount to three figures: 1.92M."""
    if value is None or not math.isfinite(value):
        return NONE
    size, sign = abs(value), MINUS if value < 0 else ""
    for unit, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        # 999,950 is 1.00M, not 1000k
        if size >= unit * 0.9995:
            part = size / unit
            digits = 2 if part < 9.995 else 1 if part < 99.95 else 0
            return f"{sign}{clean(currency, 4)}{_gap(currency)}{part:.{digits}f}{suffix}"
    return money(value, currency)


def money_round(value: float, currency: str = "") -> str:
    """A round amount, as on an axis: 5M rather than 5.00M."""
    return re.sub(r"(\.\d*?)0+([kMBT]?)$", lambda found: found[1].rstrip(".") + found[2], money_short(value, currency))


def day(value: date | None) -> str:
    if value is None:
        return NONE
    if value.year >= _OPEN_END:
        return "open-ended"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    return _MONTHS[value.month - 1]


def moment(value: datetime, zone: str) -> str:
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {local:%H:%M} {local:%Z}"


def day_of(value: object, zone: str) -> date | None:
    """The calendar day of a cell that holds a time (without offset: UTC), a day or text of either; None if neither."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        try:
            return aware.astimezone(ZoneInfo(zone)).date()
        except OverflowError:
            return aware.date()
    return value if isinstance(value, date) else None


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _gap(currency: str) -> str:
    return "\N{NO-BREAK SPACE}" if currency.endswith(" ") or len(currency) > 2 else ""
