"""The published snapshot: a DuckDB file for readers outside, replaced whole and never changed in place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.config.tiers import UNSCORED
from weatherglass.engine.dialect import literal
from weatherglass.jobs.views.overriding import DAYS
from weatherglass.jobs.views.standing import ATTRIBUTES, name_tiers
from weatherglass.rollups import calendar
from weatherglass.scores.lifecycle import LIFECYCLES
from weatherglass.scores.tiers import GRADES
from weatherglass.signals.catalogue import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weatherglass.state.overrides import Override
    from weatherglass.store import Store

FILE = "snapshot.duckdb"


def publish(
    store: Store, overrides: Sequence[Override], memberships: Sequence[tuple[str, str, dt.date]] = ()
) -> tuple[Path, int]:
    """Write the snapshot beside the store, through a connection of its own; the file, and its score rows.

    memberships: audience, account and since when.

    Who has the snapshot before open goes on reading that one.
    """
    reader = store.reading()
    target = store.folder / FILE
    new = store.folder / f"{FILE}.new"
    new.unlink(missing_ok=True)
    engine = reader.engine
    try:
        name_tiers(engine)
        engine.register("held", _held(overrides))
        engine.register("memberships", _memberships(memberships))
        engine.execute(f"ATTACH {literal(str(new))} AS snapshot")
        try:
            with engine.transaction():
                for name, query in _tables().items():
                    engine.execute(f"CREATE TABLE snapshot.{name} AS {query}")
            rows = int(engine.row("SELECT count(*) FROM snapshot.scores")[0])
            engine.execute("CHECKPOINT snapshot")
        finally:
            engine.execute("DETACH snapshot")
        new.replace(target)
    finally:
        engine.close()
        new.unlink(missing_ok=True)
    return target, rows


def _memberships(rows: Sequence[tuple[str, str, dt.date]]) -> object:
    import pyarrow as pa

    schema = pa.schema([("audience", pa.string()), ("account_id", pa.string()), ("since", pa.date32())])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def _held(overrides: Sequence[Override]) -> object:
    import pyarrow as pa

    rows = {
        (one.account_id, day): {
            "account_id": one.account_id,
            "day": calendar.number(day),
            "tier": one.tier,
            "override": one.id,
        }
        for one in overrides
        for day in (one.first_day + dt.timedelta(days=back) for back in range((one.until - one.first_day).days + 1))
    }
    return pa.Table.from_pylist(list(rows.values()), DAYS)


def _tables() -> dict[str, str]:
    dimensions = ", ".join(f"s.dim_{name} / 100.0 AS dim_{name}" for name in DIMENSIONS)
    attributes = ", ".join(f'a."{name}"' for name in ATTRIBUTES)
    scores = (
        "SELECT n.account_id, DATE '1970-01-01' + s.\"day\" AS as_of, s.score / 100.0 AS score, "
        f"coalesce(r.tier, '{UNSCORED}') AS tier, coalesce(o.tier, h.tier) AS tier_shown, o.override, "
        f"{list(GRADES)}[s.grade + 1] AS grade, {list(LIFECYCLES)}[s.lifecycle + 1] AS lifecycle, "
        f"s.coverage / 10000.0 AS coverage, s.confidence / 10000.0 AS confidence, c.scorecard_version, {dimensions} "
        "FROM scores AS s INNER JOIN account_ids AS n ON n.account = s.account "
        "INNER JOIN scorecards AS c ON c.version = s.version "
        "INNER JOIN tier_names AS r ON r.version = s.version AND r.code = s.tier "
        "INNER JOIN tier_names AS h ON h.version = s.version AND h.code = s.tier_shown "
        'LEFT JOIN held AS o ON o.account_id = n.account_id AND o."day" = s."day"'
    )
    return {
        "scores": scores,
        "accounts": f"SELECT n.account_id, {attributes} FROM account_ids AS n "
        "LEFT JOIN accounts AS a ON a.account_id = n.account_id",
        "outcomes": "SELECT account_id, lower(kind) AS kind, occurred_at, amount, reason FROM outcomes",
        "audience_members": "SELECT audience, account_id, since FROM memberships",
        "scorecards": "SELECT scorecard_version, card, first_used FROM scorecards",
    }
