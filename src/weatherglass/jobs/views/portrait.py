"""What is known of one account besides its score: its users, the features it uses, and what happened, in order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

Row = dict[str, Any]
LATELY, USUAL = 14, 28
"""Days: who was there in the last fortnight is active; the four weeks before say what is usual."""
MOST_USERS, MOST_HAPPENINGS = 100, 120
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Portrait:
    """Everything up to the end of a day.

    users: user_id, name, email, role, champion, sponsor, last_day, days (of 28), state: active, fading, gone, never.
    features: name, last_day, days (of 28), entitled, key.
    """

    users: list[Row]
    users_in_all: int
    features: list[Row]


def portrait(store: Store, project: Project, account_id: str, day: dt.date) -> Portrait:
    """The portrait of an account on a day."""
    calendar.define(store.engine, project.timezone)
    numbered = store.engine.rows("SELECT account FROM account_ids WHERE account_id = ?", [account_id])
    # an account that no fact has named yet has no number
    number = int(numbered[0][0]) if numbered else -1
    facts = {"account": account_id, "number": number, "day": calendar.number(day)}
    users = store.engine.arrow(_USERS, facts).to_pylist()
    for row in users:
        row["last_day"] = None if row["last_day"] is None else calendar.date(row["last_day"])
    return Portrait(users[:MOST_USERS], len(users), _features(store, project, facts))


def happenings(store: Store, project: Project, account_id: str, day: dt.date) -> list[Row]:
    """What happened in an account in the year up to a day: day, kind, text; the newest first."""
    calendar.define(store.engine, project.timezone)
    shown = {"account": account_id, "day": calendar.number(day), "since": calendar.number(day - YEAR)}
    rows: list[Row] = store.engine.arrow(_HAPPENINGS, shown).to_pylist()
    for row in rows:
        row["day"] = calendar.date(row["day"])
    return rows


def ended(store: Store, project: Project, account_id: str, day: dt.date) -> dt.date | None:
    """The day on which an account's last contract ended, where all have by the end of a day."""
    calendar.define(store.engine, project.timezone)
    query = (
        "SELECT max(local_day(ended_at)) FROM subscriptions WHERE account_id = ? HAVING bool_and(ended_at IS NOT NULL)"
    )
    found = store.engine.rows(query, [account_id])
    last = calendar.date(found[0][0]) if found and found[0][0] is not None else None
    return last if last is not None and last <= day else None


def _features(store: Store, project: Project, facts: dict[str, Any]) -> list[Row]:
    rows = store.engine.arrow(_FEATURES, {"number": facts["number"], "day": facts["day"]}).to_pylist()
    found = store.engine.rows("SELECT entitled_features FROM accounts WHERE account_id = ?", [facts["account"]])
    listed = (found[0][0] or "") if found else ""
    entitled = {part.strip() for part in listed.split(";") if part.strip()}
    for row in rows:
        row["last_day"] = None if row["last_day"] is None else calendar.date(row["last_day"])
        row["key"] = row["name"] in project.product.key_features
        row["entitled"] = not entitled or row["name"] in entitled
    unknown = entitled - {row["name"] for row in rows}
    rows += [{"name": name, "last_day": None, "days": 0, "key": False, "entitled": True} for name in sorted(unknown)]
    # what is not theirs to use is shown only where they do use it
    return [row for row in rows if row["entitled"] or row["last_day"] is not None]


