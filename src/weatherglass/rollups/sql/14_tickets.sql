-- Tickets with their days; a resolution before the opening counts as at the opening.
SELECT
    a.account,
    local_day(t.opened_at) AS opened_day,
    coalesce(local_day(t.solved_at), 1099511627776) AS resolved_day,
    local_day(coalesce(t.solved_at, t.opened_at)) AS rated_day,
    epoch_us(t.opened_at) AS opened_us,
    epoch_us(coalesce(t.solved_at, t.opened_at)) AS resolved_us,
    CASE
        WHEN t.escalated THEN 4
        ELSE CASE lower(t.severity) WHEN 'low' THEN 0 WHEN 'high' THEN 3 WHEN 'urgent' THEN 4 WHEN 'escalated' THEN 4 ELSE 1 END
    END AS quarters,
    coalesce(t.csat, 'nan') AS csat,
    coalesce(t.sentiment, 'nan') AS sentiment
FROM (
    SELECT
        account_id,
        opened_at,
        CASE WHEN resolved_at < opened_at THEN opened_at ELSE resolved_at END AS solved_at,
        severity,
        escalated,
        csat,
        sentiment
    FROM tickets
) AS t
INNER JOIN account_ids AS a ON a.account_id = t.account_id
