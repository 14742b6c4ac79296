-- The facts as they were loaded, and what is made of them. Days are whole days since 1970-01-01 of the workspace's zone.

CREATE TABLE accounts (
    "account_id" VARCHAR,
    "name" VARCHAR,
    "created_at" TIMESTAMP,
    "plan" VARCHAR,
    "seats" BIGINT,
    "arr" DOUBLE,
    "mrr" DOUBLE,
    "renewal_date" TIMESTAMP,
    "owner" VARCHAR,
    "segment" VARCHAR,
    "industry" VARCHAR,
    "region" VARCHAR,
    "parent_account_id" VARCHAR,
    "acquisition_source" VARCHAR,
    "acquisition_campaign" VARCHAR,
    "entitled_features" VARCHAR,
    traits VARCHAR
);

CREATE TABLE users (
    "user_id" VARCHAR,
    "account_id" VARCHAR,
    "name" VARCHAR,
    "email" VARCHAR,
    "role" VARCHAR,
    "is_champion" BOOLEAN,
    "is_executive_sponsor" BOOLEAN,
    "created_at" TIMESTAMP,
    "deactivated_at" TIMESTAMP,
    traits VARCHAR
);

CREATE TABLE tickets (
    "ticket_id" VARCHAR,
    "account_id" VARCHAR,
    "user_id" VARCHAR,
    "opened_at" TIMESTAMP,
    "resolved_at" TIMESTAMP,
    "severity" VARCHAR,
    "escalated" BOOLEAN,
    "csat" DOUBLE,
    "text" VARCHAR,
    "sentiment" DOUBLE,
    traits VARCHAR
);

CREATE TABLE invoices (
    "invoice_id" VARCHAR,
    "account_id" VARCHAR,
    "issued_at" TIMESTAMP,
    "due_at" TIMESTAMP,
    "paid_at" TIMESTAMP,
    "amount" DOUBLE,
    "status" VARCHAR,
    traits VARCHAR
);

CREATE TABLE subscriptions (
    "subscription_id" VARCHAR,
    "account_id" VARCHAR,
    "started_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    "mrr" DOUBLE,
    "seats" BIGINT,
    "plan" VARCHAR,
    traits VARCHAR
);

CREATE TABLE surveys (
    "response_id" VARCHAR,
    "account_id" VARCHAR,
    "user_id" VARCHAR,
    "kind" VARCHAR,
    "score" DOUBLE,
    "answered_at" TIMESTAMP,
    "comment" VARCHAR,
    traits VARCHAR
);

CREATE TABLE interactions (
    "interaction_id" VARCHAR,
    "account_id" VARCHAR,
    "user_id" VARCHAR,
    "kind" VARCHAR,
    "occurred_at" TIMESTAMP,
    "attended" BOOLEAN,
    "text" VARCHAR,
    "sentiment" DOUBLE,
    traits VARCHAR
);

CREATE TABLE milestones (
    "account_id" VARCHAR,
    "name" VARCHAR,
    "reached_at" TIMESTAMP,
    traits VARCHAR
);

CREATE TABLE outcomes (
    "account_id" VARCHAR,
    "kind" VARCHAR,
    "occurred_at" TIMESTAMP,
    "amount" DOUBLE,
    "reason" VARCHAR,
    traits VARCHAR
);

-- Event segments: immutable Parquet files, one for each loaded file.
CREATE TABLE segments (
    segment INTEGER,
    path VARCHAR,
    source VARCHAR,
    digest VARCHAR,
    load INTEGER,
    "rows" BIGINT,
    first_at TIMESTAMP,
    last_at TIMESTAMP,
    has_type BOOLEAN,
    has_message_id BOOLEAN,
    has_gaps BOOLEAN,
    rolled BOOLEAN
);

-- Numbers for names: accounts, the users of each account, features.
CREATE TABLE account_ids (account INTEGER, account_id VARCHAR);

CREATE TABLE members (member INTEGER, account INTEGER, user_id VARCHAR);

CREATE TABLE features (feature INTEGER, name VARCHAR);

-- What an event name (of a type) means: activity, core action, and the features it is a use of, 64 to a word.
CREATE TABLE event_names (name VARCHAR, type VARCHAR, activity INTEGER, core INTEGER, bits UBIGINT);

CREATE TABLE feature_events (name VARCHAR, type VARCHAR, word INTEGER, bits UBIGINT);

CREATE TABLE group_calls (user_id VARCHAR, called_at TIMESTAMP, account_id VARCHAR);

-- The roll-ups. A member of -1 is activity without a user.
CREATE TABLE user_days (account INTEGER, member INTEGER, "day" INTEGER, events INTEGER, core INTEGER, slots UBIGINT);

CREATE TABLE account_days (account INTEGER, "day" INTEGER, activity INTEGER, events INTEGER, core INTEGER, sessions INTEGER);

CREATE TABLE feature_days (account INTEGER, "day" INTEGER, word INTEGER, bits UBIGINT);

CREATE TABLE key_feature_days (account INTEGER, "day" INTEGER, feature VARCHAR, uses INTEGER);

CREATE TABLE milestone_days (account INTEGER, milestone VARCHAR, "day" INTEGER);

CREATE TABLE nobody_days ("day" INTEGER, events BIGINT);

-- The first and last day of every account's dated rows.
CREATE TABLE account_spans (account INTEGER, first_day INTEGER, last_day INTEGER);

-- Events that are no longer there, or are someone else's now: the days they are on have to be rolled up again.
CREATE TABLE stale_events (happened_at TIMESTAMP);

-- Users whose events without an account may be another account's now.
CREATE TABLE stale_users (user_id VARCHAR);

-- Accounts whose days have to be scored again, from that day or that time on; with neither, from their first day on.
CREATE TABLE touched (account_id VARCHAR, happened_at TIMESTAMP, "day" INTEGER);

-- The history. Points are kept as hundredths, shares as ten-thousandths; tiers are those of the unrounded score.
CREATE TABLE scores (
    account INTEGER,
    "day" INTEGER,
    score USMALLINT,
    tier TINYINT,
    tier_shown TINYINT,
    grade TINYINT,
    lifecycle TINYINT,
    coverage USMALLINT,
    confidence USMALLINT,
    version INTEGER,
    dim_product_usage USMALLINT,
    dim_engagement_trends USMALLINT,
    dim_feature_adoption USMALLINT,
    dim_support_signals USMALLINT,
    dim_financial_health USMALLINT,
    dim_communication USMALLINT,
    dim_relationship USMALLINT,
    dim_onboarding USMALLINT,
    dim_sentiment USMALLINT,
    dim_growth USMALLINT,
    dim_commercial USMALLINT
);

CREATE TABLE scorecards (version INTEGER, scorecard_version VARCHAR, card VARCHAR, project VARCHAR, first_used TIMESTAMP);

-- What all accounts have in common on a day: the growth that velocity is measured against, and a digest of the rest.
CREATE TABLE fleet_days ("day" INTEGER, growth DOUBLE, common BIGINT);

CREATE TABLE settings (name VARCHAR, value VARCHAR);
