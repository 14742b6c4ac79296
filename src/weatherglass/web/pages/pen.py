"""Writing pages: templates, and how numbers, days and names are written in them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weatherglass.reports import palette, wording
from weatherglass.web.pages import assets

LONGEST_NAME = 60


@cache
def environment() -> Environment:
    """The templates of the pages."""
    made = Environment(
        loader=PackageLoader("weatherglass.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        capital=capital,
        change=wording.change,
        clean=wording.clean,
        coming=coming,
        day=day,
        iso=lambda value: "" if value is None else value.isoformat(),
        label=wording.label,
        moment=moment,
        month=month,
        money=wording.money,
        money_short=wording.money_short,
        name=name,
        number=number,
        percent=wording.percent,
        plainly=plainly,
        score=wording.score,
    )
    made.globals.update(
        asset=assets.address,
        chart=chart,
        count=wording.count,
        dash=wording.NONE,
        query=query,
    )
    return made


def name(row: Mapping[str, Any]) -> str:
    """An account's name on one line, or its id."""
    return wording.clean(row.get("name"), LONGEST_NAME) or wording.clean(row["account_id"], LONGEST_NAME) or "(no name)"


def capital(text: object, limit: int = wording.NAME_LIMIT) -> str:
    """A text on one line that begins a sentence."""
    line = wording.clean(text, limit)
    return line[:1].upper() + line[1:]


def number(value: float | None, digits: int = 0) -> str:
    """A number with its thousands apart."""
    return wording.NONE if value is None else f"{value:,.{digits}f}".replace("-", wording.MINUS)


def day(value: dt.date | dt.datetime | str | None) -> str:
    """A calendar day; one that was kept as text is written YYYY-MM-DD."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value)
    return wording.day(value.date() if isinstance(value, dt.datetime) else value)


def plainly(value: object) -> str:
    """What a job has told, for reading: numbers with their thousands apart, days written out, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list):
        return ", ".join(plainly(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {plainly(one)}" for key, one in value.items())
    text = str(value)
    return day(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text


def month(value: str) -> str:
    """A month that is kept as YYYY-MM."""
    first = dt.date.fromisoformat(f"{value}-01")
    return f"{wording.month(first)} {first.year}"


def coming(days: int) -> str:
    """So many days from today, in words; negative ones are over."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def moment(value: dt.datetime | None) -> str:
    """A time to the minute, UTC."""
    return wording.NONE if value is None else f"{wording.day(value.date())}, {value:%H:%M} UTC"


def query(given: Mapping[str, Any], **other: Any) -> str:
    """The query of an address: what is given with some of it replaced; None and empty are left out."""
    pairs: list[tuple[str, str]] = []
    for key, value in {**given, **other}.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(key, str(one)) for one in values if one not in (None, "")]
    return f"?{urlencode(pairs)}" if pairs else "?"


def chart(kind: str, facts: Mapping[str, Any]) -> Markup:
    """A chart's facts as a block of data that no browser runs: markup in it is written as escapes."""
    text = json.dumps({"kind": kind, **facts}, ensure_ascii=True, default=_plain)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup('<script type="application/json" class="chart-facts">{}</script>').format(Markup(text))  # noqa: S704


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


class Looks:
    """Colours and shapes of the tiers of a project's cards, lowest first."""

    def __init__(self, tiers: tuple[str, ...], best: frozenset[str]) -> None:
        self.tiers = tiers
        self.best = best
        """The best tier of each card."""
        self.count = max(1, min(len(tiers), assets.MOST_TIERS))

    def rank(self, tier: str) -> int | None:
        """0 is the lowest; None for unscored, and for tiers that no card has any more."""
        return min(self.tiers.index(tier), self.count - 1) if tier in self.tiers else None

    def css(self, tier: str) -> str:
        return palette.css_class(self.rank(tier))

    def shape(self, tier: str) -> str:
        return palette.shape(self.rank(tier), self.count)

    @property
    def style(self) -> str:
        """Where the colours are."""
        return assets.address(f"tiers-{self.count}.css")
