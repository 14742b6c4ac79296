"""The source tables: which columns each has, what they hold, and the other names people use for them."""

from __future__ import annotations

from weatherglass.events.table import Column, Table


def _also(*names: str) -> tuple[str, ...]:
    """Other names of a column or a file, the first of which wins; spaces part them."""
    return tuple(name for part in names for name in part.split())


_ACCOUNT = (
    "company_id org_id organization_id organisation_id workspace_id tenant_id team_id customer_id group_id groupid "
    "accountid account context_group_id"
)
_CLIENT = "client_id associated_company_id"
"""Not for events, where a client is a device or a browser."""
_BARE = "customer client"
"""Not before an id: in a table of accounts they may be names."""
_USER = "userid uid contact_id member_id person_id distinct_id user"
_CREATED = "created_on created_time create_date date_created creation_date"


def _account() -> Column:
    return Column("account_id", "id", required=True, aliases=_also(_ACCOUNT, _CLIENT, _BARE))


def _user(*more: str) -> Column:
    return Column("user_id", "id", aliases=_also(_USER, *more))


def _text(names: str) -> Column:
    return Column("text", "text", aliases=_also(names))


def _sentiment() -> Column:
    return Column("sentiment", "number", low=-1, high=1, aliases=_also("sentiment_score tone"))


_SEATS = Column(
    "seats",
    "integer",
    low=0,
    aliases=_also(
        "licenses licences seat_count quantity employees_licensed seats_purchased purchased_seats",
        "license_count licence_count",
    ),
)
_PLAN = Column("plan", "text", aliases=_also("plan_tier plan_name tier_name subscription_plan"))
_MRR = Column("mrr", "number", aliases=_also("mrr_amount monthly_recurring_revenue monthly_amount monthly_spend"))

ACCOUNTS = Table(
    "accounts",
    (
        Column("account_id", "id", required=True, aliases=_also(_ACCOUNT, _CLIENT, "id record_id", _BARE)),
        Column(
            "name",
            "text",
            aliases=_also(
                "account_name company_name company organization_name organisation_name customer_name",
                "client_name",
                _BARE,
            ),
        ),
        Column(
            "created_at",
            "time",
            aliases=_also(
                "signup_date signed_up_at created created_date start_date createdat", _CREATED, "customer_since"
            ),
        ),
        _PLAN,
        _SEATS,
        Column("arr", "number", aliases=_also("arr_amount annual_recurring_revenue contract_value annual_amount")),
        _MRR,
        Column(
            "renewal_date",
            "time",
            planned=True,
            aliases=_also(
                "renewal_at renews_at contract_renewal_date contract_end renews_on next_renewal_date",
                "contract_end_date",
            ),
        ),
        Column(
            "owner",
            "text",
            aliases=_also(
                "csm account_owner success_manager owner_name owner_email customer_success_manager",
                "csm_name csm_email company_owner",
            ),
        ),
        Column("segment", "text", aliases=_also("customer_segment tier_segment")),
        Column("industry", "text", aliases=_also("vertical")),
        Column("region", "text", aliases=_also("country geo territory")),
        Column("parent_account_id", "id", aliases=_also("parent_id parent_company_id")),
        Column("acquisition_source", "text", aliases=_also("referral_source source utm_source lead_source")),
        Column("acquisition_campaign", "text", aliases=_also("campaign utm_campaign")),
        Column("entitled_features", "text", aliases=_also("entitlements features")),
    ),
    key=("account_id",),
    dated_by="created_at",
    aliases=_also("account companies company customers organizations organisations"),
)

USERS = Table(
    "users",
    (
        Column("user_id", "id", required=True, aliases=_also(_USER, "id record_id")),
        _account(),
        Column("name", "text", aliases=_also("full_name user_name")),
        Column("email", "text", aliases=_also("email_address")),
        Column("role", "text", aliases=_also("title job_title")),
        Column("is_champion", "boolean", aliases=_also("champion")),
        Column("is_executive_sponsor", "boolean", aliases=_also("executive_sponsor is_sponsor sponsor")),
        Column(
            "created_at", "time", aliases=_also("signup_date signed_up_at created createdat created_date", _CREATED)
        ),
        Column(
            "deactivated_at",
            "time",
            planned=True,
            aliases=_also("deleted_at disabled_at removed_at deactivated_on deactivation_date"),
        ),
    ),
    key=("user_id", "account_id"),
    aliases=_also("user contacts members people"),
)

EVENTS = Table(
    "events",
    (
        Column("account_id", "id", aliases=_also(_ACCOUNT)),
        _user(),
        Column("name", "text", required=True, aliases=_also("event event_name action feature_name feature event_type")),
        Column(
            "timestamp",
            "time",
            required=True,
            aliases=_also(
                "ts time occurred_at event_time event_timestamp originaltimestamp created_at usage_date",
                "date datetime event_date received_at receivedat sent_at",
            ),
        ),
        Column("type", "text", aliases=_also("event_type call_type")),
        Column("message_id", "id", aliases=_also("messageid event_id uuid insert_id usage_id id")),
        Column("properties", "json", aliases=_also("props event_properties attributes")),
    ),
    key=(),
    dated_by="timestamp",
    aliases=_also("event tracks track feature_usage usage activity product_events"),
)

