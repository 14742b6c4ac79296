"""The names of a person who is erased, taken out of what was told, done and written about their accounts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.tables import answers, audit, episodes, notes, opinions, outbox, overrides, task_comments, tasks

_OF_ACCOUNT: dict[sa.Table, tuple[str, ...]] = {
    episodes: ("rules", "facts"),
    tasks: ("title", "text", "outcome"),
    notes: ("text",),
    opinions: ("note",),
    overrides: ("reason",),
}
"""Table with the account in a column -> where a person may be named."""
SHORT = 4
"""Ids of fewer characters, or of digits only, occur in other words and numbers."""
_ROLES = r"(?<=champion )|(?<=sponsor )"
"""What stands before a name in the lines of alerts."""


@dataclass(frozen=True)
class Named:
    """How a person is named, and in which accounts."""

    ids: Collection[str]
    names: Collection[str]
    accounts: Collection[str]

    def pattern(self) -> re.Pattern[str] | None:
        """What finds them in a text; None where there is nothing to find."""
        whole = {name for name in self.names if name.strip()}
        parts = []
        for one in self.ids:
            if len(one) >= SHORT and not one.isdigit():
                whole.add(one)
            else:
                parts.append(rf"(?:{_ROLES}){re.escape(one)}(?!\w)")
        # of two names one of which begins with the other, the longer is found first
        longest = sorted(whole, key=lambda name: (-len(name), name))
        parts = [*(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest), *parts]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def forget_names(connection: sa.Connection, named: Named, instead: str) -> int:
    """Put another text in the place of the names; in how many rows they stood."""
    pattern = named.pattern()
    if pattern is None or not named.accounts:
        return 0

    def cleaned(value: Any) -> Any:
        return _without(value, pattern, instead)

    mine = set(named.accounts)
    found = 0
    for table, columns in _OF_ACCOUNT.items():
        found += _clean(connection, table, columns, cleaned, table.c.account_id.in_(mine))
    of_tasks = task_comments.c.task.in_(sa.select(tasks.c.id).where(tasks.c.account_id.in_(mine)))
    found += _clean(connection, task_comments, ("text",), cleaned, of_tasks)
    # a digest tells of many accounts, so every message is looked at
    found += _clean(connection, outbox, ("body", "error"), cleaned, sa.true())
    found += _clean(connection, audit, ("before", "after"), cleaned, sa.true(), lambda row: _speaks_of(row, mine))
    for row in connection.execute(sa.select(answers).where(answers.c.body.is_not(None))).mappings():
        if pattern.search(bytes(row["body"]).decode(errors="replace")):
            same = (answers.c.whose == row["whose"]) & (answers.c.key == row["key"])
            found += connection.execute(answers.delete().where(same)).rowcount
    return found


def _clean(
    connection: sa.Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    cleaned: Callable[[Any], Any],
    where: sa.ColumnElement[bool],
    among: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> int:
    found = 0
    for row in connection.execute(sa.select(table).where(where)).mappings().all():
        told = {name: cleaned(row[name]) for name in columns}
        if any(told[name] != row[name] for name in columns) and among(dict(row)):
            connection.execute(table.update().where(table.c.id == row["id"]).values(**told))
            found += 1
    return found


def _speaks_of(row: dict[str, Any], accounts: set[str]) -> bool:
    """Whether an entry of the audit log is about one of some accounts, or about what was done for one."""
    said = row["subject"] + json.dumps([row["before"], row["after"]], default=str, ensure_ascii=False)
    return any(account in said for account in accounts) or row["subject"].startswith(("task:", "episode:", "alert:"))


def _without(value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(instead, value)
    if isinstance(value, dict):
        return {name: _without(part, pattern, instead) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, pattern, instead) for part in value]
    return value
