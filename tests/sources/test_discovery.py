"""Which files are found, which table each is, and in which order they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.bench import Bench, mapped
from weatherglass.events.tables import BY_NAME, TABLES
from weatherglass.sources import SourceError, discover
from weatherglass.sources.naming import known_by_name, stem


def tables(paths: list[Path], yaml: str = "") -> list[tuple[str, str]]:
    return [(file.path.name, file.table.name) for file in discover(paths, mapped(yaml) if yaml else None)]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("events.csv", "events"),
        ("EVENTS.CSV.GZ", "events"),
        ("Support Tickets.tsv", "tickets"),
        ("support-tickets.csv", "tickets"),
        ("supportTickets.jsonl", "tickets"),
        ("events_2024-01.parquet", "events"),
        ("events202401.csv", "events"),
        ("events-part-3.ndjson.zst", "events"),
        ("ravenstack_accounts.csv", "accounts"),
        ("ravenstack_churn_events.csv", "outcomes"),
        ("ravenstack_feature_usage.csv", "events"),
        ("account_events_2026.csv", "events"),
        ("events_by_account.csv", "events"),
        ("user_activity.csv", "events"),
        ("company_users.csv", "users"),
        ("acme.survey_responses.json", "surveys"),
        ("customers.csv", "accounts"),
        ("2024_invoices_final_(2).csv", "invoices"),
        ("prevents.csv", None),
        ("numbers.csv", None),
    ],
)
def test_a_table_is_known_by_its_files_name(name: str, table: str | None) -> None:
    found = known_by_name(stem(name))
    assert (found.name if found else None) == table


def test_every_name_and_alias_of_every_table_is_known() -> None:
    for table in TABLES:
        for name in (table.name, *table.aliases):
            assert known_by_name(name) is table, name


def test_a_folder_is_read_recursively_without_what_is_hidden_or_ours(bench: Bench) -> None:
    for name in (
        "b/events_2.csv",
        "b/events_10.csv",
        "tickets.csv",
        "accounts.csv",
        ".hidden/events.csv",
        ".weatherglass/store/events.parquet",
        "a/.events.csv.swp",
        "weatherglass.yml",
        "README.md",
    ):
        bench.write(name, "x\n1\n")
    told: list[str] = []
    found = discover([bench.folder], notice=told.append)
    assert [str(file.path.relative_to(bench.folder)) for file in found] == [
        "accounts.csv",
        "b/events_10.csv",
        "b/events_2.csv",
        "tickets.csv",
    ]
    assert told == [f"{bench.folder / 'README.md'}: skipped, not a data file"]


def test_a_folders_name_names_the_files_in_it(bench: Bench) -> None:
    bench.write("data/events/2024-01.csv", "x\n1\n")
    bench.write("data/events/date=2024-02-01/part-0.csv", "x\n1\n")
    assert tables([bench.folder / "data"]) == [("2024-01.csv", "events"), ("part-0.csv", "events")]
    assert tables([bench.folder / "data/events/2024-01.csv"]) == [("2024-01.csv", "events")]


def test_folders_above_the_one_that_was_asked_for_name_nothing(bench: Bench) -> None:
    bench.write("events/company/2024/numbers.csv", "x\n1\n")
    with pytest.raises(SourceError, match="does not say which table"):
        discover([bench.folder / "events/company/2024"])


def test_a_file_given_twice_is_read_once(bench: Bench) -> None:
    path = bench.write("events.csv", "x\n1\n")
    assert len(discover([path, bench.folder, bench.folder / "." / "events.csv"])) == 1


def test_a_file_that_cannot_be_placed_says_what_would_do(bench: Bench) -> None:
    path = bench.write("numbers.csv", "x\n1\n")
    with pytest.raises(SourceError) as caught:
        discover([bench.folder])
    told = str(caught.value)
    assert told.startswith(f"{path}: its name does not say which table it is")
    assert all(table.name in told for table in TABLES)
    assert 'files: "numbers.csv"' in told


def test_the_mapping_places_and_ignores_files(bench: Bench) -> None:
    bench.write("numbers.csv", "x\n1\n")
    bench.write("scratch_events.csv", "x\n1\n")
    told: list[str] = []
    sources = mapped("ignore: 'scratch*'\nevents:\n  files: 'NUM*.csv'")
    [file] = discover([bench.folder], sources, told.append)
    assert (file.path.name, file.table.name) == ("numbers.csv", "events")
    assert told == [f"{bench.folder / 'scratch_events.csv'}: skipped, as weatherglass.yml says"]


def test_one_file_may_feed_several_tables(bench: Bench) -> None:
    bench.write("cancellations.csv", "x\n1\n")
    yaml = "events:\n  files: cancel*\noutcomes:\n  - files: cancel*\n  - {files: 'c*s.csv', date_format: '%d/%m/%Y'}"
    assert tables([bench.folder], yaml) == [
        ("cancellations.csv", "events"),
        ("cancellations.csv", "outcomes"),
        ("cancellations.csv", "outcomes"),
    ]


def test_a_file_named_after_a_table_is_that_table_too(bench: Bench) -> None:
    content = "id,name,cancelled_on\na,Acme,2024-01-05\nb,Bolt,\n"
    yaml = "outcomes:\n  files: accounts.csv\n  columns:\n    kind: {value: churned}\n    occurred_at: cancelled_on\n"
    yaml += "    account_id: id"
    bench.write("accounts.csv", content)
    assert tables([bench.folder], yaml) == [("accounts.csv", "accounts"), ("accounts.csv", "outcomes")]
    bench.write("accounts_events.csv", content)
    assert len(tables([bench.folder / "accounts_events.csv"], yaml.replace("accounts.csv", "accounts_events.csv"))) == 1
    accounts = bench.rows("accounts.csv", content, mapping=yaml, table="accounts")
    assert [row["account_id"] for row in accounts] == ["a", "b"]


def test_a_row_without_the_time_of_a_table_is_no_row_of_it_in_a_file_of_several(bench: Bench) -> None:
    yaml = "outcomes:\n  files: accounts.*\n  columns:\n    kind: {value: churned}\n    occurred_at: cancelled_on\n"
    yaml += "    account_id: id"
    rows = bench.rows("accounts.csv", "id,cancelled_on\na,2024-01-05\nb,\n", mapping=yaml)
    assert [row["account_id"] for row in rows] == ["a"]
    rows = bench.rows("accounts.jsonl", '{"id":"a","cancelled_on":"2024-01-05"}\n{"id":"b"}\n', mapping=yaml)
    assert [row["account_id"] for row in rows] == ["a"]
    error = bench.refused("accounts.csv", "id,cancelled_on\na,someday\nb,\n", mapping=yaml)
    assert [(reject.row, reject.code) for reject in error.rejects] == [(2, "time")]


def test_a_mapping_without_files_is_for_those_named_after_the_table(bench: Bench) -> None:
    bench.write("tickets.csv", "x\n1\n")
    [file] = discover([bench.folder], mapped("tickets:\n  date_format: '%d/%m/%Y'"))
    assert file.mapping.date_format == "%d/%m/%Y"


def test_tables_come_before_those_that_are_looked_up_in_them(bench: Bench) -> None:
    for name in ("events.csv", "subscriptions.csv", "accounts.csv", "invoices.csv"):
        bench.write(name, "x\n1\n")
    yaml = (
        "events:\n  columns:\n    account_id: {column: subscription, through: subscriptions}\n"
        "subscriptions:\n  columns:\n    account_id: {column: invoice, through: invoices}"
    )
    assert [table for _, table in tables([bench.folder], yaml)] == ["accounts", "invoices", "subscriptions", "events"]


def test_without_a_mapping_the_order_is_that_of_the_tables(bench: Bench) -> None:
    for table in reversed(TABLES):
        bench.write(f"{table.name}.csv", "x\n1\n")
    assert [table for _, table in tables([bench.folder])] == list(BY_NAME)


def test_nothing_found_and_nothing_there(bench: Bench) -> None:
    with pytest.raises(SourceError, match="no such file or folder"):
        discover([bench.folder / "absent"])
    with pytest.raises(SourceError, match="nothing to load"):
        discover([bench.folder])
    with pytest.raises(SourceError, match="nothing to load"):
        discover([])
    for name in ("events.xlsx", "events.parquet.gz"):
        with pytest.raises(SourceError, match="not a format that can be read"):
            discover([bench.write(name, "x")])
