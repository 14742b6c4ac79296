"""The source tables: which columns each has, what they hold, and the other names people use for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "time", "number", "integer", "boolean", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source table."""

    name: str
    kind: Kind
    required: bool = False
    aliases: tuple[str, ...] = ()
    low: float | None = None
    """Smallest legal number."""
    high: float | None = None
    """Largest legal number."""
    planned: bool = False
    """A time that may lie in the far future (an end, a due day): 9999-12-31 is legal here."""
    choices: tuple[str, ...] = ()
    """Legal values, compared without case; empty means any."""


@dataclass(frozen=True, slots=True)
class Table:
    """One source table: its columns, the key that makes two rows one, and the time that dates a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Rows with the same key are one row, the last read. Empty for events, which go by `message_id`."""
    dated_by: str | None = None
    """The column whose day is the day of the fact; None where a row has no date of its own."""
    aliases: tuple[str, ...] = ()
    """Other file names (without extension, lower case) under which the table is known."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)


def _account(required: bool = True) -> Column:
    return Column(
        "account_id",
        "id",
        required=required,
        aliases=(
            "company_id",
            "org_id",
            "organization_id",
            "organisation_id",
            "workspace_id",
            "tenant_id",
            "team_id",
            "customer_id",
            "group_id",
            "groupid",
            "accountid",
            "account",
            "context_group_id",
        ),
    )


def _user(required: bool = False) -> Column:
    return Column(
        "user_id",
        "id",
        required=required,
        aliases=("userid", "contact_id", "member_id", "person_id", "distinct_id", "user"),
    )


def _text(aliases: tuple[str, ...] = ("body", "content", "description", "feedback_text")) -> Column:
    return Column("text", "text", aliases=aliases)


def _sentiment() -> Column:
    return Column("sentiment", "number", low=-1, high=1, aliases=("sentiment_score", "tone"))


_SEATS = Column(
    "seats", "integer", low=0, aliases=("licenses", "licences", "seat_count", "quantity", "employees_licensed")
)
_PLAN = Column("plan", "text", aliases=("plan_tier", "plan_name", "tier_name", "subscription_plan"))
_MRR = Column("mrr", "number", aliases=("mrr_amount", "monthly_recurring_revenue", "monthly_amount"))

ACCOUNTS = Table(
    "accounts",
    (
        Column(
            "account_id",
            "id",
            required=True,
            aliases=(*_account().aliases, "id"),
        ),
        Column("name", "text", aliases=("account_name", "company_name", "company", "organization_name")),
        Column(
            "created_at",
            "time",
            aliases=("signup_date", "signed_up_at", "created", "created_date", "start_date", "createdat"),
        ),
        _PLAN,
        _SEATS,
        Column("arr", "number", aliases=("arr_amount", "annual_recurring_revenue", "contract_value", "annual_amount")),
        _MRR,
        Column(
            "renewal_date",
            "time",
            planned=True,
            aliases=("renewal_at", "renews_at", "contract_renewal_date", "contract_end"),
        ),
        Column("owner", "text", aliases=("csm", "account_owner", "success_manager", "owner_name", "owner_email")),
        Column("segment", "text", aliases=("customer_segment", "tier_segment")),
        Column("industry", "text", aliases=("vertical",)),
        Column("region", "text", aliases=("country", "geo", "territory")),
        Column("parent_account_id", "id", aliases=("parent_id", "parent_company_id")),
        Column("acquisition_source", "text", aliases=("referral_source", "source", "utm_source", "lead_source")),
        Column("acquisition_campaign", "text", aliases=("campaign", "utm_campaign")),
        Column("entitled_features", "text", aliases=("entitlements", "features")),
    ),
    key=("account_id",),
    dated_by="created_at",
    aliases=("account", "companies", "company", "customers", "organizations", "organisations"),
)

USERS = Table(
    "users",
    (
        Column("user_id", "id", required=True, aliases=(*_user().aliases, "id")),
        _account(),
        Column("name", "text", aliases=("full_name", "user_name")),
        Column("email", "text", aliases=("email_address",)),
        Column("role", "text", aliases=("title", "job_title")),
        Column("is_champion", "boolean", aliases=("champion",)),
        Column("is_executive_sponsor", "boolean", aliases=("executive_sponsor", "is_sponsor", "sponsor")),
        Column("created_at", "time", aliases=("signup_date", "signed_up_at", "created", "createdat")),
        Column("deactivated_at", "time", planned=True, aliases=("deleted_at", "disabled_at", "removed_at")),
    ),
    key=("user_id", "account_id"),
    aliases=("user", "contacts", "members", "people"),
)

EVENTS = Table(
    "events",
    (
        _account(required=False),
        _user(),
        Column(
            "name",
            "text",
            required=True,
            aliases=("event", "event_name", "action", "feature_name", "feature", "event_type"),
        ),
        Column(
            "timestamp",
            "time",
            required=True,
            aliases=(
                "ts",
                "time",
                "occurred_at",
                "event_time",
                "event_timestamp",
                "originaltimestamp",
                "created_at",
                "usage_date",
                "date",
                "received_at",
                "receivedat",
                "sent_at",
            ),
        ),
        Column("type", "text", aliases=("event_type", "call_type")),
        Column("message_id", "id", aliases=("messageid", "event_id", "uuid", "insert_id", "usage_id", "id")),
        Column("properties", "json", aliases=("props", "event_properties", "attributes")),
    ),
    key=(),
    dated_by="timestamp",
    aliases=("event", "tracks", "track", "feature_usage", "usage", "activity", "product_events"),
)

TICKETS = Table(
    "tickets",
    (
        Column("ticket_id", "id", required=True, aliases=("ticketid", "case_id", "conversation_id", "issue_id", "id")),
        _account(),
        _user(),
        Column(
            "opened_at",
            "time",
            required=True,
            aliases=("submitted_at", "created_at", "created", "open_date", "createdat"),
        ),
        Column("resolved_at", "time", aliases=("closed_at", "solved_at", "resolved", "close_date")),
        Column("severity", "text", aliases=("priority", "urgency")),
        Column("escalated", "boolean", aliases=("escalation_flag", "is_escalated")),
        Column("csat", "number", low=1, high=5, aliases=("satisfaction_score", "csat_score", "rating", "satisfaction")),
        _text(("body", "content", "description", "subject")),
        _sentiment(),
    ),
    key=("ticket_id",),
    dated_by="opened_at",
    aliases=("ticket", "support_tickets", "cases", "conversations", "issues"),
)

INVOICES = Table(
    "invoices",
    (
        Column("invoice_id", "id", required=True, aliases=("invoiceid", "number", "id")),
        _account(),
        Column("issued_at", "time", required=True, aliases=("invoice_date", "created_at", "created", "date", "issued")),
        Column("due_at", "time", planned=True, aliases=("due_date", "due")),
        Column("paid_at", "time", aliases=("payment_date", "paid", "paid_date")),
        Column("amount", "number", aliases=("total", "amount_due", "invoice_amount")),
        Column("status", "text", aliases=("invoice_status", "state"), choices=("open", "paid", "failed", "void")),
    ),
    key=("invoice_id",),
    dated_by="issued_at",
    aliases=("invoice", "billing", "payments"),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    (
        Column("subscription_id", "id", required=True, aliases=("subscriptionid", "contract_id", "id")),
        _account(),
        Column(
            "started_at", "time", required=True, aliases=("start_date", "started", "start", "created_at", "begin_date")
        ),
        Column("ended_at", "time", planned=True, aliases=("end_date", "ended", "canceled_at", "cancelled_at", "end")),
        _MRR,
        _SEATS,
        _PLAN,
    ),
    key=("subscription_id",),
    dated_by="started_at",
    aliases=("subscription", "contracts"),
)

SURVEYS = Table(
    "surveys",
    (
        Column("response_id", "id", required=True, aliases=("survey_id", "responseid", "id")),
        _account(),
        _user(),
        Column("kind", "text", required=True, aliases=("survey_type", "type"), choices=("nps", "csat", "ces")),
        Column("score", "number", required=True, low=0, high=10, aliases=("rating", "value")),
        Column("answered_at", "time", required=True, aliases=("submitted_at", "responded_at", "created_at", "date")),
        Column("comment", "text", aliases=("feedback", "text", "comments")),
    ),
    key=("response_id",),
    dated_by="answered_at",
    aliases=("survey", "survey_responses", "nps"),
)

INTERACTIONS = Table(
    "interactions",
    (
        Column("interaction_id", "id", required=True, aliases=("activity_id", "meeting_id", "id")),
        _account(),
        _user(),
        Column(
            "kind",
            "text",
            required=True,
            aliases=("type", "interaction_type"),
            choices=("meeting", "training", "webinar", "qbr", "email", "call"),
        ),
        Column("occurred_at", "time", required=True, aliases=("date", "happened_at", "created_at", "timestamp")),
        Column("attended", "boolean", aliases=("did_attend", "showed_up")),
        _text(("body", "content", "notes", "description")),
        _sentiment(),
    ),
    key=("interaction_id",),
    dated_by="occurred_at",
    aliases=("interaction", "meetings", "touchpoints"),
)

MILESTONES = Table(
    "milestones",
    (
        _account(),
        Column("name", "text", required=True, aliases=("milestone", "milestone_name")),
        Column("reached_at", "time", required=True, aliases=("completed_at", "date", "done_at")),
    ),
    key=("account_id", "name"),
    dated_by="reached_at",
    aliases=("milestone", "onboarding"),
)

OUTCOMES = Table(
    "outcomes",
    (
        _account(),
        Column(
            "kind",
            "text",
            required=True,
            aliases=("type", "outcome"),
            choices=("churned", "renewed", "expanded", "contracted"),
        ),
        Column("occurred_at", "time", required=True, aliases=("churn_date", "date", "happened_at")),
        Column("amount", "number", aliases=("refund_amount_usd", "value")),
        Column("reason", "text", aliases=("reason_code", "churn_reason")),
    ),
    key=("account_id", "kind", "occurred_at"),
    dated_by="occurred_at",
    aliases=("outcome", "churn_events", "churns", "churn"),
)

TABLES: tuple[Table, ...] = (
    ACCOUNTS,
    USERS,
    EVENTS,
    TICKETS,
    INVOICES,
    SUBSCRIPTIONS,
    SURVEYS,
    INTERACTIONS,
    MILESTONES,
    OUTCOMES,
)
"""Every source table, in the order in which a load reads them (lookups first)."""

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
