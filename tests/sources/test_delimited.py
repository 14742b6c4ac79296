"""CSV and its kin, as people and programs write them."""

from __future__ import annotations

import pytest

from sources.bench import Bench
from weatherglass.sources.opening import ends_lines_in_one_way

TICKET = "ticket_id,account_id,opened_at,text\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["tickets.csv", "tickets.tsv", "tickets.txt"])
def test_separators_and_line_ends(bench: Bench, name: str, separator: str, line_end: str) -> None:
    lines = [
        ["ticket_id", "account_id", "opened_at", "text"],
        ["1", "a", "2024-01-05", "x"],
        ["2", "b", "2024-01-06", ""],
    ]
    content = line_end.join(separator.join(line) for line in lines) + line_end
    first, second = bench.rows(name, content)
    assert (first["ticket_id"], first["text"]) == ("1", "x")
    assert second["ticket_id"] == "2"
    assert "text" not in second


def test_the_separator_is_found_outside_quotes(bench: Bench) -> None:
    content = '"ticket, id, of, ours";account_id;opened_at;ticket_id\n9;a;2024-01-05;1\n'
    [row] = bench.rows("tickets.csv", content)
    assert row["ticket_id"] == "1"
    assert row["traits"] == '{"ticket, id, of, ours":"9"}'


def test_quotes_newlines_and_empty_cells(bench: Bench) -> None:
    content = TICKET + '1,a,2024-01-05,"two\nlines, ""quoted"""\r\n' + '2,"b",2024-01-06,""\n'.replace("\n", "\r\n")
    first, second = bench.rows("tickets.csv", content.replace("text\n", "text\r\n"))
    assert first["text"] == 'two\nlines, "quoted"'
    assert second == {**second, "account_id": "b"}
    assert "text" not in second


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings(bench: Bench, encoding: str) -> None:
    text = TICKET + "1,ä😀,2024-01-05,straße\n"
    content = text.encode(encoding)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content
    [row] = bench.rows("tickets.csv", content)
    assert (row["account_id"], row["text"]) == ("ä😀", "straße")


def test_what_starts_as_utf_16_and_is_not(bench: Bench) -> None:
    assert "starts as UTF-16 but is not" in str(bench.refused("tickets.csv", b"\xff\xfe\x00\xd8a"))


def test_headers_in_any_spelling(bench: Bench) -> None:
    content = " Ticket ID ,accountId,OPENED-AT,Closed At\n1,a,2024-01-05,2024-01-06\n"
    [row] = bench.rows("tickets.csv", content)
    assert (row["ticket_id"], row["account_id"], row["resolved_at"].day) == ("1", "a", 6)


def test_a_name_that_heads_several_columns(bench: Bench) -> None:
    reading = bench.reading("tickets.csv", "ticket_id,account_id,opened_at,text,text,\n1,a,2024-01-05,x,y,z\n")
    assert reading.unknown == ("text_2", "column_6")
    assert "'text' heads several columns" in reading.notices[0]


def test_names_that_differ_only_in_case(bench: Bench) -> None:
    [row] = bench.rows("tickets.csv", "ticket_id,Account_ID,account_id,opened_at\n1,wrong,right,2024-01-05\n")
    assert row["account_id"] == "right"
    assert row["traits"] == '{"Account_ID":"wrong"}'


def test_blank_lines_and_rows_are_no_rows(bench: Bench) -> None:
    content = "\n\n" + TICKET + "1,a,2024-01-05,x\n\n,,,\n2,a,2024-01-05,x\n"
    assert [row["ticket_id"] for row in bench.rows("tickets.csv", content)] == ["1", "2"]


def test_line_ends_of_several_kinds(bench: Bench) -> None:
    content = TICKET.replace("\n", "\r\n") + "1,a,2024-01-05,x\n2,a,2024-01-05,y\r\n"
    assert [row["text"] for row in bench.rows("tickets.csv", content)] == ["x", "y"]


