-- The same, where some events do not say their account: it is that of the user's latest group call at or before the
-- event, else the user's account when there is exactly one, else nobody's (NULL).
SELECT
    coalesce(e.account_id, g.account_id, u.account_id) AS account_id,
    e.user_id,
    local_slot(e.happened_at) AS slot,
    e.name,
    e.type
FROM (
    SELECT
        s.account_id,
        s.user_id,
        CAST(s."timestamp" AS TIMESTAMP) AS happened_at,
        s.name,
        $type AS type
    FROM read_parquet($files) AS s
    WHERE $within
) AS e
LEFT JOIN group_spans AS g
    ON e.account_id IS NULL AND g.user_id = e.user_id AND e.happened_at >= g.from_at AND e.happened_at < g.until_at
LEFT JOIN single_accounts AS u
    ON e.account_id IS NULL AND u.user_id = e.user_id
