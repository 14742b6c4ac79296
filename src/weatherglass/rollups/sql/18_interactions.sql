-- Interactions with their day; attended is -1 where it is not known.
SELECT
    a.account,
    local_day(i.occurred_at) AS occurred_day,
    CASE WHEN i.attended THEN 1 WHEN NOT i.attended THEN 0 ELSE -1 END AS attended,
    coalesce(i.sentiment, 'nan') AS sentiment
FROM interactions AS i
INNER JOIN account_ids AS a ON a.account_id = i.account_id
