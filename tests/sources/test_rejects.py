"""Refused values: strict and lenient, told with their place and the mend."""

from __future__ import annotations

import pytest

from sources.bench import Bench, names_in
from weatherglass.events.reasons import REASONS
from weatherglass.sources import Reject, SourceError

HEAD = "ticket_id,account_id,opened_at,csat\n"


def test_one_refused_value_is_one_line(bench: Bench) -> None:
    error = bench.refused("tickets.csv", HEAD + "1,a,2024-01-05,5\n2,a,2024-01-05,9\n")
    file = bench.folder / "tickets.csv"
    assert str(error) == f"{file}: row 3, column csat: '9' is too large (at most 5); correct it, or leave it empty"
    assert error.file == str(file)
    assert error.count == 1


def test_many_are_counted_and_the_first_shown(bench: Bench) -> None:
    error = bench.refused("tickets.csv", HEAD + "".join(f"{n},a,5/1/2024,{n}\n" for n in range(1, 2001)))
    lines = str(error).splitlines()
    assert lines[0].endswith("tickets.csv: 3,995 values cannot be used")
    assert lines[1] == "  row 2, column opened_at: '5/1/2024' may be day/month or month/day"
    assert lines[6] == "  and 3,990 more"
    assert 'date_format: "%d/%m/%Y"' in lines[7]
    assert len(lines) == 8
    assert error.count == 3995


def test_a_strict_reading_leaves_nothing(bench: Bench) -> None:
    bench.refused("tickets.csv", HEAD + "1,a,never,5\n")
    bench.refused("tickets.csv", HEAD + '1,a,"never,5\n')
    bench.refused("tickets.jsonl", '{"ticket_id":1}')
    bench.refused("tickets.json", '[{"ticket_id":1')
    assert names_in(bench.engine) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tickets.csv", HEAD + "1,a,never,5\n", "row 2, column opened_at: 'never' is not a time"),
        ("tickets.csv", HEAD + '1,a,"never,5\n', "row 2: a quote is opened and never closed"),
        ("tickets.json", '[{"ticket_id":1', "not JSON near record 1"),
        ("tickets.parquet", "PAR1 nonsense", "not a whole Parquet file"),
        ("events.parquet", "PAR1 nonsense", "not a whole Parquet file"),
    ],
)
def test_a_transaction_that_fails_tells_the_same(bench: Bench, name: str, content: str, message: str) -> None:
    def attempt() -> None:
        with bench.engine.transaction():
            bench.reading(name, content)

    with pytest.raises(SourceError, match=message):
        attempt()
    assert names_in(bench.engine) == []


def test_rows_are_numbered_within_a_transaction(bench: Bench) -> None:
    rows = "".join(f"{n},a,2024-01-05,{5 if n % 100_000 else 9}\n" for n in range(1, 300_001))
    with bench.engine.transaction():
        reading = bench.reading("tickets.csv", HEAD + rows, lenient=True)
        numbers = f"SELECT count(*) FROM {reading.relation} WHERE ticket_id::BIGINT <> row_number"
        assert bench.engine.rows(numbers) == [(0,)]
    assert bench.engine.rows(numbers) == [(0,)]
    assert [reject.row for reject in reading.rejects] == [100_001, 200_001, 300_001]
    reading.close(bench.engine)


def test_a_transaction_survives_what_can_be_read(bench: Bench) -> None:
    mixed = HEAD.replace("\n", "\r\n") + "1,a,2024-01-05,5\n2,a\r\n"
    with bench.engine.transaction():
        reading = bench.reading("tickets.csv", mixed, lenient=True)
        assert (reading.rows, reading.rejected_rows) == (1, 1)
        assert bench.reading("tickets.csv", "", lenient=True).rows == 0
    reading.close(bench.engine)


def test_a_lenient_reading_drops_rows_and_says_so(bench: Bench) -> None:
    rows = "".join(f"{n},a,2024-01-05,{n}\n" for n in range(1, 31)) + ",,x,\n"
    reading = bench.reading("tickets.csv", HEAD + rows, lenient=True)
    assert (reading.rows, reading.rejected_rows, reading.reject_count) == (5, 26, 28)
    assert len(reading.rejects) == 20
    assert reading.reasons == (
        ("csat: is too large (at most 5)", 25),
        ("ticket_id: is required and empty", 1),
        ("account_id: is required and empty", 1),
        ("opened_at: is not a time", 1),
    )
    ids = bench.engine.rows(f"SELECT ticket_id, row_number FROM {reading.relation}")
    assert ids == [(str(n), n) for n in range(1, 6)]


def test_the_columns_name_is_the_files(bench: Bench) -> None:
    error = bench.refused("tickets.csv", "Case ID,Account,Created\n1,a,never\n")
    assert [reject.column for reject in error.rejects] == ["Created"]


def test_values_are_shown_short_and_on_one_line() -> None:
    reject = Reject("f.csv", 2, "x", "a\nb" * 1000, "time")
    assert str(reject).startswith("f.csv: row 2, column x: 'a\\nba\\nb")
    assert len(str(reject)) < 300
    assert "\n" not in str(reject)


def test_every_reason_is_a_sentence() -> None:
    for code, reason in REASONS.items():
        assert str(Reject("f", 1, "c", "v", code)) == f"f: row 1, column c: 'v' {reason.text}; {reason.mend}"
