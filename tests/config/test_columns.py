"""The names that a configuration may use are those of the source tables and of the scoring rules."""

from __future__ import annotations

from weatherglass.config import DIMENSION_OF, SIGNALS
from weatherglass.config.columns import ACCOUNT_TEXTS, COLUMNS, LOOKUPS
from weatherglass.events.tables import ACCOUNTS, TABLES


def test_columns_are_those_of_the_source_tables() -> None:
    assert {table: dict(columns) for table, columns in COLUMNS.items()} == {
        table.name: {column.name: column.kind for column in table.columns} for table in TABLES
    }


def test_an_account_is_told_apart_by_its_texts() -> None:
    assert set(ACCOUNT_TEXTS) == {column.name for column in ACCOUNTS.columns if column.kind in {"id", "text"}}


def test_lookups_have_an_account_and_a_key_of_their_own() -> None:
    by_name = {table.name: table for table in TABLES}
    for name in LOOKUPS:
        table = by_name[name]
        assert "account_id" in {column.name for column in table.columns}
        assert table.key[0] != "account_id"


def test_a_signal_is_in_one_dimension() -> None:
    assert len(DIMENSION_OF) == sum(map(len, SIGNALS.values()))
