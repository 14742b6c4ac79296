-- The users who belong to exactly one account.
CREATE OR REPLACE TEMP TABLE single_accounts AS
SELECT u.user_id, min(u.account_id) AS account_id
FROM users AS u
GROUP BY u.user_id
HAVING count(DISTINCT u.account_id) = 1
