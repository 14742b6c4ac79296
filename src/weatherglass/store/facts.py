"""Facts other than events: rows with a key, of which the last read is the row."""

from __future__ import annotations

from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import identifier
from weatherglass.events.table import Table
from weatherglass.store.counting import count

LATER: dict[str, tuple[str, ...]] = {
    "users": ("deactivated_at",),
    "tickets": ("resolved_at",),
    "invoices": ("paid_at",),
    "subscriptions": ("ended_at",),
}
"""Times that close a fact: when nothing else of a row has changed, only the days from the earlier of them on have."""

QUIET: dict[str, tuple[str, ...]] = {
    "accounts": (
        "name",
        "plan",
        "arr",
        "mrr",
        "renewal_date",
        "owner",
        "industry",
        "region",
        "parent_account_id",
        "acquisition_source",
        "acquisition_campaign",
        "traits",
    ),
    "users": ("name", "email", "role", "traits"),
    "tickets": ("user_id", "text", "traits"),
    "invoices": ("traits",),
    "subscriptions": ("plan", "traits"),
    "surveys": ("user_id", "comment", "traits"),
    "interactions": ("user_id", "text", "traits"),
    "milestones": ("traits",),
}
"""Columns that no signal looks at: a change of them alone touches no day. Columns a scorecard chooses by are added."""


FACTS_VERSION = "facts_version"
"""The setting that is another after every change of a fact other than events, in the transaction that changes it."""


def upsert(engine: DuckDB, table: Table, relation: str, chosen_by: frozenset[str] = frozenset()) -> int:
    """Take the rows of a relation (the table's columns, `traits`, `row_number`); how many were new or changed.

    Accounts whose days have to be scored again are noted in `touched`. `chosen_by`: account columns that scorecards
    choose by, whose change therefore touches every day.
    """
    columns = [*(column.name for column in table.columns), "traits"]
    names = ", ".join(identifier(name) for name in columns)
    keys = ", ".join(identifier(name) for name in table.key)
    target = identifier(table.name)
    made = (
        f"CREATE OR REPLACE TEMP TABLE changed AS (SELECT {names} FROM {relation} "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY row_number DESC) = 1) "
        f"EXCEPT ALL SELECT {names} FROM {target}"
    )
    changed = int(engine.row(made)[0])
    if changed and table.name != "outcomes":
        engine.execute(_touching(table, chosen_by))
    if changed and table.name == "users":
        # events that name only the user may be another account's from now on
        engine.execute("INSERT INTO stale_users SELECT DISTINCT user_id FROM changed")
    on_key = " AND ".join(f"t.{identifier(name)} = n.{identifier(name)}" for name in table.key)
    engine.execute(f"DELETE FROM {target} AS t USING changed AS n WHERE {on_key}")
    # accounts side by side: who asks for one of them reads a part of the table
    engine.execute(f"INSERT INTO {target} ({names}) SELECT {names} FROM changed ORDER BY account_id")
    if changed:
        count(engine, FACTS_VERSION)
    engine.execute("DROP TABLE changed")
    return changed


def _touching(table: Table, chosen_by: frozenset[str]) -> str:
    quiet = [name for name in QUIET.get(table.name, ()) if name not in chosen_by]
    later = LATER.get(table.name, ())
    named = [column.name for column in table.columns]
    telling = [name for name in named if name not in quiet and name not in table.key]
    firm = [name for name in telling if name not in later]
    on_key = " AND ".join(f"o.{identifier(name)} = n.{identifier(name)}" for name in table.key)
    moved = _differ(telling) or "false"
    firmly = _differ(firm) or "false"
    is_new = f"o.{identifier(table.key[0])} IS NULL"
    began = _least([table.dated_by], "n", "o") if table.dated_by and table.name != "accounts" else "NULL"
    ended = _least(list(later), "n", "o") if later else began
    rows = (
        f"SELECT n.account_id AS now, o.account_id AS before, CASE WHEN {is_new} OR {firmly} THEN {began} "
        f"ELSE {ended} END AS happened_at "
        f"FROM changed n LEFT JOIN {identifier(table.name)} o ON {on_key} WHERE {is_new} OR {moved}"
    )
    return (
        f"INSERT INTO touched (account_id, happened_at) WITH t AS ({rows}) SELECT now, happened_at FROM t "
        "UNION ALL SELECT before, happened_at FROM t WHERE before IS DISTINCT FROM now AND before IS NOT NULL"
    )


def _differ(names: list[str]) -> str:
    return " OR ".join(f"o.{identifier(name)} IS DISTINCT FROM n.{identifier(name)}" for name in names)


def _least(names: list[str], *sides: str) -> str:
    return "least(" + ", ".join(f"{side}.{identifier(name)}" for name in names for side in sides) + ")"
