-- Uses of key features by account and day.
INSERT INTO key_feature_days
SELECT a.account, c."day", c.feature, c.uses
FROM (
    SELECT e.account_id, CAST(e.slot >> 6 AS INTEGER) AS "day", k.feature, CAST(count(*) AS INTEGER) AS uses
    FROM ($events) AS e
    INNER JOIN key_events AS k ON k.name = e.name AND k.type = e.type
    GROUP BY e.account_id, CAST(e.slot >> 6 AS INTEGER), k.feature
) AS c
INNER JOIN account_ids AS a ON a.account_id = c.account_id
