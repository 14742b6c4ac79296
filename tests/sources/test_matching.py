"""Which column of a file is which column of a table."""

from __future__ import annotations

import pytest

from sources.bench import Bench
from weatherglass.config.mapping import TableMapping
from weatherglass.events.tables import BY_NAME, TABLES, Table
from weatherglass.sources import SourceError
from weatherglass.sources.matching import Matches, match

EVENTS, TICKETS, ACCOUNTS = BY_NAME["events"], BY_NAME["tickets"], BY_NAME["accounts"]


def matched(table: Table, *names: str, **mapping: object) -> Matches:
    return match(table, names, TableMapping.model_validate(mapping), "file.csv")


def told(matches: Matches) -> dict[str, tuple[str, str | None]]:
    return {one.column: (one.how, one.source) for one in matches.matches if one.how != "missing"}


def test_names_and_aliases() -> None:
    found = matched(EVENTS, "workspace_id", "User ID", "event_name", "ts", "messageId", "plan")
    assert told(found) == {
        "account_id": ("alias", "workspace_id"),
        "user_id": ("alias", "User ID"),
        "name": ("alias", "event_name"),
        "timestamp": ("alias", "ts"),
        "message_id": ("alias", "messageId"),
    }
    assert found.unknown == ("plan",)
    assert found.of("properties").how == "missing"


@pytest.mark.parametrize("name", ["groupId", "group_id", "Group-ID", "GROUP ID", "group.id", "context_group_id"])
def test_spellings(name: str) -> None:
    assert told(matched(EVENTS, name, "name", "timestamp"))["account_id"] == ("alias", name)


def test_a_name_wins_over_an_alias_and_an_earlier_alias_over_a_later() -> None:
    found = matched(EVENTS, "received_at", "ts", "date", "event", "name", "id", "event_id")
    assert told(found) == {"name": ("exact", "name"), "timestamp": ("alias", "ts"), "message_id": ("alias", "event_id")}
    assert found.unknown == ("received_at", "date", "event", "id")


def test_a_column_feeds_one_column_only() -> None:
    found = told(matched(EVENTS, "event_type", "time"))
    assert found == {"name": ("alias", "event_type"), "timestamp": ("alias", "time")}
    found = told(matched(EVENTS, "event", "event_type", "time"))
    assert (found["name"][1], found["type"][1]) == ("event", "event_type")


def test_what_tools_export() -> None:
    assert told(matched(ACCOUNTS, "id", "Created (UTC)"))["created_at"] == ("alias", "Created (UTC)")
    zendesk = told(matched(TICKETS, "Id", "organization_id", "Created at", "Solved at", "Priority", "Subject"))
    assert {column: source for column, (_, source) in zendesk.items()} == {
        "ticket_id": "Id",
        "account_id": "organization_id",
        "opened_at": "Created at",
        "resolved_at": "Solved at",
        "severity": "Priority",
        "text": "Subject",
    }


def test_the_mapping_comes_first() -> None:
    found = matched(EVENTS, "account_id", "org", "name", "timestamp", columns={"account_id": "ORG", "user_id": "org"})
    assert told(found)["account_id"] == ("mapped", "org")
    assert told(found)["user_id"] == ("mapped", "org")
    assert found.unknown == ("account_id",)


def test_a_mapped_column_that_is_not_there() -> None:
    with pytest.raises(SourceError) as caught:
        matched(EVENTS, "name", "timestamp", "organisation", columns={"account_id": "organization"})
    assert "takes account_id from a column 'organization', which the file does not have" in str(caught.value)
    assert "did you mean 'organisation'?" in str(caught.value)
    assert "columns of the file: name, timestamp, organisation" in str(caught.value)


def test_a_required_column_that_is_nowhere() -> None:
    with pytest.raises(SourceError) as caught:
        matched(TICKETS, "ticket_id", "account_id", "opened_on", "x")
    assert str(caught.value).splitlines() == [
        "file.csv: no column for opened_at, which tickets requires",
        "  columns of the file: ticket_id, account_id, opened_on, x",
        f"  opened_at is also known as: {', '.join(TICKETS.column('opened_at').aliases)}",
        "To mend: name the column so, or say in weatherglass.yml which one it is:",
        "    sources:",
        "      tickets:",
        "        columns:",
        "          opened_at: opened_on",
    ]


def test_a_required_account_that_another_table_knows() -> None:
    with pytest.raises(SourceError, match=r"account_id: \{column: userId, through: users\}"):
        matched(BY_NAME["surveys"], "response_id", "userId", "kind", "score", "answered_at")


def test_events_of_nobody_are_noticed() -> None:
    [notice] = matched(EVENTS, "name", "timestamp", "subscription_id").notices
    assert "these events are nobody's" in notice
    assert "account_id: {column: subscription_id, through: subscriptions}" in notice
    assert matched(EVENTS, "name", "timestamp", "user_id").notices == ()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_alias_is_known_alone(table: Table) -> None:
    required = [column.name for column in table.required]
    for column in table.columns:
        for alias in column.aliases:
            others = [name for name in required if name != column.name]
            found = told(matched(table, alias, *others))
            owner = next(name for name, (_, source) in found.items() if source == alias)
            first = next(one for one in table.columns if alias in one.aliases and one.name not in others)
            assert owner == first.name, alias


def test_the_suggested_mapping_can_be_loaded(bench: Bench) -> None:
    content = "ticket_id,account_id,opened_on\n1,a,2024-01-05\n"
    error = str(bench.refused("tickets.csv", content))
    yaml = "\n".join(line[6:] for line in error.splitlines()[-3:])
    [row] = bench.rows("tickets.csv", content, mapping=yaml)
    assert row["opened_at"].day == 5
