from django.db import migrations

# What Exact refused goes out of the way only after it was looked up: there is no move from refused to withdrawn.
GUARD = """
CREATE OR REPLACE FUNCTION exact_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('pending', 'sending'), ('pending', 'withdrawn'), ('sending', 'posted'), ('sending', 'refused'),
        ('sending', 'differs'), ('sending', 'unknown'), ('sending', 'pending'), ('unknown', 'posted'),
        ('unknown', 'differs'), ('unknown', 'pending'), ('unknown', 'refused'), ('sought', 'posted'),
        ('sought', 'differs'), ('sought', 'withdrawn'), ('refused', 'sought'),
        ('posted', 'removing'), ('differs', 'removing'), ('posted', 'reversed'), ('differs', 'reversed'),
        ('removing', 'withdrawn'), ('removing', 'differs'), ('sending', 'removing'), ('unknown', 'removing'),
        ('removing', 'refused')
    ) THEN
        RAISE EXCEPTION 'a posting does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("exact", "0023_vat_code_of_book_lines")]

    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
