-- How many lanes a worker is in or could enter now: those not paused in which exact_lane_next would find a posting. The
-- condition is the one written there.
-- Called by whoever starts and ends workers (deploy/kubernetes/components/scaling), to learn how many are wanted.
-- By hand: the caller logs in as a role that may read no table, so the rows are counted with the owner's rights; any
-- role that may log in may have this number.
CREATE OR REPLACE FUNCTION exact_lanes_at_work() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp' AS $$
    SELECT count(*) FROM exact_lane lane
    WHERE (lane.paused_until IS NULL OR lane.paused_until <= clock_timestamp())
    AND EXISTS (
        SELECT FROM exact_posting open WHERE open.division_id = lane.division_id
        AND open.state IN ('pending', 'sending', 'unknown', 'sought', 'removing')
        AND (open.state <> 'pending' OR NOT (
            EXISTS (SELECT FROM exact_posting halted WHERE halted.division_id = lane.division_id
                    AND halted.closing_id = open.closing_id
                    AND halted.state IN ('refused', 'differs')
                    AND (halted.entry_kind = 'sales' OR halted.entry_id IS NOT NULL))
            OR EXISTS (SELECT FROM exact_activation a WHERE a.establishment_id = open.establishment_id
                       AND (NOT a.active
                            OR a.division_id <> lane.division_id
                            AND NOT EXISTS (SELECT FROM exact_posting begun
                                            WHERE begun.closing_id = open.closing_id
                                            AND begun.state = 'posted'))))))
$$;
