"""Whether the material of a report fits together, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from weatherglass.reports.material import (
    EARLIER_COLUMNS,
    SCORE_COLUMNS,
    SIGNAL_COLUMNS,
    TREND_COLUMNS,
    UNSCORED,
    Material,
)


class MaterialError(ValueError):
    """Material that no honest report can be made from; the message names the table, the column and the mend."""


def check(material: Material) -> None:
    """Raises MaterialError at the first thing that does not fit."""
    _columns("accounts", material.accounts, ("account_id",))
    _columns("today", material.today, SCORE_COLUMNS)
    for days, table in material.earlier.items():
        _columns(f"earlier[{days}]", table, EARLIER_COLUMNS)
        _tiers(f"earlier[{days}]", table, material.tiers)
    _tiers("today", material.today, material.tiers)
    if material.tier_trend is not None:
        _columns("tier_trend", material.tier_trend, TREND_COLUMNS)
        _tiers("tier_trend", material.tier_trend, material.tiers)
    ids = material.today.column("account_id").to_pylist()
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise MaterialError(f"today: account {_short(twice)} has more than one row; give one row an account")
    _accounts(material, set(ids))


def _accounts(material: Material, ids: set[str]) -> None:
    for place, names in (
        ("worst", [detail.account_id for detail in material.worst]),
        ("movers", [mover.account_id for mover in material.movers]),
    ):
        strangers = [name for name in names if name not in ids]
        if strangers:
            raise MaterialError(f"{place}: account {_short(strangers[0])} has no row in today; add it or leave it out")
    for detail in material.worst:
        where = f"worst[{_short(detail.account_id)}]"
        _columns(f"{where}.signals", detail.signals, SIGNAL_COLUMNS)
        if detail.signals_before is not None:
            _columns(f"{where}.signals_before", detail.signals_before, SIGNAL_COLUMNS)
        days = len(detail.scores)
        for name, other in (("tiers", detail.tiers), ("versions", detail.versions)):
            if len(other) != days and (name == "tiers" or other):
                raise MaterialError(
                    f"{where}: {name} has {len(other)} days, scores has {days}; give both the same days"
                )
        if days == 0:
            raise MaterialError(f"{where}: scores is empty; its last day has to be the day of the report")


def _columns(name: str, table: pa.Table, needed: Iterable[str]) -> None:
    missing = [column for column in needed if column not in table.column_names]
    if missing:
        raise MaterialError(f"{name}: column {missing[0]} is missing (there are: {', '.join(table.column_names)})")


def _tiers(name: str, table: pa.Table, tiers: tuple[str, ...]) -> None:
    known = {*tiers, UNSCORED}
    for tier in table.column("tier_shown").unique().to_pylist():
        if tier not in known:
            raise MaterialError(
                f"{name}: column tier_shown holds {_short(tier)}, which is not one of {', '.join(tiers)} or {UNSCORED};"
                " name every tier of every card in tiers"
            )


def _short(text: object) -> str:
    return repr(text)[:80]
