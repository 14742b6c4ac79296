-- Events that have come in live and are not in a segment yet. `placed` is the account of an event as far as it is known;
-- `repeated` marks the earlier self of an event that a segment holds, to be sorted out when segments are made.
CREATE TABLE live_events (
    "account_id" VARCHAR,
    "user_id" VARCHAR,
    "name" VARCHAR,
    "timestamp" TIMESTAMP,
    "type" VARCHAR,
    "message_id" VARCHAR,
    "properties" VARCHAR,
    placed VARCHAR,
    repeated BOOLEAN
);

-- Persons whom a client has asked to be erased.
CREATE TABLE erase_requests (user_id VARCHAR, asked_at TIMESTAMP);
