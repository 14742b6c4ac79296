"""Accounts that are found through the rows of another table."""

from __future__ import annotations

import pytest

from sources.bench import Bench, mapped, names_in, rows_of
from weatherglass.sources import SourceError, discover, lookup_among, preview, read

SUBSCRIPTIONS = "subscription_id,account_id,started_at\nS-1,a,2024-01-01\nS-2,b,2024-01-01\n"
USAGE = "subscription,feature,date\nS-2,x,2024-01-05\nS-1,y,2024-01-06\n"
MAPPING = "events:\n  columns:\n    account_id: {column: subscription, through: subscriptions}\n  files: usage*"


def test_the_account_is_found(bench: Bench) -> None:
    subscriptions = bench.reading("subscriptions.csv", SUBSCRIPTIONS)
    reading = bench.reading("usage.csv", USAGE, mapping=MAPPING, lookup=lookup_among([subscriptions]))
    found = rows_of(bench.engine, reading)
    assert [(row["account_id"], row["name"]) for row in found] == [("b", "x"), ("a", "y")]
    assert "properties" not in found[0], "the key has served its purpose"
    assert not reading.has_null_account


def test_a_relation_of_the_store_serves_as_well(bench: Bench) -> None:
    bench.engine.execute("CREATE TEMP TABLE reading_subs AS SELECT 'S-1' AS subscription_id, 'a' AS account_id")
    content = USAGE.replace("S-2", "S-1")
    rows = bench.rows("usage.csv", content, mapping=MAPPING, lookup={"subscriptions": "reading_subs"}.get)
    assert [row["account_id"] for row in rows] == ["a", "a"]


def test_a_key_that_is_not_known(bench: Bench) -> None:
    subscriptions = bench.reading("subscriptions.csv", SUBSCRIPTIONS)
    error = bench.refused(
        "usage.csv", USAGE + "S-9,x,2024-01-05\n", mapping=MAPPING, lookup=lookup_among([subscriptions])
    )
    assert "row 4, column subscription: 'S-9' is not known (no such row in subscriptions)" in str(error)
    assert "load the table that it refers to first" in str(error)


def test_a_table_that_is_not_known(bench: Bench) -> None:
    for lenient in (False, True):
        error = bench.refused("usage.csv", USAGE, mapping=MAPPING, lenient=lenient)
        assert "account_id is found through subscriptions by the column 'subscription', and there are no" in str(error)


def test_an_event_without_key_is_nobodys_and_a_ticket_is_refused(bench: Bench) -> None:
    subscriptions = lookup_among([bench.reading("subscriptions.csv", SUBSCRIPTIONS)])
    reading = bench.reading("usage.csv", USAGE + ",x,2024-01-05\n", mapping=MAPPING, lookup=subscriptions)
    assert (reading.rows, reading.has_null_account) == (3, True)
    mapping = "tickets:\n  columns:\n    account_id: {column: sub, through: subscriptions}"
    content = "ticket_id,sub,opened_at\n1,,2024-01-05\n"
    error = bench.refused("tickets.csv", content, mapping=mapping, lookup=subscriptions)
    assert [(reject.column, reject.code) for reject in error.rejects] == [("sub", "missing")]


def test_rows_keep_their_number(bench: Bench) -> None:
    many = SUBSCRIPTIONS.splitlines()[0] + "\n" + "".join(f"S-{n},a{n},2024-01-01\n" for n in range(50_000))
    usage = "subscription,feature,date\n" + "".join(f"S-{(n * 7) % 50_000},x{n},2024-01-05\n" for n in range(100_000))
    lookup = lookup_among([bench.reading("subscriptions.csv", many)])
    reading = bench.reading("usage.csv", usage, mapping=MAPPING, lookup=lookup)
    wrong = bench.engine.rows(
        f"SELECT count(*) FROM {reading.relation} WHERE name <> 'x' || (row_number - 1) "
        "OR account_id <> 'a' || ((row_number - 1) * 7) % 50000"
    )
    assert (reading.rows, wrong) == (100_000, [(0,)])


def test_the_last_row_of_a_key_counts(bench: Bench) -> None:
    first = bench.reading("subscriptions.csv", SUBSCRIPTIONS + "S-1,z,2024-01-01\nS-1,m,2024-01-01\n")
    second = bench.reading("subscriptions_new.csv", SUBSCRIPTIONS.replace("S-2,b", "S-2,c").replace("S-1", "S-7"))
    rows = bench.rows("usage.csv", USAGE, mapping=MAPPING, lookup=lookup_among([first, second]))
    assert [row["account_id"] for row in rows] == ["c", "m"]


def test_a_preview_looks_accounts_up_among_its_files(bench: Bench) -> None:
    bench.write("usage.csv", USAGE)
    bench.write("subscriptions.csv", SUBSCRIPTIONS)
    told = preview(bench.engine, discover([bench.folder], mapped(MAPPING)))
    assert [(one.table, one.rows, one.problem_count) for one in told] == [("subscriptions", 2, 0), ("events", 2, 0)]
    assert names_in(bench.engine) == []


def test_parquet_is_looked_up_too(bench: Bench) -> None:
    path = bench.folder / "usage.parquet"
    usage = "SELECT 1 AS subscription, 'x' AS name, TIMESTAMP '2024-01-05' AS timestamp"
    bench.engine.execute(f"COPY ({usage}) TO '{path}' (FORMAT parquet)")
    bench.engine.execute("CREATE TEMP TABLE reading_subs AS SELECT 1 AS subscription_id, 'a' AS account_id")
    [file] = discover([path], mapped(MAPPING))
    reading = read(bench.engine, file, lookup={"subscriptions": "reading_subs"}.get)
    assert not reading.passthrough
    assert rows_of(bench.engine, reading)[0]["account_id"] == "a"
    with pytest.raises(SourceError, match="there are no subscriptions"):
        read(bench.engine, file)
