-- What each account did on each day, from what its users did.
SELECT
    u.account,
    u."day",
    CAST(sum(u.events) AS INTEGER) AS activity,
    CAST(sum(CASE WHEN u.member >= 0 THEN u.events ELSE 0 END) AS INTEGER) AS events,
    CAST(sum(u.core) AS INTEGER) AS core,
    CAST(sum(CASE WHEN u.member >= 0 THEN runs(u.slots) ELSE 0 END) AS INTEGER) AS sessions,
    bit_or(u.bits) AS bits
FROM $user_days AS u
GROUP BY u.account, u."day"
