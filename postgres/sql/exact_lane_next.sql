-- The posting of a division to go on with: the one that was begun (sending, unknown, sought, removing), else the first
-- pending one that may go, which is marked as being sent (pending to sending, with its event). `claimed` says that it
-- was marked now. It passes over the postings of a closing that has stopped (its sales entry was refused or differs, or
-- another entry that is in Exact), and those of an establishment that is not active, or is active for another division
-- while nothing of the closing is posted yet. An entry that differs because Exact did not delete it stops no reversal
-- while its own reversal waits here: that is the way it is undone.
-- After a restored backup or a failover (docs/decisions/0033) an entry that this database takes for unsent may be in
-- Exact: an open posting of that time is doubted (pending to unknown), and so looked up before it is sent.
-- Called by exact_lane_enter and exact_lane_step, in their transaction.
-- By hand: choosing and marking happen without a round trip between them, with a plan that is cached.
-- The plan is made from statistics of an idle night, when few rows are open, and must be right in a rush too. So the
-- pending postings are read one by one in the order of their index, and a posting is found again by its id: its state
-- is compared with a variable, as a literal would lead the planner through the index of open postings.
CREATE OR REPLACE FUNCTION exact_lane_next(
    of_division bigint, moment timestamp with time zone, hold interval, OUT claimed boolean, OUT posting exact_posting
) RETURNS record
LANGUAGE plpgsql
SET plan_cache_mode TO 'force_generic_plan' AS $$
DECLARE
    waiting text := 'pending';
    candidate exact_posting;
    past exact_past := exact_notice_past();
    -- A worker that was still at work on the lost database has its answer by then: one lease, and one more for Exact.
    settled timestamptz := past.noticed_at + 2 * hold;
    -- Only closings of days up to this one were there to be lost; the clock of a till may be a day ahead.
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
                              AND (halted.entry_kind = 'sales' OR halted.entry_id IS NOT NULL)
                              AND (candidate.reverses_id IS NULL
                                   OR NOT EXISTS (SELECT FROM exact_posting undo
                                                  WHERE undo.reverses_id = halted.id AND undo.state = waiting)))
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
        -- No row when it was withdrawn meanwhile: then the next candidate is tried.
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
