-- Invoices that count, with their days; a payment before the issue counts as on the day of issue.
-- While it is not paid, one that failed has been owed since its issue (owed_day); once paid it is late by its due day.
SELECT
    a.account,
    local_day(i.issued_at) AS issued_day,
    coalesce(local_day(i.due_at), local_day(i.issued_at) + 30) AS due_day,
    CASE
        WHEN i.status = 'failed' THEN local_day(i.issued_at)
        ELSE coalesce(local_day(i.due_at), local_day(i.issued_at) + 30)
    END AS owed_day,
    coalesce(local_day(CASE WHEN i.paid_at < i.issued_at THEN i.issued_at ELSE i.paid_at END), 1099511627776) AS paid_day,
    CAST(round(greatest(coalesce(i.amount, 0), 0) * 100) AS BIGINT) AS cents
FROM invoices AS i
INNER JOIN account_ids AS a ON a.account_id = i.account_id
WHERE i.status IS DISTINCT FROM 'void'
