"""A copy of all that the database holds, taken now and put back later: a past that comes back."""

from django.db import connection, transaction

TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission') ORDER BY tablename
"""
SEQUENCES = """
SELECT format('SELECT setval(%L, greatest(coalesce(max(%I), 0), 1), max(%I) IS NOT NULL) FROM %I', s.oid::regclass,
    a.attname, a.attname, t.relname)
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
WHERE s.relkind = 'S' AND t.relnamespace = 'public'::regnamespace
"""


class Backup:
    """All rows, as they are when it is made. The tables' own ids, and so the place, are not part of it."""

    def __init__(self) -> None:
        with connection.cursor() as sql:
            sql.execute(TABLES)
            self._tables = [name for (name,) in sql.fetchall()]
            sql.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for name in self._tables:
                sql.execute(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"')

    def restore(self, *, place: str) -> None:
        """Put the rows back. `place`: where the database of the backup wrote; "" when this is the same place."""
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("SET LOCAL session_replication_role = replica")
            for name in self._tables:
                sql.execute(f'DELETE FROM public."{name}"')
                sql.execute(f'INSERT INTO public."{name}" OVERRIDING SYSTEM VALUE TABLE kept."{name}"')
            if place:
                sql.execute("UPDATE exact_past SET place = %s", [place])
            sql.execute(SEQUENCES)
            for (setting,) in sql.fetchall():
                sql.execute(setting)
            sql.execute("DROP SCHEMA kept CASCADE")
