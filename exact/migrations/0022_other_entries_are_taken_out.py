from django.db import migrations

# The next posting of a lane: what was begun, whatever arrived since; else the oldest that is pending, marked as being
# sent. The receipts of a closing whose sale a person must mend wait with it; so does all of a closing of which Exact made
# another entry than was meant (it has, or had, an id there), and all that is not under way of an establishment whose
# export was switched off, or was led into another company before anything was sent.
#
# Statistics are mostly gathered when nothing is open, and say that few rows ever are. A plan made of them must still be
# right in the rush: so the pending ones are looked at one by one in the order of their index, and a row is found again
# by its id, with a state the planner is not told (as a literal it would lead through the index of all that is open).
NEXT = """
CREATE OR REPLACE FUNCTION exact_lane_next(of_division bigint, moment timestamptz, OUT claimed boolean, OUT posting exact_posting)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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
# What Exact made another entry of is taken out again before it counts as posted: then it is refused.
GUARD = """
CREATE OR REPLACE FUNCTION exact_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('pending', 'sending'), ('pending', 'withdrawn'), ('sending', 'posted'), ('sending', 'refused'),
        ('sending', 'differs'), ('sending', 'unknown'), ('sending', 'pending'), ('unknown', 'posted'),
        ('unknown', 'differs'), ('unknown', 'pending'), ('unknown', 'refused'), ('sought', 'posted'),
        ('sought', 'differs'), ('sought', 'withdrawn'), ('refused', 'sought'), ('refused', 'withdrawn'),
        ('posted', 'removing'), ('differs', 'removing'), ('posted', 'reversed'), ('differs', 'reversed'),
        ('removing', 'withdrawn'), ('removing', 'differs'), ('sending', 'removing'), ('unknown', 'removing'),
        ('removing', 'refused')
    ) THEN
        RAISE EXCEPTION 'a posting does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# An entry that differs stands in Exact: it has a moment since when.
STANDING = "UPDATE exact_posting SET posted_at = sending_since WHERE state = 'differs' AND posted_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("exact", "0021_former_slots")]

    operations = [
        migrations.RunSQL(NEXT, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]
