-- From which time on, and until when, a user's latest group call names which account.
CREATE OR REPLACE TEMP TABLE group_spans AS
SELECT
    c.user_id,
    c.account_id,
    c.called_at AS from_at,
    coalesce(lead(c.called_at) OVER (PARTITION BY c.user_id ORDER BY c.called_at), TIMESTAMP '9999-01-01') AS until_at
FROM (
    -- of several calls at one instant the greatest account counts, so that the order of rows does not
    SELECT g.user_id, g.called_at, max(g.account_id) AS account_id
    FROM group_calls AS g
    GROUP BY g.user_id, g.called_at
) AS c
