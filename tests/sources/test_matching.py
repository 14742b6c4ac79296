"""Which column of a file is which column of a table."""

from __future__ import annotations

import pytest

from sources.bench import Bench
from weatherglass.config.mapping import TableMapping
from weatherglass.events.table import Table
from weatherglass.events.tables import BY_NAME, TABLES
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
    zendesk = ("Id", "organization_id", "Requester id", "Created at", "Solved at", "Priority", "Subject")
    assert sources(TICKETS, *zendesk) == {
        "ticket_id": "Id",
        "account_id": "organization_id",
        "user_id": "Requester id",
        "opened_at": "Created at",
        "resolved_at": "Solved at",
        "severity": "Priority",
        "text": "Subject",
    }
    freshdesk = ("Ticket ID", "Subject", "Priority", "Created time", "Resolved time", "Closed time", "Contact ID")
    assert sources(TICKETS, *freshdesk, "company_id") == {
        "ticket_id": "Ticket ID",
        "account_id": "company_id",
        "user_id": "Contact ID",
        "opened_at": "Created time",
        "resolved_at": "Resolved time",
        "severity": "Priority",
        "text": "Subject",
    }
    intercom = ("conversation_id", "company_id", "conversation_created_at", "conversation_closed_at")
    assert sources(TICKETS, *intercom, "Conversation rating") == {
        "ticket_id": "conversation_id",
        "account_id": "company_id",
        "opened_at": "conversation_created_at",
        "resolved_at": "conversation_closed_at",
        "csat": "Conversation rating",
    }
    hubspot = ("Record ID", "Company name", "Company owner", "Create Date", "Industry")
    assert sources(ACCOUNTS, *hubspot) == {
        "account_id": "Record ID",
        "name": "Company name",
        "created_at": "Create Date",
        "owner": "Company owner",
        "industry": "Industry",
    }
    stripe = ("id", "Customer", "Date (UTC)", "Due Date (UTC)", "Total", "Status")
    assert sources(BY_NAME["invoices"], *stripe) == {
        "invoice_id": "id",
        "account_id": "Customer",
        "issued_at": "Date (UTC)",
        "due_at": "Due Date (UTC)",
        "amount": "Total",
        "status": "Status",
    }


def sources(table: Table, *names: str) -> dict[str, str | None]:
    return {column: source for column, (_, source) in told(matched(table, *names)).items()}


@pytest.mark.parametrize(
    "closed", ["closed", "closed_at", "Closed On", "solved_at", "solved", "resolved", "date_closed"]
)
@pytest.mark.parametrize("account", ["client", "client_id", "customer", "Customer ID"])
def test_a_ticket_that_was_closed_is_resolved(account: str, closed: str) -> None:
    found = sources(TICKETS, "id", account, "opened", closed)
    assert found == {"ticket_id": "id", "account_id": account, "opened_at": "opened", "resolved_at": closed}


def test_resolved_comes_before_closed() -> None:
    assert sources(TICKETS, "id", "customer", "created", "closed", "resolved")["resolved_at"] == "resolved"


def test_a_client_is_no_account_of_an_event() -> None:
    """It may be a device, a browser or an app."""
    found = matched(EVENTS, "user_id", "event", "ts", "client", "client_id")
    assert found.of("account_id").how == "missing"
    assert found.unknown == ("client", "client_id")


def test_in_a_table_of_accounts_an_id_comes_before_a_bare_customer() -> None:
    assert sources(ACCOUNTS, "customer", "id") == {"account_id": "id", "name": "customer"}
    assert sources(ACCOUNTS, "customer", "plan") == {"account_id": "customer", "plan": "plan"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_alias_is_told_once_and_is_no_columns_name(table: Table) -> None:
    for column in table.columns:
        assert len(set(column.aliases)) == len(column.aliases), column.name
        assert column.name not in column.aliases


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
        matched(TICKETS, "ticket_id", "account_id", "was_opened", "x")
    assert str(caught.value).splitlines() == [
        "file.csv: no column for opened_at, which tickets requires",
        "  columns of the file: ticket_id, account_id, was_opened, x",
        f"  opened_at is also known as: {', '.join(TICKETS.column('opened_at').aliases)}",
        "To mend: name the column so, or say in weatherglass.yml which one it is:",
        "    sources:",
        "      tickets:",
        "        columns:",
        "          opened_at: was_opened",
    ]


def test_a_required_account_that_another_table_knows() -> None:
    with pytest.raises(SourceError, match=r"account_id: \{column: userId, through: users\}"):
        matched(BY_NAME["surveys"], "response_id", "userId", "kind", "score", "answered_at")


def test_a_table_is_not_looked_up_in_itself() -> None:
    with pytest.raises(SourceError, match=r"account_id: Organization$"):
        matched(TICKETS, "Ticket ID", "Organization", "opened_at")


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
    content = "ticket_id,account_id,was_opened\n1,a,2024-01-05\n"
    error = str(bench.refused("tickets.csv", content))
    yaml = "\n".join(line[6:] for line in error.splitlines()[-3:])
    [row] = bench.rows("tickets.csv", content, mapping=yaml)
    assert row["opened_at"].day == 5
