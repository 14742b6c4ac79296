-- Days with an event that reaches a milestone, of any type.
INSERT INTO milestone_days
SELECT DISTINCT a.account, k.milestone, CAST(e.slot >> 6 AS INTEGER) AS "day"
FROM ($events) AS e
INNER JOIN milestone_events AS k ON k.name = e.name
INNER JOIN account_ids AS a ON a.account_id = e.account_id
