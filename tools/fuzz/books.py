"""What our books hold of the tills of a batch: read before and after each call."""

from dataclasses import dataclass, field

from django.db import connection

ROWS = """
SELECT (SELECT count(*) FROM clyo_ingest_receivedclosing WHERE till_id = ANY(%(tills)s)),
       (SELECT count(*) FROM exports_storedclosing WHERE till_id = ANY(%(tills)s)),
       (SELECT count(*) FROM clyo_ingest_parameters WHERE till_id = ANY(%(tills)s)),
       (SELECT count(*) FROM on_demand_ondemandexport WHERE asked_by_till_id = ANY(%(tills)s))
"""
PUSHES = """
SELECT id, length(body), sha256(body), answer_status,
       EXISTS (SELECT FROM clyo_ingest_receivedclosing WHERE push_id = clyo_ingest_push.id)
FROM clyo_ingest_push WHERE till_id = ANY(%(tills)s) AND id > %(last)s ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPush:
    """A raw push as it stands; `made`: a closing came of it."""

    id: int
    size: int
    sha256: bytes
    answer: int | None
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """How many received and stored closings, versions of parameters and exports there are; the pushes that are new."""

    keys: tuple[str, ...]
    tills: list[int]
    rows: tuple[int, ...] = ()
    pushes: list[KeptPush] = field(default_factory=list)
    last_push: int = 0

    def now(self) -> "Books":
        """The books as they stand now; new is what came since these."""
        with connection.cursor() as sql:
            sql.execute(ROWS, {"tills": self.tills})
            rows = tuple(sql.fetchone() or ())
            sql.execute(PUSHES, {"tills": self.tills, "last": self.last_push})
            pushes = [
                KeptPush(id=it[0], size=it[1], sha256=bytes(it[2]), answer=it[3], made=it[4]) for it in sql.fetchall()
            ]
        last = pushes[-1].id if pushes else self.last_push
        return Books(keys=self.keys, tills=self.tills, rows=rows, pushes=pushes, last_push=last)
