-- The next posting of a division that may go, taken (pending to sending, with its event) if none is on its way already.
-- Called by exact_lane_enter and exact_lane_step. `claimed` says that it was taken now. After the database's past came back
-- Exact may have what is open here: it is doubted (pending to unknown) and looked up before anything is sent.
CREATE OR REPLACE FUNCTION exact_lane_next(
    of_division bigint, moment timestamp with time zone, hold interval, OUT claimed boolean, OUT posting exact_posting
) RETURNS record
LANGUAGE plpgsql
SET plan_cache_mode TO 'force_generic_plan' AS $$
DECLARE
    waiting text := 'pending';
    candidate exact_posting;
    past exact_past := exact_notice_past();
    -- Whoever went on in the lost past has an answer by then: its lease, and as long again for Exact.
    settled timestamptz := past.noticed_at + 2 * hold;
    -- Of closings of these days; the clock of a till may be a day ahead.
    last_day date := (past.noticed_at AT TIME ZONE 'UTC')::date + 1;
BEGIN
    claimed := false;
    SELECT * INTO posting FROM exact_posting
        WHERE division_id = of_division AND state IN ('sending', 'unknown', 'sought', 'removing') ORDER BY turn LIMIT 1;
    IF FOUND THEN
        IF past.number > 1 AND posting.business_date <= last_day AND posting.state <> 'removing'
                AND (posting.doubted_at IS NULL OR posting.doubted_at < past.noticed_at) THEN
            UPDATE exact_posting SET doubted_at = moment, not_before = greatest(not_before, settled)
                WHERE id = posting.id RETURNING * INTO posting;
        END IF;
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
                              AND (halted.entry_kind = 'sales' OR halted.entry_id IS NOT NULL))
            OR EXISTS (SELECT FROM exact_activation a WHERE a.establishment_id = candidate.establishment_id
                       AND (NOT a.active
                            OR a.division_id <> of_division
                            AND NOT EXISTS (SELECT FROM exact_posting begun
                                            WHERE begun.closing_id = candidate.closing_id
                                            AND begun.state = 'posted')));
        IF past.number > 1 AND candidate.business_date <= last_day
                AND (candidate.doubted_at IS NULL OR candidate.doubted_at < past.noticed_at) THEN
            UPDATE exact_posting
                SET state = 'unknown', doubted_at = moment, not_before = settled, sending_since = NULL, lookups = 0
                WHERE id = candidate.id AND state = waiting RETURNING * INTO posting;
            CONTINUE WHEN NOT FOUND;
            INSERT INTO exact_postingevent (tenant_id, posting_id, at, before, after, why, reasons, correlation_id)
                VALUES (posting.tenant_id, posting.id, moment, 'pending', 'unknown', '',
                        '[{"code": "past_came_back", "pointer": "", "facts": {}, "blocking": true}]', '');
            RETURN;
        END IF;
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
