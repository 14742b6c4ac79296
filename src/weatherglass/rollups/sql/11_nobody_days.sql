-- Events that belong to no account: kept, counted, reported.
INSERT INTO nobody_days
SELECT CAST(e.slot >> 6 AS INTEGER) AS "day", count(*) AS events
FROM ($events) AS e
WHERE e.account_id IS NULL
GROUP BY CAST(e.slot >> 6 AS INTEGER)
