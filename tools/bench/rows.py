"""Rows made in SQL: a backlog of waiting closings, and years of exported ones; each a copy of a closing that exists."""

import secrets
from typing import Any, LiteralString

from django.db import connection
from psycopg import ClientCursor

from exact.models import Division

# Copies have numbers from here on, far from those the tills push.
COPIES_FROM = 500_000_000
CHUNK = 20_000

# The copies `n` in [from, to), spread over the templates: one exported closing of each till.
COPIES: LiteralString = """
    CREATE TEMP TABLE template ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY till_id) - 1 AS place, * FROM (
            SELECT DISTINCT ON (s.till_id) s.*, c.push_id, d.id AS division_id
            FROM exports_storedclosing s
            JOIN clyo_ingest_receivedclosing c ON c.stored_id = s.id
            JOIN exact_activation a ON a.establishment_id = s.establishment_id
            JOIN exact_division d ON d.id = a.division_id
            WHERE s.state = 'exported' AND d.id = ANY(%(divisions)s) ORDER BY s.till_id, s.number
        ) exported;
    CREATE TEMP TABLE copy ON COMMIT DROP AS
        SELECT uuidv7(ago) AS id, nextval('clyo_ingest_push_id_seq') AS push, n, t.id AS template_id, ago,
               now() + ago AS at
        FROM generate_series(%(from)s, %(to)s - 1) n
        CROSS JOIN LATERAL (SELECT - interval '30 days' - n * interval '30 s') past (ago)
        JOIN template t ON t.place = n %% (SELECT count(*) FROM template);
"""
STORED_CLOSINGS: LiteralString = """
    INSERT INTO exports_storedclosing (id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at,
                                gross, document, state, problems, accepted_problems, created_at, state_since)
    SELECT c.id, t.tenant_id, t.establishment_id, t.till_id, t.kind, %(first)s + c.n, t.business_date, t.closed_at,
           t.gross, t.document, %(closing_state)s, t.problems, t.accepted_problems, c.at, c.at
    FROM copy c JOIN template t ON t.id = c.template_id;
"""
POSTINGS: LiteralString = """
    INSERT INTO exact_posting (id, tenant_id, division_id, establishment_id, closing_id, entry_kind, journal, revision,
                               reference, entry, payment_condition, business_date, turn, state, attempts, lookups,
                               messages, created_at, entry_id, entry_number, posted_at)
    SELECT uuidv7(c.ago), p.tenant_id, p.division_id, p.establishment_id, c.id, p.entry_kind, p.journal, p.revision,
           'K' || c.n || '-' || p.entry_kind || '-' || %(mark)s, p.entry, p.payment_condition, p.business_date,
           left(p.turn, 19) || lpad(c.n::text, 16, '0') || right(p.turn, 9), %(posting_state)s, 0, 0, p.messages,
           c.at, CASE WHEN %(posting_state)s = 'posted' THEN gen_random_uuid()::text END,
           CASE WHEN %(posting_state)s = 'posted' THEN (p.entry_number::bigint + c.n)::text END,
           CASE WHEN %(posting_state)s = 'posted' THEN c.at END
    FROM copy c JOIN exact_posting p ON p.closing_id = c.template_id;
"""
RECEIVED: LiteralString = """
    INSERT INTO clyo_ingest_push (id, tenant_id, till_id, kind, received_at, content_type, content_encoding, body,
                                  answer_code)
    SELECT c.push, p.tenant_id, p.till_id, p.kind, c.at, p.content_type, p.content_encoding, p.body, ''
    FROM copy c JOIN template t ON t.id = c.template_id JOIN clyo_ingest_push p ON p.id = t.push_id;
    INSERT INTO clyo_ingest_receivedclosing (stored_id, tenant_id, till_id, kind, scope, number, digest, push_id,
                                     perpetual_before, perpetual_after, received_at)
    SELECT c.id, t.tenant_id, t.till_id, t.kind, '', %(first)s + c.n, repeat('0', 64), c.push, NULL, NULL, c.at
    FROM copy c JOIN template t ON t.id = c.template_id;
    INSERT INTO exports_coveredtickets (tenant_id, closing_id, establishment_id, station, tickets, live)
    SELECT t.tenant_id, c.id, t.establishment_id, 'K', int8range(c.n * 50, c.n * 50 + 40), true
    FROM copy c JOIN template t ON t.id = c.template_id;
    INSERT INTO exports_closingevent (tenant_id, closing_id, at, before, after, why)
    SELECT t.tenant_id, c.id, c.at, m.before, m.after, ''
    FROM copy c JOIN template t ON t.id = c.template_id,
         (VALUES ('', 'ready'), ('ready', 'exporting'), ('exporting', 'exported')) m (before, after);
    INSERT INTO exact_postingevent (tenant_id, posting_id, at, before, after, why, correlation_id)
    SELECT p.tenant_id, p.id, c.at, m.before, m.after, '', ''
    FROM copy c JOIN exact_posting p ON p.closing_id = c.id,
         (VALUES ('pending', 'sending'), ('sending', 'posted')) m (before, after);
"""
FORGET = """
    DELETE FROM exact_posting p WHERE p.division_id = %s AND p.state = 'pending'
        AND NOT EXISTS (SELECT FROM exact_postingevent event WHERE event.posting_id = p.id)
"""


def waiting_closings(division: Division, count: int, *, already: int = 0, analyze: bool = True) -> None:
    """So many closings of one division that are ready, with their postings pending; `already` were made before.

    `analyze`: as after a while in production; it makes every session plan its statements anew.
    """
    mark = f"w{secrets.token_hex(3)}"  # those of an earlier section that were sent have kept their references
    _copy([division.pk], already, already + count, closing_state="ready", posting_state="pending", mark=mark)
    if analyze:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE exact_posting, exports_storedclosing")


def forget_waiting(division: Division) -> None:
    """Delete what is left of `waiting_closings`; a posting that a worker marks at the same moment stays with it."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [division.pk])


def stored_closings(already: int, count: int) -> None:
    """So many exported closings, of all tills, with all their rows; `already` are there."""
    divisions = [*Division.objects.values_list("pk", flat=True)]
    for begin in range(already, count, CHUNK):
        end = min(begin + CHUNK, count)
        _copy(divisions, begin, end, closing_state="exported", posting_state="posted", mark="s")
        print(f"  … {end} closings stored", end="\r", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # what storing them has put off is not part of what is measured next


def _copy(divisions: list[int], begin: int, end: int, *, closing_state: str, posting_state: str, mark: str) -> None:
    """One chunk, in a transaction; with triggers and foreign keys asleep, as when a backup is restored."""
    parameters: dict[str, Any] = {
        "divisions": divisions,
        "from": begin,
        "to": end,
        "first": COPIES_FROM,
        "closing_state": closing_state,
        "posting_state": posting_state,
        "mark": mark,
    }
    statements = [*COPIES.split(";"), STORED_CLOSINGS, POSTINGS, *(RECEIVED.split(";") if mark == "s" else ())]
    connection.ensure_connection()
    with ClientCursor(connection.connection) as cursor:  # the server takes no parameters for CREATE TABLE AS
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        for statement in statements:
            if statement.strip():
                cursor.execute(statement, parameters)
        cursor.execute("COMMIT")
