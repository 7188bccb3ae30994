-- The next posting of a division that may go, taken (pending to sending, with its event) if none is on its way already.
-- Called by exact_lane_enter and exact_lane_step. `claimed` says that it was taken now.
CREATE OR REPLACE FUNCTION exact_lane_next(
    of_division bigint, moment timestamp with time zone, OUT claimed boolean, OUT posting exact_posting
) RETURNS record
LANGUAGE plpgsql
SET plan_cache_mode TO 'force_generic_plan' AS $$
DECLARE
    waiting text := 'pending';
    candidate exact_posting;
BEGIN
    claimed := false;
    SELECT * INTO posting FROM exact_posting
        WHERE division_id = of_division AND state IN ('sending', 'unknown', 'sought', 'removing') ORDER BY turn LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    FOR candidate IN
        SELECT * FROM exact_posting
            WHERE division_id = of_division AND state = 'pending'
            AND state IN ('pending', 'sending', 'unknown', 'sought', 'removing') ORDER BY turn
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM exact_posting halted WHERE halted.division_id = of_division
                              AND halted.closing_id = candidate.closing_id
                              AND halted.state IN ('refused', 'differs')
                              AND (halted.entry_kind = 'sales' OR halted.exact_entry_id IS NOT NULL))
            OR EXISTS (SELECT FROM exact_activation a WHERE a.establishment_id = candidate.establishment_id
                       AND (NOT a.active
                            OR a.division_id <> of_division
                            AND NOT EXISTS (SELECT FROM exact_posting begun
                                            WHERE begun.closing_id = candidate.closing_id
                                            AND begun.state = 'posted')));
        -- Whoever withdrew it meanwhile was first: then there is another one to look for.
        UPDATE exact_posting
            SET state = 'sending', sending_since = moment, attempts = attempts + 1, not_before = NULL
            WHERE id = candidate.id AND state = waiting RETURNING * INTO posting;
        claimed := FOUND;
        EXIT WHEN claimed;
    END LOOP;
    IF claimed THEN
        INSERT INTO exact_postingevent (tenant_id, posting_id, at, before, after, why, correlation_id)
            VALUES (posting.tenant_id, posting.id, moment, 'pending', 'sending', '', '');
    END IF;
END $$;
