"""The mapping of source files."""

from __future__ import annotations

from weatherglass.config import ColumnMapping, Sources, TableMapping, parse_project

TEXT = """
sources:
  ignore: ["*_BACKUP.csv", "readme*"]
  events:
    - files: "usage_*.csv"
      columns:
        name: feature
        account_id: {column: subscription_id, through: subscriptions}
        type: {value: track}
      date_format: "%d/%m/%Y"
    - files: [clicks.csv, "*.clicks.csv"]
  tickets:
    columns:
      resolved_at: {column: closed, date_format: "%Y-%m-%d %H:%M"}
      escalated: {value: false}
    values:
      severity: {medium: normal, "1": null}
      escalated: {"Y": true}
  outcomes:
    files: USAGE_2026.csv
"""


def sources() -> Sources:
    return parse_project(TEXT).sources


def test_what_a_mapping_says() -> None:
    first, second = sources().of("events")
    assert first.columns == {
        "name": ColumnMapping(column="feature"),
        "account_id": ColumnMapping(column="subscription_id", through="subscriptions"),
        "type": ColumnMapping(value="track"),
    }
    assert (first.date_format, second.date_format) == ("%d/%m/%Y", None)
    assert second.files == ("clicks.csv", "*.clicks.csv")
    [tickets] = sources().of("tickets")
    assert tickets.files == ()
    assert tickets.columns["resolved_at"].date_format == "%Y-%m-%d %H:%M"
    assert tickets.columns["escalated"].value is False
    assert tickets.values == {"severity": {"medium": "normal", "1": None}, "escalated": {"Y": True}}


def test_which_files_a_mapping_is_for() -> None:
    assert [table for table, _ in sources().claims("usage_2026.csv")] == ["events", "outcomes"]
    assert [table for table, _ in sources().claims("a.Clicks.csv")] == ["events"]
    # A mapping without files is for the files named after its table, which the loader knows.
    assert sources().claims("tickets.csv") == ()
    assert sources().of("surveys") == ()


def test_ignored_files() -> None:
    assert sources().ignores("events_backup.CSV") and sources().ignores("README.md")
    assert not sources().ignores("events.csv")


def test_one_mapping_needs_no_list() -> None:
    assert parse_project("sources: {events: {files: a.csv}}").sources == Sources(
        tables={"events": (TableMapping(files=("a.csv",)),)}
    )
    assert parse_project("sources: {events: null}").sources.of("events") == (TableMapping(),)
