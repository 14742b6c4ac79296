-- One pass over the events of a few days: what each user of each account did on each day.
CREATE OR REPLACE TEMP TABLE chunk AS
SELECT
    e.account_id,
    e.user_id,
    CAST(e.slot >> 6 AS INTEGER) AS "day",
    CAST($events_count AS INTEGER) AS events,
    CAST($core_count AS INTEGER) AS core,
    bit_or(k.bits) AS bits,
    bit_or($slot_bit) AS slots
FROM ($events) AS e
INNER JOIN known_events AS k ON k.name = e.name $and_type
WHERE e.account_id IS NOT NULL
GROUP BY e.account_id, e.user_id, e.slot >> 6
