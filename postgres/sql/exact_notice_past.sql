-- Which database this is: the newest row of exact_past, a new one when its past came back (docs/decisions/0033). A restore
-- in time and a promoted standby have another timeline, a dump that was read back another table of lanes. What keeps all of
-- that, the copy of a volume, an operator says (exact/lane/past.py). Called by exact_lane_next, each minute, and when installed.
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
    -- Two may notice at once: the second waits here for the first, and finds its row.
    INSERT INTO exact_past (number, place, noticed_at, said)
        VALUES (coalesce(newest.number, 0) + 1, here, clock_timestamp(), '') ON CONFLICT DO NOTHING;
    SELECT * INTO newest FROM exact_past ORDER BY number DESC LIMIT 1;
    RETURN newest;
END $$;

-- The first row: where the installation began.
SELECT FROM exact_notice_past();
