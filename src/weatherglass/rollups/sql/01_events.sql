-- Events of some segments whose account is known from the event itself.
SELECT
    e.account_id,
    e.user_id,
    CAST(e."timestamp" AS TIMESTAMP) AS happened_at,
    e.name,
    $type AS type
FROM read_parquet($files) AS e
WHERE $within
