"""Which rows are one event, and whose event it is (section 4)."""

from __future__ import annotations

from .company import Company, Row, last_read


def event_type(row: Row) -> str:
    """The type of an event: without case, `track` where none is given."""
    return (row.get("type") or "track").lower()


def _none_first(value: str | None) -> tuple[bool, str]:
    return (value is not None, value or "")


def _order(row: Row) -> tuple[object, ...]:
    return (
        row["timestamp"],
        _none_first(row.get("account_id") or None),
        _none_first(row.get("user_id") or None),
        row["name"],
        event_type(row),
    )


def one_event_a_message(rows: list[Row]) -> list[Row]:
    """Rows with the same non-empty `message_id` are one event, the earliest.

    At the same instant the smallest (account, user, name, type) is it, an empty value being the smallest.
    """
    without = [row for row in rows if not row.get("message_id")]
    earliest: dict[str, Row] = {}
    for row in rows:
        message = row.get("message_id")
        if message and (message not in earliest or _order(row) < _order(earliest[message])):
            earliest[message] = row
    return without + list(earliest.values())


def group_calls(events: list[Row]) -> dict[str, list[Row]]:
    """The `group` calls of each user that name an account."""
    calls: dict[str, list[Row]] = {}
    for row in events:
        if event_type(row) == "group" and row.get("user_id") and row.get("account_id"):
            calls.setdefault(row["user_id"], []).append(row)
    return calls


def accounts_of_users(company: Company) -> dict[str, set[str]]:
    """The accounts of each user in the table `users`."""
    accounts: dict[str, set[str]] = {}
    for row in last_read(company, "users"):
        accounts.setdefault(row["user_id"], set()).add(row["account_id"])
    return accounts


def account_of(event: Row, calls: dict[str, list[Row]], users: dict[str, set[str]]) -> str | None:
    """The account of an event; None: nobody's.

    Its `account_id`; else the account of the user's latest `group` call at or before it (of several at one instant
    the greatest account); else the user's account in `users` when there is exactly one.
    """
    if event.get("account_id"):
        return str(event["account_id"])
    user = event.get("user_id")
    if not user:
        return None
    before = [call for call in calls.get(user, []) if call["timestamp"] <= event["timestamp"]]
    if before:
        latest = max(before, key=lambda call: (call["timestamp"], call["account_id"]))
        return str(latest["account_id"])
    own = users.get(user, set())
    return next(iter(own)) if len(own) == 1 else None
