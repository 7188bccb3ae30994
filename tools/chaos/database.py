"""What our own database says at the end of a run, in plain SQL."""

from collections import Counter
from collections.abc import Iterable

from django.db import DatabaseError, close_old_connections, connection

from tools.chaos.verdict import Verdict
from tools.fleet.tills import Pushed

OPEN = """
    SELECT s.state, count(*) FROM exports_storedclosing s
    WHERE s.state IN ('ready', 'exporting', 'waiting')
       OR EXISTS (SELECT 1 FROM exact_posting p
                  WHERE p.closing_id = s.id AND p.state IN ('sending', 'unknown', 'sought', 'removing'))
    GROUP BY s.state
"""
STORED = """
    SELECT d.code, c.number, s.state, s.problems, p.messages, l.pause_code, l.pause_detail
    FROM clyo_ingest_receivedclosing c
    JOIN exports_storedclosing s ON s.id = c.stored_id
    JOIN exact_activation a ON a.establishment_id = s.establishment_id
    JOIN exact_division d ON d.id = a.division_id
    JOIN exact_lane l ON l.division_id = d.id
    LEFT JOIN LATERAL (
        SELECT string_agg(array_to_string(messages, '; '), '; ') AS messages
        FROM exact_posting WHERE closing_id = s.id AND state <> 'withdrawn'
    ) p ON true
"""
LOST_CONNECTIONS = "SELECT id, problem FROM exact_connection WHERE state <> 'active'"


def open_work() -> str:
    """The closings that are not through yet, by state; empty when there are none."""
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute(OPEN)
            return ", ".join(f"{count} {state}" for state, count in cursor.fetchall())
    except DatabaseError as error:
        return f"unknown ({type(error).__name__})"


def fill_in(verdict: Verdict, pushed: Iterable[Pushed]) -> None:
    """Put into the verdict what is lost, doubled or stuck in our database, and which connections are dead."""
    with connection.cursor() as cursor:
        cursor.execute(STORED)
        rows = cursor.fetchall()
        cursor.execute(LOST_CONNECTIONS)
        verdict.token_locks_lost += [f"connection {pk}: {problem}" for pk, problem in cursor.fetchall()]
    stored = Counter((division, number) for division, number, *_ in rows)
    verdict.in_database = len(stored)
    verdict.doubled += [f"{division} Z{number}: {n} rows" for (division, number), n in stored.items() if n > 1]
    verdict.stuck += [
        f"{division} Z{number}: {state} {problems} {messages or ''} (lane: {pause} {detail})"
        for division, number, state, problems, messages, pause, detail in rows
        if state != "exported"
    ]
    for one in pushed:
        key = one.shop.division, one.document["number"]
        if one.acknowledged_at is None:
            verdict.stuck.append(f"{key[0]} Z{key[1]}: the till did not get it through {one.refused}")
        elif key not in stored:
            verdict.lost.append(f"{key[0]} Z{key[1]}: acknowledged, not in our database")
