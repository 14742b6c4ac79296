"""Numbers, words and objects in files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.bench import Bench, rows_of
from weatherglass.sources import SourceError, discover, read


def account(bench: Bench, column: str, text: str) -> Any:
    quoted = text.replace('"', '""')
    [row] = bench.rows("accounts.csv", f'account_id,{column}\na,"{quoted}"\n')
    return row.get(column)


def refused(bench: Bench, column: str, text: str) -> list[str]:
    error = bench.refused("accounts.csv", f'account_id,{column}\na,"{text}"\n')
    assert [(reject.row, reject.column, reject.value) for reject in error.rejects] == [(2, column, text)]
    return [reject.code for reject in error.rejects]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12.5", 12.5),
        (" 12.5 ", 12.5),
        ("-3", -3),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("0", 0),
        ("$1,200.00", 1200),
        ("€ 1,234,567.89", 1234567.89),
        ("1,200", 1200),
        ("1 200 300", 1200300),
        ("1\u00a0200.5", 1200.5),
        ("1\u202f200", 1200),
        ("1'200.50", 1200.5),
        ("£99", 99),
        ("-$5", -5),
        ("$-5", -5),
        ("- 5", -5),
        ("(12.50)", -12.5),
        ("($1,200.00)", -1200),
        ("12.50 €", 12.5),
    ],
)
def test_numbers(bench: Bench, text: str, number: float) -> None:
    assert account(bench, "arr", text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.200,00", "decimal_comma"),
        ("12,50", "decimal_comma"),
        ("€ 1 200,5", "decimal_comma"),
        ("1,20", "decimal_comma"),
        ("50%", "percent"),
        ("nan", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e999", "not_finite"),
        ("many", "number"),
        ("1_000", "number"),
        ("0x10", "number"),
        ("12 apples", "number"),
        ("1 2", "number"),
        ("1,2,3", "number"),
        ("(-5)", "number"),
        ("()", "number"),
        ("$", "number"),
        ("--5", "number"),
        ("1.2.3", "number"),
    ],
)
def test_what_is_no_number(bench: Bench, text: str, code: str) -> None:
    assert refused(bench, "arr", text) == [code]


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("12.0", 12), ("1,200", 1200), ("1e2", 100), ("", None)])
def test_integers(bench: Bench, text: str, number: int | None) -> None:
    found = account(bench, "seats", text)
    assert found == number
    assert found is None or isinstance(found, int)


@pytest.mark.parametrize(
    ("text", "code"), [("12.5", "integer"), ("1e300", "integer"), ("x", "number"), ("-1", "low"), ("5%", "percent")]
)
def test_what_is_no_number_of_seats(bench: Bench, text: str, code: str) -> None:
    assert refused(bench, "seats", text) == [code]


@pytest.mark.parametrize("text", ["true", "T", "Yes", "y", "1", " TRUE "])
def test_true(bench: Bench, text: str) -> None:
    [row] = bench.rows("users.csv", f"user_id,account_id,champion\nu,a,{text}\n")
    assert row["is_champion"] is True


@pytest.mark.parametrize("text", ["false", "F", "No", "n", "0"])
def test_false(bench: Bench, text: str) -> None:
    [row] = bench.rows("users.csv", f"user_id,account_id,champion\nu,a,{text}\n")
    assert row["is_champion"] is False


@pytest.mark.parametrize("text", ["2", "x", "wahr"])
def test_neither_true_nor_false(bench: Bench, text: str) -> None:
    error = bench.refused("users.csv", f"user_id,account_id,champion\nu,a,{text}\n")
    assert [reject.code for reject in error.rejects] == ["boolean"]


def test_bounds(bench: Bench) -> None:
    head = "ticket_id,account_id,opened_at,csat,sentiment\n"
    content = head + "1,a,2024-01-05,9,3\n2,a,2024-01-05,0.5,-1.1\n3,a,2024-01-05,1,-1\n4,a,2024-01-05,5,1\n"
    error = bench.refused("tickets.csv", content)
    assert [(reject.row, reject.column, reject.value, reject.reason) for reject in error.rejects] == [
        (2, "csat", "9", "is too large (at most 5)"),
        (2, "sentiment", "3", "is too large (at most 1)"),
        (3, "csat", "0.5", "is too small (at least 1)"),
        (3, "sentiment", "-1.1", "is too small (at least -1)"),
    ]


def test_choices_in_any_case_and_severity_as_it_is(bench: Bench) -> None:
    [row] = bench.rows("invoices.csv", "invoice_id,account_id,issued_at,status\n1,a,2024-01-05, PAID \n")
    assert row["status"] == "paid"
    [row] = bench.rows("tickets.csv", "ticket_id,account_id,opened_at,severity\n1,a,2024-01-05,Sev-2\n")
    assert row["severity"] == "Sev-2"
    error = bench.refused("invoices.csv", "invoice_id,account_id,issued_at,status\n1,a,2024-01-05,settled\n")
    assert "'settled' is not one of the values that are known here (one of open, paid, failed, void)" in str(error)


@pytest.mark.parametrize(
    ("kind", "score", "code"),
    [
        ("nps", "0", None),
        ("NPS", "10", None),
        ("nps", "11", "high"),
        ("csat", "5", None),
        ("CSAT", "9", "survey_score"),
        ("csat", "0", "survey_score"),
        ("ces", "7", None),
        ("ces", "8", "survey_score"),
    ],
)
def test_a_survey_is_scored_on_the_scale_of_its_kind(bench: Bench, kind: str, score: str, code: str | None) -> None:
    content = f"response_id,account_id,kind,score,answered_at\n1,a,{kind},{score},2024-01-05\n"
    if code is None:
        assert bench.rows("surveys.csv", content)[0]["kind"] == kind.lower()
    else:
        assert [reject.code for reject in bench.refused("surveys.csv", content).rejects] == [code]


def test_values_may_mean_others(bench: Bench) -> None:
    mapping = (
        "tickets:\n  values:\n    severity: {medium: normal, P1: urgent, None: null}\n"
        "    escalated: {ja: true}\n    csat: {good: 5}"
    )
    content = (
        "ticket_id,account_id,opened_at,severity,escalated,csat\n"
        "1,a,2024-01-05, MEDIUM,Ja,good\n2,a,2024-01-05,p1,no,3\n3,a,2024-01-05,other,,\n4,a,2024-01-05,none,,\n"
    )
    first, second, third, fourth = bench.rows("tickets.csv", content, mapping=mapping)
    assert (first["severity"], first["escalated"], first["csat"]) == ("normal", True, 5)
    assert (second["severity"], second["escalated"], second["csat"]) == ("urgent", False, 3)
    assert third["severity"] == "other"
    assert "severity" not in fourth, "what means nothing is empty"


def test_one_value_for_every_row(bench: Bench) -> None:
    mapping = "outcomes:\n  columns:\n    kind: {value: Churned}\n    amount: {value: 5}"
    [row] = bench.rows("churns.csv", "account_id,date\na,2024-01-05\n", mapping=mapping)
    assert (row["kind"], row["amount"]) == ("churned", 5.0)
    mapping = "outcomes:\n  columns:\n    kind: {value: left}"
    assert "'left' is not one of" in str(
        bench.refused("churns.csv", "account_id,date\na,2024-01-05\n", mapping=mapping)
    )


NATIVE: list[tuple[str, pa.Array, Any]] = [
    ("seats", pa.array([12], pa.int32()), 12),
    ("seats", pa.array([12.0], pa.float64()), 12),
    ("seats", pa.array(["12"]), 12),
    ("arr", pa.array([12], pa.uint64()), 12.0),
    ("arr", pa.array([Decimal("12.25")], pa.decimal128(10, 2)), 12.25),
    ("arr", pa.array([12.5], pa.float32()), 12.5),
    ("account_id", pa.array([7], pa.int64()), "7"),
    ("account_id", pa.array([7.0], pa.float64()), "7"),
    ("account_id", pa.array([b"raw"], pa.binary()), "raw"),
    ("account_id", pa.array(["x"]).dictionary_encode(), "x"),
    ("plan", pa.array([True]), "true"),
    ("entitled_features", pa.array([["a", "b"]]), "a;b"),
]


@pytest.mark.parametrize(("column", "values", "expected"), NATIVE)
def test_values_of_parquet(bench: Bench, column: str, values: pa.Array, expected: Any) -> None:
    columns = {"account_id": pa.array(["a"]), column: values}
    path = bench.folder / "accounts.parquet"
    pq.write_table(pa.table(columns), path)
    reading = read(bench.engine, discover([path])[0])
    [row] = rows_of(bench.engine, reading)
    assert row[column] == expected


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("arr", pa.array([float("nan")]), "not_finite"),
        ("arr", pa.array([float("inf")]), "not_finite"),
        ("seats", pa.array([2.5]), "integer"),
        ("seats", pa.array([-2]), "low"),
        ("created_at", pa.array([True]), "time"),
    ],
)
def test_what_parquet_says_wrong(bench: Bench, column: str, values: pa.Array, code: str) -> None:
    path = bench.folder / "accounts.parquet"
    pq.write_table(pa.table({"account_id": ["a"], column: values}), path)
    with pytest.raises(SourceError) as caught:
        read(bench.engine, discover([path])[0])
    assert [(reject.row, reject.column, reject.code) for reject in caught.value.rejects] == [(1, column, code)]


def test_unknown_columns_of_parquet_keep_their_types(bench: Bench) -> None:
    path = bench.folder / "accounts.parquet"
    table = pa.table(
        {
            "account_id": ["a", "b"],
            "n": pa.array([1, None]),
            "f": [float("nan"), 2.5],
            "tags": [["x"], None],
            "deep": [{"y": 1}, None],
            "text": ["", "t"],
        }
    )
    pq.write_table(table, path)
    first, second = rows_of(bench.engine, read(bench.engine, discover([path])[0]))
    assert first["traits"] == '{"n":1,"tags":["x"],"deep":{"y":1}}'
    assert second["traits"] == '{"f":2.5,"text":"t"}'
