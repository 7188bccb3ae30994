"""Who changed what: the database itself writes every change down, and refuses that anybody changes what it wrote.

A trigger on each audited table adds a `Change` with the columns that differ, before and after (`audited`). It cannot be
passed by, neither by an UPDATE of many rows nor by SQL typed by hand. Who did it comes from `ActorMiddleware`; a change
without a person is one of a till or of the service.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, connection
from django.db.migrations import RunSQL
from django.http import HttpRequest, HttpResponse

WRITES = ("INSERT", "UPDATE", "DELETE")

# What the trigger is told: columns that say nothing of a change, and columns whose values nobody may read.
TRIGGER_FUNCTION = """
CREATE FUNCTION tenants_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    silent text[] := string_to_array(TG_ARGV[0], ',');
    secret text[] := string_to_array(TG_ARGV[1], ',');
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
    whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END;
    was jsonb := '{}'; became jsonb := '{}';
    tenant bigint := CASE TG_TABLE_NAME WHEN 'tenants_tenant' THEN (whole->>'id')::bigint
                                        ELSE (whole->>'tenant_id')::bigint END;
    reseller bigint := CASE TG_TABLE_NAME WHEN 'tenants_reseller' THEN (whole->>'id')::bigint
                                          ELSE (whole->>'reseller_id')::bigint END;
    label text := COALESCE(
        whole->>'name',
        (SELECT e.code || ' – ' || e.name FROM tenants_establishment e
         WHERE e.id = (whole->>'establishment_id')::bigint),
        (SELECT t.name FROM tenants_till t WHERE t.id = (whole->>'till_id')::bigint),
        CASE WHEN TG_TABLE_NAME LIKE 'otp%'
             THEN (SELECT u.email FROM tenants_user u WHERE u.id = (whole->>'user_id')::bigint) END,
        whole->>'user_name', whole->>'email', whole->>'country', '');
    col text;
BEGIN
    FOR col IN SELECT jsonb_object_keys(old_row || new_row) LOOP
        CONTINUE WHEN col = ANY (silent) OR old_row->col IS NOT DISTINCT FROM new_row->col;
        IF TG_OP <> 'INSERT' THEN
            was := was || jsonb_build_object(col, CASE WHEN col = ANY (secret) THEN to_jsonb('•••'::text)
                                                       ELSE old_row->col END);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            became := became || jsonb_build_object(col, CASE WHEN col = ANY (secret) THEN to_jsonb('•••'::text)
                                                             ELSE new_row->col END);
        END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' AND became = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO tenants_change (at, actor_id, seen_as_id, reseller_id, tenant_id, table_name, row_id, label,
                                operation, before, after)
    VALUES (clock_timestamp(), NULLIF(current_setting('clyo.actor', true), '')::bigint,
            NULLIF(current_setting('clyo.seen_as', true), '')::bigint,
            COALESCE(reseller, (SELECT t.reseller_id FROM tenants_tenant t WHERE t.id = tenant)), tenant,
            TG_TABLE_NAME, whole->>'id', left(label, 200), lower(TG_OP), was, became);
    RETURN NULL;
END $$;
CREATE FUNCTION tenants_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER tenants_change_guard BEFORE UPDATE OR DELETE ON tenants_change
    FOR EACH ROW EXECUTE FUNCTION tenants_change_guard();
"""
DROP_FUNCTIONS = """
DROP TRIGGER tenants_change_guard ON tenants_change;
DROP FUNCTION tenants_change_guard();
DROP FUNCTION tenants_note_change();
"""


def audited(table: str, *, silent: Collection[str] = (), secret: Collection[str] = ()) -> RunSQL:
    """A migration's operation: write changes of `table` down, but of `silent` columns nothing, of `secret` no value."""
    return RunSQL(
        f"CREATE TRIGGER {table}_audited AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION tenants_note_change('{','.join(silent)}', '{','.join(secret)}')",
        f"DROP TRIGGER {table}_audited ON {table}",
    )


class ActorMiddleware:
    """Tells the database who writes, before each write of a console request, and forgets it after the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/console/"):
            return self.get_response(request)
        told = _Telling(request)
        try:
            with connection.execute_wrapper(told):
                return self.get_response(request)
        finally:
            if told.anything:
                _forget()


class _Telling:
    """Runs with every statement of a request.

    Told before each write and not once: a rollback takes the setting back with everything else.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.anything = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if str(sql).lstrip().upper().startswith(WRITES):
            self.anything = True
            _tell(*_who(self.request))
        return execute(sql, params, many, context)


def _who(request: HttpRequest) -> tuple[str, str]:
    """The person at the keyboard, and in whose view it works; empty when nobody is logged in, or in the own view."""
    session = request.session
    shown = str(session.get(SESSION_KEY) or "")
    behind = session.get("hijack_history")
    return (str(behind[0]), shown) if behind else (shown, "")


def _forget() -> None:
    """The connection serves the next request: nobody's writes are to carry this person's name."""
    try:
        _tell("", "")
    except DatabaseError:
        connection.close()


def _tell(actor: str, seen_as: str) -> None:
    with connection.cursor() as sql:
        sql.execute(
            "SELECT set_config('clyo.actor', %s, false), set_config('clyo.seen_as', %s, false)", [actor, seen_as]
        )
