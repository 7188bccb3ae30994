from django.db import migrations

# Which lane is free, since when and until when it is taken, is asked of one clock: the database's. A worker whose own
# clock is wrong says only for how long. The functions do what those of migration 0016 did.
ENTER = """
DROP FUNCTION exact_lane_enter(bigint, text, timestamptz, timestamptz);
CREATE FUNCTION exact_lane_enter(of_division bigint, new_holder text, hold interval)
RETURNS TABLE (lane exact_lane, division exact_division, app exact_exactapp, connection exact_connection,
               claimed boolean, posting exact_posting)
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
    SELECT * INTO next FROM exact_lane_next(of_division, moment);
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
"""
STEP = """
DROP FUNCTION exact_lane_step(bigint, bigint, timestamptz, timestamptz, timestamptz, integer, date, integer,
                              uuid, uuid, bigint, text, boolean);
CREATE FUNCTION exact_lane_step(
    of_division bigint, held_fence bigint, hold interval,
    this_minute timestamptz, calls_of_minute integer, this_day date, calls_of_day integer,
    posted uuid, entry_id uuid, entry_number bigint, correlation text, go_on boolean)
RETURNS TABLE (verdict text, claimed boolean, posting exact_posting)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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
            SET state = 'posted', exact_entry_id = entry_id, exact_entry_number = entry_number, posted_at = moment,
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
        SELECT * INTO next FROM exact_lane_next(of_division, moment);
        claimed := next.claimed;
        posting := next.posting;
        IF posting.id IS NULL THEN
            UPDATE exact_lane SET holder = '', leased_until = NULL WHERE division_id = of_division;
        END IF;
    END IF;
    RETURN NEXT;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("exact", "0024_no_way_round_the_look")]

    operations = [
        migrations.RunSQL(ENTER, migrations.RunSQL.noop),
        migrations.RunSQL(STEP, migrations.RunSQL.noop),
    ]
