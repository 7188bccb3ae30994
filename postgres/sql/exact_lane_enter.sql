-- A worker takes the lane of a division: stores its lease and returns the lane, the first posting to go on with, and
-- the division, app and connection that sending it needs. Returns no row when another worker holds the lane, when it is
-- paused, or when there is nothing to do. Makes the lane's row when the division has none yet.
-- Called by exact/lane/statements.py.
-- By hand: one round trip instead of five, under one lock of the lane's row.
CREATE OR REPLACE FUNCTION exact_lane_enter(
    of_division bigint, new_holder text, hold interval
) RETURNS TABLE(
    lane exact_lane, division exact_division, app exact_exactapp, connection exact_connection,
    claimed boolean, posting exact_posting
)
LANGUAGE plpgsql AS $$
DECLARE
    next record;
    moment timestamptz;
BEGIN
    SELECT * INTO lane FROM exact_lane WHERE division_id = of_division FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO exact_lane (tenant_id, division_id, holder, fence, pause_code, pause_detail, failures,
                                minute_calls, day_calls)
            SELECT d.tenant_id, d.id, '', 0, '', '', 0, 0, 0 FROM exact_division d WHERE d.id = of_division
            ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT lane FROM exact_lane WHERE division_id = of_division FOR NO KEY UPDATE;
    END IF;
    moment := clock_timestamp();
    IF lane.leased_until >= moment OR lane.paused_until > moment THEN
        RETURN;
    END IF;
    SELECT * INTO next FROM exact_lane_next(of_division, moment, hold);
    claimed := next.claimed;
    posting := next.posting;
    IF posting.id IS NULL THEN
        UPDATE exact_lane l SET pause_code = '', pause_detail = ''
            WHERE l.division_id = of_division AND l.pause_code <> '';
        RETURN;
    END IF;
    UPDATE exact_lane l
        SET holder = new_holder, fence = l.fence + 1, leased_until = moment + hold, pause_code = '', pause_detail = ''
        WHERE l.division_id = of_division RETURNING * INTO lane;
    SELECT d.* INTO division FROM exact_division d WHERE d.id = of_division;
    SELECT a.* INTO app FROM exact_exactapp a WHERE a.id = division.app_id;
    SELECT c.* INTO connection FROM exact_connection c WHERE c.id = division.connection_id;
    RETURN NEXT;
END $$;