def test_line_ends_in_quotes_do_not_count(bench: Bench) -> None:
    content = TICKET.replace("\n", "\r\n") + '1,a,2024-01-05,"x\ny"\r\n2,a,2024-01-05,"say "hi""\r\n'
    error = bench.refused("tickets.csv", content)
    assert [(reject.row, reject.code) for reject in error.rejects] == [(3, "quote")], "the standard still holds"


@pytest.mark.parametrize("gap", range(5))
def test_line_ends_where_a_long_file_is_cut_into_pieces(bench: Bench, gap: int) -> None:
    first = TICKET.replace("\n", "\r\n") + "1,a,2024-01-05,"
    filler = "x" * ((1 << 20) - len(first) - 4 + gap)
    one, two = bench.rows("tickets.csv", f'{first}"{filler}"\r\n2,a,2024-01-05,y\r\n')
    assert (one["text"], two["text"]) == (filler, "y")
    assert ends_lines_in_one_way(bench.folder / "tickets.csv", "none")
    assert not ends_lines_in_one_way(bench.write("mixed.csv", f'{first}"{filler}"\r\n2,a,2024-01-05,y\n'), "none")


def test_unknown_columns_become_traits(bench: Bench) -> None:
    reading = bench.reading("tickets.csv", 'ticket_id,account_id,opened_at,"we""ird",n\n1,a,2024-01-05,"q""q",\n')
    assert reading.unknown == ('we"ird', "n")
    [(traits,)] = bench.engine.rows(f"SELECT traits FROM {reading.relation}")
    assert traits == '{"we\\"ird":"q\\"q"}'


def test_unknown_columns_of_events_become_properties(bench: Bench) -> None:
    said = '"{""plan"":""free"",""n"":1}"'
    content = f"account_id,name,timestamp,plan,properties\na,x,2024-01-05,pro,{said}\na,y,2024-01-05,pro,\n"
    first, second = bench.rows("events.csv", content)
    assert first["properties"] == '{"plan":"free","n":1}', "what the event says itself counts"
    assert second["properties"] == '{"plan":"pro"}'


def test_an_empty_file(bench: Bench) -> None:
    for content in (b"", b"\n \r\n", b"\xef\xbb\xbf"):
        assert "the file is empty" in str(bench.refused("tickets.csv", content))
        reading = bench.reading("tickets.csv", content, lenient=True)
        assert reading.rows == 0
        assert "skipped" in reading.notices[0]


@pytest.mark.parametrize("content", [TICKET, TICKET.strip()])
def test_a_header_without_rows_is_no_rows(bench: Bench, content: str) -> None:
    assert bench.rows("tickets.csv", content) == []


def test_ragged_rows(bench: Bench) -> None:
    content = TICKET + "1,a,2024-01-05,x\n2,a\n3,a,2024-01-05,x,y\n4,a,2024-01-05,x\n"
    error = bench.refused("tickets.csv", content)
    assert [(reject.row, reject.code, reject.value) for reject in error.rejects] == [
        (3, "columns", "2,a"),
        (4, "columns", "3,a,2024-01-05,x,y"),
    ]
    assert "row 3: '2,a' has another number of fields than the header (2 instead of 4)" in str(error)
    reading = bench.reading("tickets.csv", content, lenient=True)
    assert (reading.rows, reading.rejected_rows) == (2, 2)


def test_rows_are_counted_as_a_spreadsheet_does(bench: Bench) -> None:
    content = TICKET + '1,a,2024-01-05,"1\n2\n3"\n2,a\n3,a,never,x\n4,a\n5,a,never,x\n'
    reading = bench.reading("tickets.csv", content, lenient=True)
    assert [(reject.row, reject.code) for reject in reading.rejects] == [
        (3, "columns"),
        (4, "time"),
        (5, "columns"),
        (6, "time"),
    ]


def test_a_quote_that_is_never_closed(bench: Bench) -> None:
    content = TICKET + '1,a,2024-01-05,x\n2,a,2024-01-05,"never\n3,a,2024-01-05,x\n'
    for lenient in (False, True):
        error = bench.refused("tickets.csv", content, lenient=lenient)
        assert "row 3: a quote is opened and never closed" in str(error)


