-- Every account that any table names has a number.
INSERT INTO account_ids
SELECT CAST(row_number() OVER (ORDER BY n.account_id) - 1 + m.next AS INTEGER), n.account_id
FROM (
    SELECT DISTINCT f.account_id
    FROM (
        SELECT account_id FROM accounts
        UNION ALL SELECT account_id FROM users
        UNION ALL SELECT account_id FROM tickets
        UNION ALL SELECT account_id FROM invoices
        UNION ALL SELECT account_id FROM subscriptions
        UNION ALL SELECT account_id FROM surveys
        UNION ALL SELECT account_id FROM interactions
        UNION ALL SELECT account_id FROM milestones
        UNION ALL SELECT account_id FROM outcomes
    ) AS f
    LEFT JOIN account_ids AS a ON a.account_id = f.account_id
    WHERE a.account IS NULL
) AS n
CROSS JOIN (SELECT coalesce(max(account) + 1, 0) AS next FROM account_ids) AS m
