-- The same of all events of some days together. Numbers stand in place of names that are known; the names stay where
-- they are not (member is NULL). Activity without a user has member -1.
-- Where every event is a core action they are counted once.
CREATE OR REPLACE TEMP TABLE chunk AS
SELECT
    a.account,
    CASE WHEN c.user_id IS NULL AND a.account IS NOT NULL THEN -1 ELSE m.member END AS member,
    CASE WHEN m.member IS NULL THEN c.account_id END AS account_id,
    CASE WHEN m.member IS NULL THEN c.user_id END AS user_id,
    c."day",
    c.events,
    c.$core AS core,
    c.bits,
    c.slots
FROM ($user_chunks) AS c
LEFT JOIN account_ids AS a ON a.account_id = c.account_id
LEFT JOIN members AS m ON m.account = a.account AND m.user_id = c.user_id
