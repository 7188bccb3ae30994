from django.db import migrations

# A lane's whole work on one posting in one round trip each (`exact.steps` calls them, and says what for). Every
# statement in a function sees what was committed before that statement began.

# The next posting of a lane: what was begun, whatever arrived since; else the oldest that is pending, marked as being
# sent. The receipts of a closing whose sale a person must mend wait with it; so does all that is not under way of an
# establishment whose export was switched off, or was led into another company before anything was sent.
#
# Statistics are mostly gathered when nothing is open, and say that few rows ever are. A plan made of them must still be
# right in the rush: so the pending ones are looked at one by one in the order of their index, and a row is found again
# by its id, with a state the planner is not told (as a literal it would lead through the index of all that is open).
NEXT = """
CREATE FUNCTION exact_lane_next(of_division bigint, moment timestamptz, OUT claimed boolean, OUT posting exact_posting)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    waiting text := 'pending';
    candidate exact_posting;
BEGIN
    claimed := false;
    SELECT * INTO posting FROM exact_posting
        WHERE division_id = of_division AND state IN ('sending', 'unknown', 'removing') ORDER BY turn LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    FOR candidate IN
        SELECT * FROM exact_posting
            WHERE division_id = of_division AND state = 'pending'
            AND state IN ('pending', 'sending', 'unknown', 'removing') ORDER BY turn
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM exact_posting halted WHERE halted.division_id = of_division
                              AND halted.closing_id = candidate.closing_id AND halted.entry_kind = 'sales'
                              AND halted.state IN ('refused', 'differs'))
            OR candidate.after_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM exact_posting first
                               WHERE first.id = candidate.after_id AND first.state = 'posted')
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
"""
# Takes the lane and its first posting. No row: somebody has it, it stands still, or there is nothing to do. Whoever
# comes while its holder is about to leave waits for the row, and finds the lane free.
ENTER = """
CREATE FUNCTION exact_lane_enter(of_division bigint, new_holder text, moment timestamptz, until timestamptz)
RETURNS TABLE (lane exact_lane, division exact_division, app exact_exactapp, connection exact_connection,
               claimed boolean, posting exact_posting)
LANGUAGE plpgsql AS $$
DECLARE
    next record;
BEGIN
    SELECT * INTO lane FROM exact_lane WHERE division_id = of_division FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO exact_lane (tenant_id, division_id, holder, fence, pause_code, pause_detail, failures,
                                minute_calls, day_calls)
            SELECT d.tenant_id, d.id, '', 0, '', '', 0, 0, 0 FROM exact_division d WHERE d.id = of_division
            ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT lane FROM exact_lane WHERE division_id = of_division FOR NO KEY UPDATE;
    END IF;
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
        SET holder = new_holder, fence = l.fence + 1, leased_until = until, pause_code = '', pause_detail = ''
        WHERE l.division_id = of_division RETURNING * INTO lane;
    SELECT d.* INTO division FROM exact_division d WHERE d.id = of_division;
    SELECT a.* INTO app FROM exact_exactapp a WHERE a.id = division.app_id;
    SELECT c.* INTO connection FROM exact_connection c WHERE c.id = division.connection_id;
    RETURN NEXT;
END $$;
"""
# Prolongs the lease, records that `posted` stands in Exact, and takes the next posting when `go_on`; with none left it
# gives the lane back. Nothing is written by who has lost the lease (`lost`); `moved`: the posting was not being sent.
STEP = """
CREATE FUNCTION exact_lane_step(
    of_division bigint, held_fence bigint, moment timestamptz, until timestamptz,
    this_minute timestamptz, calls_of_minute integer, this_day date, calls_of_day integer,
    posted uuid, entry_id uuid, entry_number bigint, correlation text, go_on boolean)
RETURNS TABLE (verdict text, claimed boolean, posting exact_posting)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    next record;
    on_the_wire text := 'sending';
BEGIN
    UPDATE exact_lane
        SET leased_until = until, minute = this_minute, minute_calls = calls_of_minute, day = this_day,
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
# What a posting says never changes: now asked only by who writes one of those columns, not at each move.
GUARDS = """
CREATE OR REPLACE FUNCTION exact_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('pending', 'sending'), ('pending', 'withdrawn'), ('sending', 'posted'), ('sending', 'refused'),
        ('sending', 'differs'), ('sending', 'unknown'), ('sending', 'pending'), ('unknown', 'posted'),
        ('unknown', 'differs'), ('unknown', 'pending'), ('refused', 'withdrawn'), ('posted', 'removing'),
        ('differs', 'removing'), ('posted', 'reversed'), ('differs', 'reversed'), ('removing', 'withdrawn'),
        ('removing', 'differs')
    ) THEN
        RAISE EXCEPTION 'a posting does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION exact_posting_content_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.reference, NEW.entry, NEW.closing_id, NEW.division_id) IS DISTINCT FROM
       (OLD.reference, OLD.entry, OLD.closing_id, OLD.division_id) THEN
        RAISE EXCEPTION 'what a posting says never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER exact_posting_guard ON exact_posting;
CREATE TRIGGER exact_posting_guard BEFORE UPDATE OF state ON exact_posting
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION exact_posting_guard();
CREATE TRIGGER exact_posting_content_guard
    BEFORE UPDATE OF reference, entry, closing_id, division_id ON exact_posting
    FOR EACH ROW EXECUTE FUNCTION exact_posting_content_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("exact", "0015_more_companies")]

    operations = [
        migrations.RunSQL(NEXT, migrations.RunSQL.noop),
        migrations.RunSQL(ENTER, migrations.RunSQL.noop),
        migrations.RunSQL(STEP, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
