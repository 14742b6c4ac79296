-- The first and last day of every account's dated rows.
CREATE OR REPLACE TABLE account_spans AS
SELECT a.account, min(d.first_day) AS first_day, max(d.last_day) AS last_day
FROM account_ids AS a
INNER JOIN (
    SELECT account, min("day") AS first_day, max("day") AS last_day FROM account_days GROUP BY account
    UNION ALL
    SELECT k.account, local_day(f.happened_at) AS first_day, local_day(f.happened_at) AS last_day
    FROM (
        SELECT account_id, opened_at AS happened_at FROM tickets
        UNION ALL SELECT account_id, issued_at FROM invoices
        UNION ALL SELECT account_id, started_at FROM subscriptions
        UNION ALL SELECT account_id, answered_at FROM surveys
        UNION ALL SELECT account_id, occurred_at FROM interactions
        UNION ALL SELECT account_id, reached_at FROM milestones
    ) AS f
    INNER JOIN account_ids AS k ON k.account_id = f.account_id
    UNION ALL
    -- rows that were forgotten because of their age: an account does not become younger by it
    SELECT account, "day" AS first_day, "day" AS last_day FROM forgotten_days
) AS d ON d.account = a.account
GROUP BY a.account
