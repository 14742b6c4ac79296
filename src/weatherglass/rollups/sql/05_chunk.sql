-- One pass over the events of a few days: what each user of each account did on each day.
CREATE OR REPLACE TEMP TABLE chunk AS
SELECT
    e.account_id,
    e.user_id,
    local_day(e.happened_at) AS "day",
    CAST(sum(k.activity) AS INTEGER) AS events,
    CAST(sum(k.core) AS INTEGER) AS core,
    bit_or(k.bits) AS bits,
    bit_or(k.slot_mask & local_slot(e.happened_at)) AS slots
FROM ($events) AS e
INNER JOIN known_events AS k ON k.name = e.name $and_type
WHERE e.account_id IS NOT NULL
GROUP BY e.account_id, e.user_id, local_day(e.happened_at)
