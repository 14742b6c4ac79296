-- Survey answers, each brought to 0-100.
SELECT
    a.account,
    local_day(s.answered_at) AS answered_day,
    CASE s.kind
        WHEN 'nps' THEN s.score * 10.0
        WHEN 'csat' THEN (s.score - 1.0) * 25.0
        ELSE (s.score - 1.0) * 100.0 / 6.0
    END AS points
FROM surveys AS s
INNER JOIN account_ids AS a ON a.account_id = s.account_id
