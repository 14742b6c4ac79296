"""Times in files: every writing that is understood, and the same answer as for a single message."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources.bench import Bench
from weatherglass.events.times import TimeError, moment
from weatherglass.sources import discover, read

HEAD = "account_id,name,timestamp\n"


def read_times(bench: Bench, *texts: str, zone: str = "UTC", mapping: str = "") -> list[str]:
    rows = bench.rows("events.csv", HEAD + "".join(f'a,x,"{text}"\n' for text in texts), zone=zone, mapping=mapping)
    return [row["timestamp"].isoformat() for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-05", "2024-01-05T00:00:00"),
        ("2024-1-5", "2024-01-05T00:00:00"),
        ("2024/01/05", "2024-01-05T00:00:00"),
        ("2024-01-05 10:20", "2024-01-05T10:20:00"),
        ("2024-01-05T10:20:30", "2024-01-05T10:20:30"),
        (" 2024-01-05T10:20:30 ", "2024-01-05T10:20:30"),
        ("2024/1/5 9:20:30", "2024-01-05T09:20:30"),
        ("2024-01-05T10:20:30Z", "2024-01-05T10:20:30"),
        ("2024-01-05T10:20:30z", "2024-01-05T10:20:30"),
        ("2024-01-05 10:20:30 UTC", "2024-01-05T10:20:30"),
        ("2024-01-05T10:20:30+02:00", "2024-01-05T08:20:30"),
        ("2024-01-05T10:20:30+0530", "2024-01-05T04:50:30"),
        ("2024-01-05 10:20:30 -0330", "2024-01-05T13:50:30"),
        ("2024-01-05 10:20:30+02", "2024-01-05T08:20:30"),
        ("2024-01-05T00:30:00+14:00", "2024-01-04T10:30:00"),
        ("2024-01-05T10:20:30.5", "2024-01-05T10:20:30.500000"),
        ("2024-01-05T10:20:30,125Z", "2024-01-05T10:20:30.125000"),
        ("2024-01-05T23:59:59.999999999Z", "2024-01-05T23:59:59.999999"),
        ("1704448800", "2024-01-05T10:00:00"),
        ("1704448800.25", "2024-01-05T10:00:00.250000"),
        ("1704448800123", "2024-01-05T10:00:00.123000"),
        ("1704448800123456", "2024-01-05T10:00:00.123456"),
        ("987654321", "2001-04-19T04:25:21"),
        ("1990-01-01", "1990-01-01T00:00:00"),
        ("2099-12-31T23:59:59Z", "2099-12-31T23:59:59"),
    ],
)
def test_writings(bench: Bench, text: str, expected: str) -> None:
    assert read_times(bench, text) == [expected]
    assert moment(text).isoformat() == expected


def test_each_row_has_its_own_offset(bench: Bench) -> None:
    assert read_times(bench, "2024-07-01T12:00:00+02:00", "2024-07-01T12:00:00", "2024-07-01T12:00:00-07:00") == [
        "2024-07-01T10:00:00",
        "2024-07-01T12:00:00",
        "2024-07-01T19:00:00",
    ]


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Europe/Berlin", "2024-01-05", "2024-01-04T23:00:00"),
        ("Europe/Berlin", "2024-07-05", "2024-07-04T22:00:00"),
        ("America/New_York", "2024-07-05", "2024-07-05T04:00:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00"),
        ("America/Havana", "2024-11-03", "2024-11-03T05:00:00"),
        ("Asia/Kolkata", "2024-01-05", "2024-01-04T18:30:00"),
        ("Europe/Berlin", "2024-01-05T00:00:00", "2024-01-05T00:00:00"),
    ],
)
def test_a_bare_day_is_a_day_of_the_workspace(bench: Bench, zone: str, text: str, expected: str) -> None:
    assert read_times(bench, text, zone=zone) == [expected]
    assert moment(text, ZoneInfo(zone)).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yesterday", "time"),
        ("infinity", "time"),
        ("epoch", "time"),
        ("2024-13-01", "time"),
        ("2024-02-30", "time"),
        ("2024-01-05T25:00:00", "time"),
        ("2024-01-05T10:60:00", "time"),
        ("2024-01-05T10:00:00+15:00", "time"),
        ("2024-01-05T10:00:00 Europe/Berlin", "time"),
        ("20240105", "time"),
        ("12345678901", "time"),
        ("5/1/2024", "day_or_month"),
        ("05-01-24", "day_or_month"),
        ("31.12.2024 10:00", "day_or_month"),
        ("1/2/2024, 3:04 PM", "day_or_month"),
        ("1989-12-31T23:59:59Z", "implausible"),
        ("2100-01-01", "implausible"),
        ("9999-12-31", "implausible"),
        ("0000-00-00", "time"),
        ("0001-01-01", "implausible"),
    ],
)
def test_what_is_no_time(bench: Bench, text: str, code: str) -> None:
    error = bench.refused("events.csv", HEAD + f'a,x,"{text}"\n')
    assert [(reject.row, reject.column, reject.value, reject.code) for reject in error.rejects] == [
        (2, "timestamp", text, code)
    ]
    with pytest.raises(TimeError) as caught:
        moment(text)
    assert caught.value.reason == code


def test_planned_times_may_be_far_away(bench: Bench) -> None:
    head = "subscription_id,account_id,started_at,ended_at\n"
    [row] = bench.rows("subscriptions.csv", head + "s,a,2024-01-05,9999-12-31\n")
    assert row["ended_at"] == datetime(9999, 12, 31) == moment("9999-12-31", planned=True)
    error = bench.refused("subscriptions.csv", head + "s,a,2024-01-05,1970-01-01\n")
    assert [(reject.column, reject.code) for reject in error.rejects] == [("ended_at", "implausible_planned")]
    assert "9999-12-31" in str(error)


class TestDateFormat:
    def test_day_first(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%d/%m/%Y'"
        assert read_times(bench, "05/01/2024", "31/12/2024", mapping=mapping) == [
            "2024-01-05T00:00:00",
            "2024-12-31T00:00:00",
        ]

    def test_a_bare_day_is_a_day_of_the_workspace(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%m/%d/%y'"
        assert read_times(bench, "07/05/24", mapping=mapping, zone="Europe/Berlin") == ["2024-07-04T22:00:00"]

    def test_with_a_time_of_day(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%d.%m.%Y %H:%M:%S'"
        assert read_times(bench, "05.01.2024 10:20:30", mapping=mapping, zone="Europe/Berlin") == [
            "2024-01-05T10:20:30"
        ]

    def test_with_an_offset(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%d.%m.%Y %H:%M %z'"
        found = ("05.01.2024 10:20 +0200", "05.01.2024 10:20 -03:30", "05.01.2024 00:20 +14")
        assert read_times(bench, *found, mapping=mapping, zone="Europe/Berlin") == [
            "2024-01-05T08:20:00",
            "2024-01-05T13:50:00",
            "2024-01-04T10:20:00",
        ]

    def test_with_a_zone(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%d.%m.%Y %H:%M %Z'"
        found = ("05.01.2024 10:20 UTC", "05.01.2024 10:20 America/New_York")
        assert read_times(bench, *found, mapping=mapping) == ["2024-01-05T10:20:00", "2024-01-05T15:20:00"]

    def test_a_columns_own_format_comes_first(self, bench: Bench) -> None:
        mapping = (
            "tickets:\n  date_format: '%d/%m/%Y'\n  columns:\n    resolved_at: {column: done, date_format: '%Y-%m-%d'}"
        )
        [row] = bench.rows(
            "tickets.csv", "ticket_id,account_id,opened_at,done\n1,a,05/01/2024,2024-01-06\n", mapping=mapping
        )
        assert (row["opened_at"].day, row["resolved_at"].day) == (5, 6)

    def test_what_does_not_match_is_refused(self, bench: Bench) -> None:
        mapping = "events:\n  date_format: '%d/%m/%Y'"
        error = bench.refused("events.csv", HEAD + "a,x,2024-01-05\na,x,31/13/2024\n", mapping=mapping)
        assert [reject.code for reject in error.rejects] == ["date_format", "date_format"]


NANOS = 1704499199999999999
NATIVE = [
    (pa.timestamp("ns"), NANOS, "2024-01-05T23:59:59.999999"),
    (pa.timestamp("ns", "UTC"), NANOS, "2024-01-05T23:59:59.999999"),
    (pa.timestamp("us"), NANOS // 1000, "2024-01-05T23:59:59.999999"),
    (pa.timestamp("us", "Asia/Tokyo"), NANOS // 1000, "2024-01-05T23:59:59.999999"),
    (pa.timestamp("ms"), NANOS // 10**6, "2024-01-05T23:59:59.999000"),
    (pa.timestamp("s"), NANOS // 10**9, "2024-01-05T23:59:59"),
    (pa.date32(), (date(2024, 1, 5) - date(1970, 1, 1)).days, "2024-01-04T23:00:00"),
    (pa.int64(), NANOS // 10**9, "2024-01-05T23:59:59"),
    (pa.int64(), NANOS // 10**6, "2024-01-05T23:59:59.999000"),
    (pa.float64(), 1704499199.5, "2024-01-05T23:59:59.500000"),
    (pa.string(), "2024-01-05", "2024-01-04T23:00:00"),
]


@pytest.mark.parametrize(("type_", "value", "expected"), NATIVE)
@pytest.mark.parametrize("statistics", [True, False])
def test_times_of_parquet(bench: Bench, type_: pa.DataType, value: object, expected: str, statistics: bool) -> None:
    stored = {pa.int64(): pa.int64(), pa.float64(): pa.float64(), pa.string(): pa.string(), pa.date32(): pa.int32()}
    column = pa.array([value], stored.get(type_, pa.int64())).cast(type_)
    path = bench.folder / "events.parquet"
    pq.write_table(
        pa.table({"account_id": ["a"], "name": ["x"], "timestamp": column}), path, write_statistics=statistics
    )
    reading = read(bench.engine, discover([path])[0], "Europe/Berlin")
    assert reading.passthrough == (statistics and pa.types.is_timestamp(type_))
    [(when,)] = bench.engine.rows(f"SELECT timestamp FROM {reading.relation}")
    assert when.isoformat() == expected
    if reading.passthrough:
        assert reading.first == reading.last == when


digits = st.from_regex(r"\A[0-9]{8,17}(\.[0-9]{1,3})?\Z")
days = st.dates(date(1985, 1, 1), date(2105, 1, 1)).map(str)
clocks = st.from_regex(
    r"\A[T ][012]?[0-9]:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)?( ?(Z|UTC|[+-][01][0-9](:?[0-5][0-9])?))?\Z"
)
texts = st.one_of(digits, days, st.tuples(days, clocks).map("".join), st.text("0123456789-/:. TZ+", max_size=20))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=40), st.sampled_from(["UTC", "Europe/Berlin", "America/Havana"]))
@example(["2024-01-05T10:00:00+14:59", "999999999", "631152000000", "2024-01-0", "1/2/24"], "UTC")
def test_a_file_is_read_as_single_values_are(bench: Bench, found: list[str], zone: str) -> None:
    found = [text for text in found if text.strip()]
    expected: list[object] = []
    for text in found:
        try:
            expected.append(moment(text, ZoneInfo(zone)))
        except TimeError as error:
            expected.append(error.reason)
    reading = bench.reading("events.csv", HEAD + "".join(f'a,x,"{text}"\n' for text in found), zone=zone, lenient=True)
    told: dict[int, object] = {
        row + 1: when for row, when in bench.engine.rows(f"SELECT row_number, timestamp FROM {reading.relation}")
    }
    everything = read(bench.engine, reading.file, zone, lenient=True, most=1000)
    told |= {reject.row or 0: reject.code for reject in everything.rejects}
    assert [told[row] for row in sorted(told)] == expected
    reading.close(bench.engine)
    everything.close(bench.engine)
