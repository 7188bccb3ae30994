-- Returns the newest row of exact_past, which says what database this is; adds one when the database was restored to an
-- earlier state since (docs/decisions/0033). A restore in time and a promoted standby have another timeline, a dump
-- that was read back has another table of lanes. The copy of a volume shows nothing of this: an operator says it
-- (exact/past.py).
-- Called by exact_lane_next, by the sweep of every minute (exact/past.py), and at the end of this file.
-- By hand: exact_lane_next asks before each posting, and must not need a further round trip.
CREATE OR REPLACE FUNCTION exact_notice_past() RETURNS exact_past
LANGUAGE plpgsql AS $$
DECLARE
    newest exact_past;
    here text := concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()), 'exact_lane'::regclass::oid);
BEGIN
    SELECT * INTO newest FROM exact_past ORDER BY number DESC LIMIT 1;
    IF newest.place = here THEN
        RETURN newest;
    END IF;
    -- Two sessions may notice it at once: the second waits here for the first, adds nothing, and reads its row.
    INSERT INTO exact_past (number, place, noticed_at, said)
        VALUES (coalesce(newest.number, 0) + 1, here, clock_timestamp(), '') ON CONFLICT DO NOTHING;
    SELECT * INTO newest FROM exact_past ORDER BY number DESC LIMIT 1;
    RETURN newest;
END $$;

-- The first row of an installation.
SELECT FROM exact_notice_past();
