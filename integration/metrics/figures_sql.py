"""What the database knows, as statements: each row is a figure, the value of its label, a number.

Each goes by a partial index of the rows that are not over, or by a small table: none of them grows with the years.
The lists of states are written out, for PostgreSQL takes a partial index only where it sees that the list is the same;
a test holds them against the models.
"""

from exact.api.consent import WARN_AFTER

# What the lane may send now, as `exact_lane_next` decides: neither of a lane that stands still, nor of an establishment
# that is switched off, nor beside an entry of its closing that a person must look at. It waits since the lane could go.
POSTINGS = """
WITH open AS MATERIALIZED (
    SELECT p.id, p.state, p.created_at, p.division_id, p.closing_id, p.establishment_id, l.pause_code, l.paused_until,
           coalesce(l.paused_until > now(), false) AS standing
    FROM exact_posting p LEFT JOIN exact_lane l ON l.division_id = p.division_id
    WHERE p.state IN ('pending', 'sending', 'unknown', 'sought', 'removing')
), ready AS (
    SELECT greatest(o.created_at, o.paused_until, a.activated_at) AS since
    FROM open o JOIN exact_activation a
        ON a.establishment_id = o.establishment_id AND a.active AND a.division_id = o.division_id
    WHERE o.state = 'pending' AND NOT o.standing AND NOT EXISTS (
        SELECT FROM exact_posting halted WHERE halted.division_id = o.division_id
            AND halted.closing_id = o.closing_id AND halted.state IN ('refused', 'differs'))
)
SELECT 'postings', state, count(*)::float FROM open GROUP BY state
UNION ALL SELECT 'postings', state, count(*) FROM exact_posting WHERE state IN ('refused', 'differs') GROUP BY state
UNION ALL SELECT 'oldest_ready', '', coalesce(extract(epoch FROM now() - min(since)), 0) FROM ready
UNION ALL SELECT 'oldest_unknown', '', coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM open
    WHERE state = 'unknown'
UNION ALL SELECT 'lanes', '', count(DISTINCT division_id) FROM open
UNION ALL SELECT 'lanes_standing', pause_code, count(DISTINCT division_id) FROM open WHERE standing GROUP BY pause_code
"""
CLOSINGS = """
SELECT 'closings', state, count(*)::float FROM exports_storedclosing WHERE state IN ('held', 'failed') GROUP BY state
UNION ALL SELECT 'closings', 'waiting', count(*) FROM exports_storedclosing
    WHERE state IN ('held', 'waiting') AND state = 'waiting'
UNION ALL SELECT 'differences', '', count(*) FROM exact_finding WHERE settled_at IS NULL
"""
EXACT = f"""
SELECT 'budget_left', 'minute', coalesce(min(greatest(0, 1 -
    (CASE WHEN l.minute = date_trunc('minute', now()) THEN l.minute_calls ELSE 0 END)::float
    / nullif(a.minute_limit, 0))), 1)
    FROM exact_lane l JOIN exact_division d ON d.id = l.division_id JOIN exact_exactapp a ON a.id = d.app_id
UNION ALL SELECT 'budget_left', 'day', coalesce(min(greatest(0, 1 -
    (CASE WHEN l.day = (now() AT TIME ZONE 'UTC')::date THEN l.day_calls ELSE 0 END)::float
    / nullif(a.day_limit, 0))), 1)
    FROM exact_lane l JOIN exact_division d ON d.id = l.division_id JOIN exact_exactapp a ON a.id = d.app_id
UNION ALL SELECT 'connections', CASE
        WHEN c.state = 'active' AND c.access_issued_at < now() - interval '{WARN_AFTER.days} days' THEN 'lapsing'
        ELSE c.state END AS how, count(*)
    FROM exact_connection c WHERE EXISTS (
        SELECT FROM exact_division d JOIN exact_activation a ON a.division_id = d.id AND a.active
        WHERE d.connection_id = c.id)
    GROUP BY how
UNION ALL SELECT 'not_compared', '', count(*) FROM exact_division d WHERE EXISTS (
    SELECT FROM exact_activation a WHERE a.division_id = d.id AND a.active
        AND coalesce(d.reconciled_at, a.activated_at) < now() - interval '50 hours')
"""  # noqa: S608 - a number of ours
DELIVERIES = """
SELECT 'on_demand', state, count(*)::float FROM on_demand_ondemandexport WHERE state IN ('queued', 'running')
    GROUP BY state
UNION ALL SELECT 'on_demand', 'stuck', count(*) FROM on_demand_ondemandexport
    WHERE state IN ('queued', 'running') AND handed_over_at IS NULL
        AND coalesce(leased_until, asked_at) < now() - interval '15 minutes'
UNION ALL SELECT 'letters_late', '', count(*) FROM concerns_letter
    WHERE state = 'due' AND channel = 'mail' AND made_at < now() - interval '1 hour'
"""
# A letter whose receiver refused it waits for its next attempt: only what could go now is late.
WEBHOOKS = """
SELECT 'oldest_for_webhook', '', coalesce(extract(epoch FROM now() - min(greatest(made_at, not_before))), 0)::float
    FROM concerns_letter
    WHERE state = 'due' AND channel = 'webhook' AND (not_before IS NULL OR not_before <= now())
UNION ALL SELECT 'webhooks', CASE WHEN off_by_itself THEN 'ended' WHEN off_at IS NOT NULL THEN 'off'
        WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'well' END AS how, count(*)
    FROM concerns_webhook GROUP BY how
"""
SERVER = """
SELECT 'database_bytes', '', pg_database_size(current_database())::float
UNION ALL SELECT 'archive_failing', '', (last_failed_time > coalesce(last_archived_time, '-infinity'))::int::float
    FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off' AND last_failed_time IS NOT NULL
UNION ALL SELECT 'archive_failing', '', 0 FROM pg_stat_archiver
    WHERE current_setting('archive_mode') <> 'off' AND last_failed_time IS NULL
"""
# Of the closings of a week that are not set aside, each gap that was noted and is not full yet: numbers that a person
# said were never made fill it, too. A gap of tens of thousands is a till that was
# numbered anew, not so many closings to count.
GAPS = """
SELECT 'gaps', '', count(*)::float FROM exports_storedclosing c
    JOIN clyo_ingest_receivedclosing r ON r.stored_id = c.id
    CROSS JOIN LATERAL (
        SELECT (problem -> 'facts' ->> 'first')::bigint AS first, (problem -> 'facts' ->> 'last')::bigint AS last
        FROM jsonb_array_elements(c.problems) problem WHERE problem ->> 'code' = 'number_gap'
    ) gap
    WHERE c.created_at > now() - interval '7 days' AND c.problems <> '[]' AND c.problems @> '[{"code": "number_gap"}]'
        AND NOT EXISTS (SELECT FROM exports_setaside aside WHERE aside.closing_id = c.id AND aside.ended_at IS NULL)
        AND (SELECT count(*) FROM clyo_ingest_receivedclosing came
             WHERE came.till_id = r.till_id AND came.kind = r.kind AND came.scope = r.scope AND came.era = r.era
                 AND came.number BETWEEN gap.first AND gap.last)
            + (SELECT coalesce(sum(said.last - said.first + 1), 0) FROM exports_nevermade said
               WHERE said.closing_id = c.id AND said.ended_at IS NULL) <= gap.last - gap.first
"""
QUICK = (POSTINGS, CLOSINGS, EXACT, DELIVERIES, WEBHOOKS, SERVER)
