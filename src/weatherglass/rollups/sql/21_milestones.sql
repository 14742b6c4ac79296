-- The first day of each milestone that a row or an event reached.
SELECT r.account, r.milestone, min(r."day") AS reached_day
FROM (
    SELECT d.account, d.milestone, d."day" FROM milestone_days AS d
    UNION ALL
    SELECT a.account, m.name, local_day(m.reached_at)
    FROM milestones AS m
    INNER JOIN account_ids AS a ON a.account_id = m.account_id
) AS r
GROUP BY r.account, r.milestone
