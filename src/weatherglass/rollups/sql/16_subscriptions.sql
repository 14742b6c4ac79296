-- Subscriptions with their days; one without an end never ends.
SELECT
    a.account,
    local_day(s.started_at) AS started_day,
    coalesce(local_day(s.ended_at), 1099511627776) AS ended_day,
    greatest(coalesce(s.seats, 0), 0) AS seats,
    CAST(round(greatest(coalesce(s.mrr, 0), 0) * 100) AS BIGINT) AS cents
FROM subscriptions AS s
INNER JOIN account_ids AS a ON a.account_id = s.account_id
