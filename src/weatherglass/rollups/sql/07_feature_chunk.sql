-- The features used by each account on each day, where there are too many for one word of the chunk.
CREATE OR REPLACE TEMP TABLE feature_chunk AS
SELECT
    e.account_id,
    CAST(e.slot >> 6 AS INTEGER) AS "day",
    k.word,
    bit_or(k.bits) AS bits
FROM ($events) AS e
INNER JOIN feature_events AS k ON k.name = e.name AND k.type = e.type
WHERE e.account_id IS NOT NULL
GROUP BY e.account_id, CAST(e.slot >> 6 AS INTEGER), k.word
