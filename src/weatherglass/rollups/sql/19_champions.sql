-- Champions and sponsors with the days between which they are there.
SELECT
    a.account,
    u.user_id,
    coalesce(local_day(u.created_at), -1000000) AS created_day,
    coalesce(local_day(u.deactivated_at), 1099511627776) AS gone_day
FROM users AS u
INNER JOIN account_ids AS a ON a.account_id = u.account_id
WHERE u.is_champion OR u.is_executive_sponsor
