-- How many lanes a worker is in or could enter now: what exact_lane_next would find in each that is not paused. Tells the
-- one that starts and ends workers (deploy/kubernetes/components/scaling) how many are wanted. It asks as a role that may
-- read no table, so the count is made with the rights of the owner; who may log in may have this number.
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