_USERS = f"""
    WITH seen AS (
        SELECT m.user_id, max(d."day") AS last_day, count(*) FILTER (WHERE d."day" > $day - {USUAL}) AS days,
            count(*) FILTER (WHERE d."day" BETWEEN $day - {LATELY + USUAL} + 1 AND $day - {LATELY}) AS usual
        FROM user_days AS d
        INNER JOIN members AS m ON m.member = d.member AND m.account = d.account
        WHERE d.account = $number AND m.account = $number AND d."day" <= $day AND d.events > 0 GROUP BY m.user_id
    )
    SELECT coalesce(u.user_id, s.user_id) AS user_id, u.name, u.email, u.role,
        coalesce(u.is_champion, false) AS champion, coalesce(u.is_executive_sponsor, false) AS sponsor,
        s.last_day, coalesce(s.days, 0) AS days, u.deactivated_at,
        CASE WHEN s.last_day IS NULL THEN 'never'
            WHEN u.deactivated_at IS NOT NULL AND local_day(u.deactivated_at) <= $day THEN 'gone'
            WHEN s.last_day <= $day - {USUAL} THEN 'gone'
            WHEN s.last_day <= $day - {LATELY} OR s.days < s.usual / 2.0 THEN 'fading'
            ELSE 'active' END AS state
    FROM (SELECT * FROM users WHERE account_id = $account) AS u
    FULL JOIN seen AS s ON s.user_id = u.user_id
    ORDER BY champion DESC, sponsor DESC, s.last_day DESC NULLS LAST, days DESC, user_id
"""
_FEATURES = f"""
    SELECT f.name, max(d."day") AS last_day, count(d."day") FILTER (WHERE d."day" > $day - {USUAL}) AS days
    FROM features AS f
    LEFT JOIN (
        SELECT d."day", d.word, d.bits FROM feature_days AS d WHERE d.account = $number AND d."day" <= $day
    ) AS d ON d.word = f.feature // 64 AND (d.bits >> CAST(f.feature % 64 AS UBIGINT)) & 1 = 1
    GROUP BY f.name ORDER BY days DESC, last_day DESC NULLS LAST, f.name
"""
_HAPPENINGS = f"""
    SELECT CAST(h."day" AS INTEGER) AS "day", h.kind, h.text FROM (
        SELECT local_day(opened_at) AS "day", 'ticket' AS kind, 'Ticket opened, ' || coalesce(lower(severity), 'normal')
            || CASE WHEN escalated THEN ', escalated' ELSE '' END
            || CASE WHEN resolved_at IS NULL OR local_day(resolved_at) > $day THEN ', still open' ELSE '' END
            || coalesce(': ' || left(text, 200), '') AS text
        FROM tickets WHERE account_id = $account
        UNION ALL SELECT local_day(resolved_at), 'ticket', 'Ticket resolved'
            || coalesce(', rated ' || CAST(csat AS INTEGER) || ' of 5', '')
        FROM tickets WHERE account_id = $account AND resolved_at IS NOT NULL
        UNION ALL SELECT local_day(issued_at), 'invoice', 'Invoice'
            || coalesce(' of ' || CASE WHEN amount = round(amount) THEN format('{{:,.0f}}', amount)
            ELSE format('{{:,.2f}}', amount) END, '')
            || CASE WHEN lower(status) = 'failed' THEN ', payment failed'
            WHEN paid_at IS NOT NULL AND local_day(paid_at) <= $day THEN ', paid ' || CASE
                WHEN local_day(paid_at) > coalesce(local_day(due_at), local_day(issued_at) + 30)
                THEN (local_day(paid_at) - coalesce(local_day(due_at), local_day(issued_at) + 30)) || ' days late'
                ELSE 'in time' END
            WHEN lower(status) = 'void' THEN ', void' ELSE ', not paid' END
        FROM invoices WHERE account_id = $account
        UNION ALL SELECT local_day(answered_at), 'survey', upper(kind) || ' ' || format('{{:g}}', score)
            || coalesce(': ' || left(comment, 200), '')
        FROM surveys WHERE account_id = $account
        UNION ALL SELECT local_day(occurred_at), 'interaction', upper(left(kind, 1)) || substr(kind, 2)
            || CASE WHEN attended = false THEN ', not attended' ELSE '' END || coalesce(': ' || left(text, 200), '')
        FROM interactions WHERE account_id = $account
        UNION ALL SELECT local_day(reached_at), 'milestone', 'Reached: ' || replace(name, '_', ' ')
        FROM milestones WHERE account_id = $account
        UNION ALL SELECT local_day(started_at), 'contract', 'Contract begins' || coalesce(', ' || plan, '')
            || coalesce(', ' || seats || ' seats', '')
        FROM subscriptions WHERE account_id = $account
        UNION ALL SELECT local_day(ended_at), 'contract', 'Contract ends'
        FROM subscriptions WHERE account_id = $account AND ended_at IS NOT NULL
        UNION ALL SELECT local_day(occurred_at), 'outcome', upper(left(kind, 1)) || substr(kind, 2)
            || coalesce(': ' || reason, '')
        FROM outcomes WHERE account_id = $account
    ) AS h
    WHERE h."day" BETWEEN $since AND $day ORDER BY h."day" DESC, h.kind, h.text LIMIT {MOST_HAPPENINGS}
"""
