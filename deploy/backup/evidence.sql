-- What proves what was booked, as one line a table: how many rows, and a digest over them, up to a moment (`until`).
-- Of each only what never changes afterwards: so a restored database and the live one say the same of the time before.
-- deploy/backup/restore-drill runs it on both; psql fills in the moment.
WITH until AS (SELECT :'until'::timestamptz AS moment),
evidence (what, key, content) AS (
    SELECT 'closings', c.id::text, c.document::text FROM exports_storedclosing c, until WHERE c.created_at <= until.moment
    UNION ALL
    SELECT 'pushes that made closings', r.stored_id::text, r.digest FROM clyo_ingest_receivedclosing r, until
        WHERE r.received_at <= until.moment
    UNION ALL
    SELECT 'entries', p.id::text, p.reference || p.entry::text FROM exact_posting p, until
        WHERE p.created_at <= until.moment
    UNION ALL
    SELECT 'what became of entries', e.id::text, concat_ws('/', e.posting_id, e.at AT TIME ZONE 'UTC', e.before, e.after)
        FROM exact_postingevent e, until WHERE e.at <= until.moment
    UNION ALL
    SELECT 'what became of closings', e.id::text, concat_ws('/', e.closing_id, e.at AT TIME ZONE 'UTC', e.before, e.after)
        FROM exports_closingevent e, until WHERE e.at <= until.moment
    UNION ALL
    SELECT 'audit', c.id::text, concat_ws('/', c.at AT TIME ZONE 'UTC', c.table_name, c.row_id, c.operation)
        FROM tenants_change c, until WHERE c.at <= until.moment
)
SELECT what, count(*) AS rows, md5(string_agg(md5(key || '/' || content), '' ORDER BY key)) AS digest
FROM evidence GROUP BY what ORDER BY what
