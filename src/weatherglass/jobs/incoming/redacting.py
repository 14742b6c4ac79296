"""The redactor that a project asks for, and its work on rows that were read from files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.reading import FILE_NAME
from weatherglass.engine.dialect import identifier, literal
from weatherglass.events.redacting import MARKS, Redactor
from weatherglass.events.table import Table
from weatherglass.sources.rows import names_of

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.engine import DuckDB
    from weatherglass.store import Store

KEY = "WEATHERGLASS_EMAIL_KEY"
SHORTEST = 16


def redactor(project: Project, environment: Mapping[str, str] = os.environ) -> Redactor | None:
    """The redactor of a project; None where nothing is redacted.

    Errors: ConfigError where addresses are to be hashed and there is no key.
    """
    asked = project.redact
    if not asked:
        return None
    if not asked.hash_emails:
        return Redactor(asked.properties, None)
    key = environment.get(KEY, "")
    if len(key) < SHORTEST:
        found = "it is not set" if not key else f"it has {len(key)}"
        told = (
            f"needs a key of at least {SHORTEST} characters in the environment variable {KEY}, and {found}; make one "
            "once, with `openssl rand -hex 32`, and keep it"
        )
        raise ConfigError([Mistake(FILE_NAME, "redact.hash_emails", told)])
    return Redactor(asked.properties, key.encode())


def known_as(store: Store, redacting: Redactor | None, account_id: str) -> str:
    """The id by which a store has the account that people know by this one: what was there before stays as it was."""
    told = account_id if redacting is None else redacting.text(account_id)
    if told == account_id:
        return account_id
    stored = store.engine.rows(
        "SELECT 1 FROM account_ids WHERE account_id = $id "
        "UNION ALL SELECT 1 FROM accounts WHERE account_id = $id LIMIT 1",
        {"id": account_id},
    )
    return account_id if stored else told


@contextmanager
def redaction(engine: DuckDB, redacting: Redactor | None) -> Iterator[None]:
    """SQL has the functions that `redacted` uses."""
    if redacting is None:
        yield
        return
    functions = {"redacted_text": redacting.text, "redacted_object": redacting.object}
    for name, function in functions.items():
        engine.function(name, function)
    try:
        yield
    finally:
        for name in functions:
            engine.drop_function(name)


def redacted(redacting: Redactor, table: Table, relation: str) -> str:
    """The rows of a relation (columns of the table, its `traits`, `row_number`) redacted, as a query."""
    told = [_cell(redacting, table, name) for name in names_of(table)]
    return f"SELECT {', '.join(told)}, row_number FROM {relation}"


def _cell(redacting: Redactor, table: Table, name: str) -> str:
    cell = identifier(name)
    # most texts have nothing in them that goes, and need not be handed out of the engine
    addresses = " OR ".join(f"contains({cell}, '{mark}')" for mark in MARKS)
    if name == "traits" or table.column(name).kind == "json":
        # a name that is written with escapes is found by the backslash
        names = [f"contains(lower({cell}), {literal(one)})" for one in sorted(redacting.names)]
        marked = " OR ".join([addresses, f"contains({cell}, chr(92))", *names])
        return f"CASE WHEN {marked} THEN redacted_object({cell}) ELSE {cell} END AS {cell}"
    if redacting.leaves_out(table, name):
        return f"NULL AS {cell}"
    if table.column(name).kind not in ("id", "text") or (table.name, name) == ("accounts", "owner"):
        return cell
    return f"CASE WHEN {addresses} THEN redacted_text(CAST({cell} AS VARCHAR)) ELSE {cell} END AS {cell}"