TICKETS = Table(
    "tickets",
    (
        Column(
            "ticket_id",
            "id",
            required=True,
            aliases=_also("ticketid case_id conversation_id issue_id id record_id ticket_number case_number ticket"),
        ),
        _account(),
        _user("requester_id", "reporter_id"),
        Column(
            "opened_at",
            "time",
            required=True,
            aliases=_also(
                "submitted_at created_at created open_date createdat opened opened_on opened_date",
                "date_opened created_date",
                _CREATED,
                "reported_at conversation_created_at conversation_started_at",
            ),
        ),
        Column(
            "resolved_at",
            "time",
            aliases=_also(
                "closed_at solved_at resolved close_date resolved_on resolved_time resolved_date",
                "date_resolved resolution_date solved solved_on solved_date date_solved closed closed_on",
                "closed_time closed_date date_closed last_closed_at conversation_closed_at",
                "conversation_last_closed_at",
            ),
        ),
        Column("severity", "text", aliases=_also("priority urgency ticket_priority case_priority")),
        Column("escalated", "boolean", aliases=_also("escalation_flag is_escalated")),
        Column(
            "csat",
            "number",
            low=1,
            high=5,
            aliases=_also("satisfaction_score csat_score rating satisfaction csat_rating conversation_rating"),
        ),
        _text("body content description subject"),
        _sentiment(),
    ),
    key=("ticket_id",),
    dated_by="opened_at",
    aliases=_also("ticket support_tickets cases conversations issues"),
)

INVOICES = Table(
    "invoices",
    (
        Column("invoice_id", "id", required=True, aliases=_also("invoiceid number id invoice_number invoice_no")),
        _account(),
        Column(
            "issued_at",
            "time",
            required=True,
            aliases=_also(
                "invoice_date created_at created date issued issue_date issued_on date_issued", "created_date", _CREATED
            ),
        ),
        Column("due_at", "time", planned=True, aliases=_also("due_date due due_on payment_due_date")),
        Column("paid_at", "time", aliases=_also("payment_date paid paid_date paid_on date_paid")),
        Column("amount", "number", aliases=_also("total amount_due invoice_amount total_amount invoice_total")),
        Column("status", "text", aliases=_also("invoice_status state"), choices=("open", "paid", "failed", "void")),
    ),
    key=("invoice_id",),
    dated_by="issued_at",
    aliases=_also("invoice billing payments"),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    (
        Column("subscription_id", "id", required=True, aliases=_also("subscriptionid contract_id id")),
        _account(),
        Column(
            "started_at",
            "time",
            required=True,
            aliases=_also(
                "start_date started start created_at begin_date started_on subscription_start",
                "subscription_start_date contract_start_date",
            ),
        ),
        Column(
            "ended_at",
            "time",
            planned=True,
            aliases=_also(
                "end_date ended canceled_at cancelled_at end ended_on subscription_end",
                "subscription_end_date contract_end_date canceled_on cancelled_on cancellation_date",
            ),
        ),
        _MRR,
        _SEATS,
        _PLAN,
    ),
    key=("subscription_id",),
    dated_by="started_at",
    aliases=_also("subscription contracts"),
)

SURVEYS = Table(
    "surveys",
    (
        Column("response_id", "id", required=True, aliases=_also("survey_id responseid id")),
        _account(),
        _user(),
        Column("kind", "text", required=True, aliases=_also("survey_type type"), choices=("nps", "csat", "ces")),
        Column("score", "number", required=True, low=0, high=10, aliases=_also("rating value")),
        Column(
            "answered_at",
            "time",
            required=True,
            aliases=_also(
                "submitted_at responded_at created_at date answered_on responded_on response_date",
                "submitted_on survey_date",
            ),
        ),
        Column("comment", "text", aliases=_also("feedback text comments")),
    ),
    key=("response_id",),
    dated_by="answered_at",
    aliases=_also("survey survey_responses nps"),
)

INTERACTIONS = Table(
    "interactions",
    (
        Column("interaction_id", "id", required=True, aliases=_also("activity_id meeting_id id engagement_id")),
        _account(),
        _user(),
        Column(
            "kind",
            "text",
            required=True,
            aliases=_also("type interaction_type activity_type engagement_type"),
            choices=("meeting", "training", "webinar", "qbr", "email", "call"),
        ),
        Column(
            "occurred_at",
            "time",
            required=True,
            aliases=_also(
                "date happened_at created_at timestamp occurred_on held_at meeting_date activity_date", "start_time"
            ),
        ),
        Column("attended", "boolean", aliases=_also("did_attend showed_up")),
        _text("body content notes description"),
        _sentiment(),
    ),
    key=("interaction_id",),
    dated_by="occurred_at",
    aliases=_also("interaction meetings touchpoints"),
)

MILESTONES = Table(
    "milestones",
    (
        _account(),
        Column("name", "text", required=True, aliases=_also("milestone milestone_name")),
        Column(
            "reached_at",
            "time",
            required=True,
            aliases=_also("completed_at date done_at reached_on completed_on achieved_at completion_date"),
        ),
    ),
    key=("account_id", "name"),
    dated_by="reached_at",
    aliases=_also("milestone onboarding"),
)

OUTCOMES = Table(
    "outcomes",
    (
        _account(),
        Column(
            "kind",
            "text",
            required=True,
            aliases=_also("type outcome outcome_type"),
            choices=("churned", "renewed", "expanded", "contracted"),
        ),
        Column(
            "occurred_at",
            "time",
            required=True,
            aliases=_also("churn_date date happened_at churned_at churned_on occurred_on outcome_date"),
        ),
        Column("amount", "number", aliases=_also("refund_amount_usd value")),
        Column("reason", "text", aliases=_also("reason_code churn_reason")),
    ),
    key=("account_id", "kind", "occurred_at"),
    dated_by="occurred_at",
    aliases=_also("outcome churn_events churns churn"),
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
