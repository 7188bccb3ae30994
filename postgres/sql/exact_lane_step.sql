-- Between two POSTs to Exact: prolongs the lease, stores how many calls were made, records the posting that was posted,
-- and takes the next one. `verdict`: held; lost (another worker has the lane: `held_fence` is not its fence any more);
-- moved (the posting is not being sent any more, so nothing of it was recorded).
-- Called by exact/lane/statements.py.
-- By hand: one round trip and one commit for each posting. As in exact_lane_next, a variable holds the state that is
-- compared.
CREATE OR REPLACE FUNCTION exact_lane_step(
    of_division bigint, held_fence bigint, hold interval, this_minute timestamp with time zone,
    calls_of_minute integer, this_day date, calls_of_day integer, posted uuid, made_id text,
    made_number text, correlation text, go_on boolean
) RETURNS TABLE(
    verdict text, claimed boolean, posting exact_posting
)
LANGUAGE plpgsql
SET plan_cache_mode TO 'force_generic_plan' AS $$
DECLARE
    next record;
    on_the_wire text := 'sending';
    moment timestamptz := clock_timestamp();
BEGIN
    UPDATE exact_lane
        SET leased_until = moment + hold, minute = this_minute, minute_calls = calls_of_minute, day = this_day,
            day_calls = calls_of_day, failures = CASE WHEN posted IS NULL THEN failures ELSE 0 END
        WHERE division_id = of_division AND fence = held_fence;
    IF NOT FOUND THEN
        verdict := 'lost';
        RETURN NEXT;
        RETURN;
    END IF;
    IF posted IS NOT NULL THEN
        UPDATE exact_posting p
            SET state = 'posted', entry_id = made_id, entry_number = made_number, posted_at = moment,
                problems = '[]'
            WHERE p.id = posted AND p.state = on_the_wire RETURNING * INTO posting;
        IF NOT FOUND THEN
            verdict := 'moved';
            RETURN NEXT;
            RETURN;
        END IF;
        INSERT INTO exact_postingevent (tenant_id, posting_id, at, before, after, why, correlation_id)
            VALUES (posting.tenant_id, posted, moment, 'sending', 'posted', '', correlation);
    END IF;
    verdict := 'held';
    claimed := false;
    posting := NULL;
    IF go_on THEN
        SELECT * INTO next FROM exact_lane_next(of_division, moment, hold);
        claimed := next.claimed;
        posting := next.posting;
        IF posting.id IS NULL THEN
            UPDATE exact_lane SET holder = '', leased_until = NULL WHERE division_id = of_division;
        END IF;
    END IF;
    RETURN NEXT;
END $$;
