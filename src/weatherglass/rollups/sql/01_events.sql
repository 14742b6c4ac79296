-- Events of some segments whose account is known from the event itself. A slot is 22.5 minutes, 64 to a day.
SELECT
    e.account_id,
    e.user_id,
    local_slot(CAST(e."timestamp" AS TIMESTAMP)) AS slot,
    e.name,
    $type AS type
FROM read_parquet($files) AS e
WHERE $within
