-- One pass over events of a few days: what each user of each account did on each day, by their names.
SELECT
    e.account_id,
    e.user_id,
    CAST(e.slot >> 6 AS INTEGER) AS "day",
    CAST($events_count AS INTEGER) AS events,
    CAST(sum(k.core) AS INTEGER) AS core,
    bit_or(k.bits) AS bits,
    bit_or($slot_bit) AS slots
FROM ($events) AS e
INNER JOIN known_events AS k ON k.name = e.name $and_type
WHERE e.account_id IS NOT NULL
GROUP BY e.account_id, e.user_id, e.slot >> 6