@pytest.mark.parametrize("rows", [1, 20_000])
def test_a_quote_that_is_never_closed_in_the_header(bench: Bench, rows: int) -> None:
    error = bench.refused("tickets.csv", '"' + TICKET + "1,a,2024-01-05,x\n" * rows)
    assert "row 1: a quote is opened and never closed" in str(error)


def test_a_quote_that_is_closed_in_a_later_row(bench: Bench) -> None:
    content = TICKET + '1,a,2024-01-05,"never\n2,a,2024-01-05,"x"\n3,a,2024-01-05,x\n'
    error = bench.refused("tickets.csv", content, lenient=True)
    assert "row 2: a quote is opened and never closed" in str(error)


def test_a_quote_that_is_never_closed_in_a_large_file(bench: Bench) -> None:
    rows = [f"{n},a,2024-01-05,x\n" for n in range(400_000)]
    rows[200_000] = '200000,a,2024-01-05,"x\n'
    error = bench.refused("tickets.csv", TICKET + "".join(rows), lenient=True)
    assert "row 200002: a quote is opened and never closed" in str(error)


def test_text_behind_a_closing_quote(bench: Bench) -> None:
    error = bench.refused("tickets.csv", TICKET + '1,a,2024-01-05,"say "hi""\n')
    assert [(reject.row, reject.column, reject.code) for reject in error.rejects] == [(2, "text", "quote")]


def test_bytes_that_are_not_utf_8(bench: Bench) -> None:
    content = TICKET.encode() + b"1,a,2024-01-05,ok\n2,a,2024-01-05,caf\xe9\n"
    error = bench.refused("tickets.csv", content)
    assert [(reject.row, reject.column, reject.code) for reject in error.rejects] == [(3, "text", "encoding")]
    assert bench.reading("tickets.csv", content, lenient=True).rows == 1


def test_nul_characters(bench: Bench) -> None:
    error = bench.refused("tickets.csv", TICKET + "1,a\x00b,2024-01-05,x\n")
    assert [(reject.row, reject.column, reject.value, reject.code) for reject in error.rejects] == [
        (2, "account_id", "a\x00b", "nul")
    ]


def test_a_nul_character_in_the_header(bench: Bench) -> None:
    error = bench.refused("tickets.csv", TICKET.replace("text", "te\0xt") + "1,a,2024-01-05,x\n")
    assert "the column name 'te\\x00xt' holds a NUL character" in str(error)


def test_rows_that_are_very_long(bench: Bench) -> None:
    long = "x" * 3_000_000
    [row] = bench.rows("tickets.csv", TICKET + f"1,a,2024-01-05,{long}\n")
    assert row["text"] == long
    assert "longer than 16 MiB" in str(bench.refused("tickets.csv", TICKET + f"1,a,2024-01-05,{'x' * 17_000_000}\n"))


def test_the_order_of_a_large_file_is_kept(bench: Bench) -> None:
    content = "ticket_id,account_id,opened_at\n" + "".join(f'{n},"a\n{n}",2024-01-05\n' for n in range(300_000))
    reading = bench.reading("tickets.csv", content)
    [(rows, out_of_order)] = bench.engine.rows(
        f"SELECT count(*), count(*) FILTER (WHERE ticket_id::BIGINT + 1 <> row_number) FROM {reading.relation}"
    )
    assert (rows, out_of_order) == (300_000, 0)


def test_file_names_that_are_patterns_or_sql(bench: Bench) -> None:
    bench.write("tickets1.csv", TICKET + "wrong,a,2024-01-05,x\n")
    for name in ("tickets[1].csv", "tickets?.csv", "tickets*.csv", "tickets';DROP TABLE x;--.csv", 'tickets"q".csv'):
        [row] = bench.rows(name, TICKET + "right,a,2024-01-05,x\n")
        assert row["ticket_id"] == "right"


def test_a_partitioned_folder_adds_no_columns(bench: Bench) -> None:
    [row] = bench.rows("tickets/severity=high/part.csv", TICKET + "1,a,2024-01-05,x\n")
    assert "severity" not in row
