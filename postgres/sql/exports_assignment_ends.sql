-- Ends the assignment of a closing (exports/models/assignment.py) when nobody needs to see to it any more: it is
-- archived, or stands in Exact without an open difference.
-- Called by two triggers: after a closing becomes exported or archived, and after a difference is settled.
-- By hand: lanes, people and comparisons all bring a closing there, by statements that do not know of assignments.
CREATE OR REPLACE FUNCTION exports_assignment_ends() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE exports_assignment SET ended_at = clock_timestamp() WHERE closing_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION exports_assignment_ends_with_finding() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE exports_assignment open SET ended_at = clock_timestamp()
    FROM exact_posting settled, exports_storedclosing closing
    WHERE settled.id = NEW.posting_id AND closing.id = settled.closing_id
      AND open.closing_id = closing.id AND open.ended_at IS NULL AND closing.state IN ('exported', 'archived')
      AND NOT EXISTS (SELECT FROM exact_finding other JOIN exact_posting posting ON posting.id = other.posting_id
                      WHERE posting.closing_id = closing.id AND other.settled_at IS NULL);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_assignment_ends AFTER UPDATE OF state ON exports_storedclosing FOR EACH ROW
WHEN (NEW.state IN ('exported', 'archived') AND OLD.state <> NEW.state)
EXECUTE FUNCTION exports_assignment_ends();

CREATE OR REPLACE TRIGGER exports_assignment_ends AFTER UPDATE OF settled_at ON exact_finding FOR EACH ROW
WHEN (NEW.settled_at IS NOT NULL AND OLD.settled_at IS NULL)
EXECUTE FUNCTION exports_assignment_ends_with_finding();
