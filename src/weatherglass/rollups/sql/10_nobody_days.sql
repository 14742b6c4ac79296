-- Events that belong to no account: kept, counted, reported.
INSERT INTO nobody_days
SELECT local_day(e.happened_at) AS "day", count(*) AS events
FROM ($events) AS e
WHERE e.account_id IS NULL
GROUP BY local_day(e.happened_at)
