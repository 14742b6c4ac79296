-- Days on which champions were active, each with the next.
SELECT
    c.account,
    d."day" AS active_day,
    lead(CAST(d."day" AS BIGINT), 1, 1099511627776) OVER (PARTITION BY d.member ORDER BY d."day") AS next_day,
    c.created_day,
    c.gone_day
FROM ($champions) AS c
INNER JOIN members AS m ON m.account = c.account AND m.user_id = c.user_id
INNER JOIN user_days AS d ON d.member = m.member
WHERE d.events > 0
