"""One account: what it is, how it stands, and how it stood."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.standing import ATTRIBUTES, Standing, name_tiers, tiers_of
from weatherglass.rollups import calendar
from weatherglass.scores.lifecycle import LIFECYCLES
from weatherglass.scores.tiers import GRADES
from weatherglass.signals.catalogue import DIMENSIONS

if TYPE_CHECKING:
    from weatherglass.store import Store

Row = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """An account's attributes as they are now, and what is held of it."""

    account_id: str
    attributes: Row
    traits: Row
    first_day: dt.date | None
    """The day of its first dated fact."""
    last_day: dt.date | None
    users: int
    """Rows of `users`."""
    tickets_open: int
    scorecard: str | None
    """The name of its card on its last scored day."""
    tiers: tuple[str, ...]
    """The tiers of that card, lowest first; empty for an account that was never scored."""
    lines: tuple[float, ...] = ()
    """Where each of them but the lowest begins."""


def account(store: Store, account_id: str) -> Account:
    """One account. Errors: UnknownAccount."""
    engine = store.engine
    known = engine.rows(
        "SELECT n.account, d.first_day, d.last_day FROM account_ids AS n "
        "LEFT JOIN account_spans AS d ON d.account = n.account WHERE n.account_id = ?",
        [account_id],
    )
    columns = ", ".join(f'"{name}"' for name in ATTRIBUTES)
    found = engine.rows(f"SELECT {columns}, entitled_features, traits FROM accounts WHERE account_id = ?", [account_id])
    if not known and not found:
        raise UnknownAccount(f"there is no account {account_id!r}")
    number, first, last = known[0] if known else (None, None, None)
    *values, traits = found[0] if found else [None] * (len(ATTRIBUTES) + 2)
    users = engine.row("SELECT count(*) FROM users WHERE account_id = ?", [account_id])[0]
    tickets = engine.row("SELECT count(*) FROM tickets WHERE account_id = ? AND resolved_at IS NULL", [account_id])[0]
    card = _card(store, number)
    return Account(
        account_id=account_id,
        attributes=dict(zip((*ATTRIBUTES, "entitled_features"), values, strict=True)),
        traits=json.loads(traits) if traits else {},
        first_day=None if first is None else calendar.date(first),
        last_day=None if last is None else calendar.date(last),
        users=users,
        tickets_open=tickets,
        scorecard=None if card is None else json.loads(card)["name"],
        tiers=() if card is None else tiers_of(card),
        lines=() if card is None else tuple(json.loads(card)["tiers"]["lines"]),
    )


def _card(store: Store, number: int | None) -> str | None:
    found = store.engine.rows(
        "SELECT c.card FROM scores AS s INNER JOIN scorecards AS c ON c.version = s.version "
        'WHERE s.account = ? ORDER BY s."day" DESC LIMIT 1',
        [number],
    )
    return str(found[0][0]) if found else None


def history(
    standing: Standing, account_id: str, since: dt.date | None = None, as_of: dt.date | None = None
) -> list[Row]:
    """An account's scores, oldest first; `override` is the id of the one that held on the day.

    since: a year before `as_of`, when it is not given. Errors: UnknownAccount.
    """
    store, last = standing.store, standing.day(as_of)
    first = since or last - dt.timedelta(days=364)
    name_tiers(store.engine)
    dimensions = ", ".join(f"s.dim_{name} / 100.0 AS dim_{name}" for name in DIMENSIONS)
    rows: list[Row] = store.engine.arrow(
        f"SELECT s.\"day\" AS as_of, s.score / 100.0 AS score, coalesce(r.tier, '{UNSCORED}') AS tier, "
        f"h.tier AS tier_shown, {list(GRADES)}[s.grade + 1] AS grade, "
        f"{list(LIFECYCLES)}[s.lifecycle + 1] AS lifecycle, "
        f"s.coverage / 10000.0 AS coverage, s.confidence / 10000.0 AS confidence, c.scorecard_version, {dimensions} "
        "FROM scores AS s INNER JOIN account_ids AS n ON n.account = s.account "
        "INNER JOIN scorecards AS c ON c.version = s.version "
        "INNER JOIN tier_names AS r ON r.version = s.version AND r.code = s.tier "
        "INNER JOIN tier_names AS h ON h.version = s.version AND h.code = s.tier_shown "
        'WHERE n.account_id = $account_id AND s."day" BETWEEN $first AND $last ORDER BY s."day"',
        {"account_id": account_id, "first": calendar.number(first), "last": calendar.number(last)},
    ).to_pylist()
    for row in rows:
        row["as_of"] = calendar.date(row["as_of"])
    rows += _open(standing, account_id, first, last)
    if not rows:
        account(store, account_id)
    mine = [one for one in standing.overrides if one.account_id == account_id]
    for row in rows:
        held = next((one for one in reversed(mine) if one.holds(row["as_of"])), None)
        row["override"] = None if held is None else held.id
        row["tier_shown"] = row["tier_shown"] if held is None else held.tier
    return rows


def _open(standing: Standing, account_id: str, first: dt.date, last: dt.date) -> list[Row]:
    """The row of the open day, where it is asked for."""
    if standing.open_day is None or not first <= standing.open_day <= last:
        return []
    found: list[Row] = standing.newest.filter(pc.equal(standing.newest["account_id"], account_id)).to_pylist()
    return found
