"""The tables of the small state. Times are UTC without a zone; days are calendar days of the workspace's zone."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

DIGEST = String(64)
"""Hexadecimal SHA-256."""

credentials = Table(
    "credentials",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("hint", String(16), nullable=False),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("former_digest", DIGEST, index=True),
    Column("former_until", DateTime),
    Column("created_at", DateTime, nullable=False),
    Column("created_by", String(320), nullable=False),
    Column("expires_at", DateTime),
    Column("last_used_at", DateTime),
    Column("revoked_at", DateTime),
    sqlite_autoincrement=True,
)

people = Table(
    "people",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", Text),
    Column("subject", String(400), unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("last_seen_at", DateTime),
    Column("team", String(200), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("begun_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(300), nullable=False),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    METADATA,
    Column("whose", String(400), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False),
    Column("closed_until", DateTime),
)

audit = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Integer),
    Column("actor", String(320), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("request_id", String(64), nullable=False),
    sqlite_autoincrement=True,
)

overrides = Table(
    "overrides",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("tier", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(320), nullable=False),
    Column("author_id", Integer),
    Column("made_at", DateTime, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("ended_at", DateTime),
    Column("ended_by", String(320)),
    Column("ended_day", Date),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("asked_by", String(320), nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("began_at", DateTime),
    Column("ended_at", DateTime),
    Column("doing", String(200), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("options", JSON(none_as_null=True), nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
    sqlite_autoincrement=True,
)

job_lines = Table(
    "job_lines",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job", Integer, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("line", Text, nullable=False),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    METADATA,
    Column("whose", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request", DIGEST, nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("status", Integer),
    Column("headers", JSON(none_as_null=True)),
    Column("body", LargeBinary),
    Index("ix_answers_asked_at", "asked_at"),
)
"""What was answered to writes with an idempotency key; without a status the first is still being worked on."""

episodes = Table(
    "episodes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("problem", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("severity", String(16), nullable=False),
    Column("opened_day", Date, nullable=False),
    Column("changed_day", Date, nullable=False),
    Column("fine_since", Date),
    Column("closed_day", Date),
    Column("left", Boolean, nullable=False),
    Column("rules", JSON(none_as_null=True), nullable=False),
    Column("facts", JSON(none_as_null=True), nullable=False),
    Column("owner", Text, nullable=False),
    Column("feedback", String(16)),
    Column("feedback_by", String(320)),
    Column("feedback_at", DateTime),
    sqlite_autoincrement=True,
)
"""Open problems and past ones; `rules` are the lines of the rules that saw it, `facts` what drove it."""

marks = Table(
    "marks",
    METADATA,
    Column("name", String(128), primary_key=True),
    Column("value", Text, nullable=False),
)
"""How far something has come, written in the transaction of what it did."""

outbox = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(64), nullable=False, unique=True),
    Column("channel", String(200), nullable=False),
    Column("stream", String(400), nullable=False),
    Column("type", String(64), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("made_at", DateTime, nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("sent_at", DateTime),
    sqlite_autoincrement=True,
)
"""Messages of each channel; those of one stream go out one after the other."""

channel_states = Table(
    "channel_states",
    METADATA,
    Column("channel", String(200), primary_key=True),
    Column("disabled_at", DateTime, nullable=False),
    Column("reason", Text, nullable=False),
)

runs = Table(
    "play_runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("play", String(200), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("began_day", Date, nullable=False),
    Column("ended_day", Date),
    Column("ended_because", String(64)),
    Column("held_out", Boolean, nullable=False),
    Column("stratum", String(200), nullable=False),
    Column("score", Float),
    Index("ix_play_runs_play", "play"),
    sqlite_autoincrement=True,
)
"""Where a play was begun, or held out to see what it does."""

tasks = Table(
    "tasks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, ForeignKey("play_runs.id", ondelete="SET NULL"), index=True),
    Column("account_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("assignee", String(320), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("priority", Float, nullable=False),
    Column("due_day", Date, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("made_by", String(320), nullable=False),
    Column("outcome", Text),
    Column("ended_at", DateTime),
    Column("ended_by", String(320)),
    Column("overdue_told", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

task_comments = Table(
    "task_comments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("task", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("author", String(320), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

members = Table(
    "audience_members",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("audience", String(200), nullable=False, index=True),
    Column("account_id", Text, nullable=False),
    Column("since", Date, nullable=False),
    sqlite_autoincrement=True,
)

opinions = Table(
    "opinions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("renewal_day", Date, nullable=False),
    Column("tier", String(64), nullable=False),
    Column("computed_tier", String(64), nullable=False),
    Column("computed_score", Float),
    Column("note", Text, nullable=False),
    Column("author", String(320), nullable=False),
    Column("made_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""What a person thinks of a renewal, beside what was computed on the day."""

decisions = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("score", Float),
    Column("tier", String(64), nullable=False),
    Column("author", String(320), nullable=False),
    Column("author_id", Integer),
    Column("made_at", DateTime, nullable=False),
    Column("replaces", Integer),
    Column("ended_at", DateTime, index=True),
    Column("ended_by", String(320)),
    sqlite_autoincrement=True,
)
"""Who has taken, snoozed or done an account of Today, and how it stood then."""

notes = Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(320), nullable=False),
    Column("author_id", Integer),
    Column("made_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""What people have written of an account."""

views = Table(
    "views",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("author", String(320), nullable=False, index=True),
    Column("author_id", Integer),
    Column("made_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Choices of the portfolio that people come back to."""
