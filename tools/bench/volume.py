"""Customers and closings by the thousand, made by the database itself: what the console's limits are measured on."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from ledger.entry import Entry, EntryKind, Line, LineRole
from tenants.models import Reseller
from tools.fleet.closings import PARAMETERS, closings

LAST = timezone.localdate() - timedelta(days=1)
FIRST_NUMBER = 100_000
TICKETS = 40
FIRST_RESELLER = "Revendeur 1"

_RATE = Decimal("10.00")
SALE = Entry(
    kind=EntryKind.SALES,
    journal="70",
    date=LAST,
    label="Z",
    third_party="0000002",
    lines=(
        Line(account="411000", amount=Decimal("11.00"), role=LineRole.CUSTOMER, third_party="0000002"),
        Line(account="706000", amount=Decimal("-10.00"), role=LineRole.SALES, vat_slot=2, vat_rate=_RATE),
        Line(account="445710", amount=Decimal("-1.00"), role=LineRole.VAT, vat_slot=2, vat_rate=_RATE),
    ),
)

# One closing a day of each till, back from `last`; of the last three days some failed, are held or lack a VAT code.
STORED_CLOSINGS: LiteralString = """
INSERT INTO exports_storedclosing (id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at,
                            gross, document, state, problems, accepted_problems, created_at, state_since)
SELECT uuidv7(), t.tenant_id, t.establishment_id, t.id, 'general', %(number)s + %(last)s::date - d.day,
       d.day, d.day + time '23:30', 500 + (t.id * 7 + EXTRACT(doy FROM d.day)::int) %% 3000,
       %(document)s::jsonb || jsonb_build_object('number', %(number)s + %(last)s::date - d.day, 'business_date', d.day,
                                                 'closed_at', d.day::text || 'T23:30:00+01:00'),
       CASE WHEN %(last)s::date - d.day > 2 THEN 'exported' WHEN t.id %% 97 = 0 THEN 'failed'
            WHEN t.id %% 41 = 0 THEN 'held' ELSE 'exported' END,
       CASE WHEN %(last)s::date - d.day <= 2 AND t.id %% 97 <> 0 AND t.id %% 41 = 0 THEN
           '[{"code": "slot_without_vat_code", "pointer": "", "facts": {"slot": "3", "rate": "5.50"},
              "blocking": true}]'::jsonb
            ELSE '[]'::jsonb END,
       '[]'::jsonb, d.day + time '23:31', d.day + time '23:32'
FROM tenants_till t
CROSS JOIN LATERAL (SELECT %(last)s::date - n AS day FROM generate_series(%(from)s, %(to)s - 1) n) d
WHERE %(tenant)s::bigint IS NULL OR t.tenant_id = %(tenant)s
"""
POSTINGS: LiteralString = """
INSERT INTO exact_posting (id, tenant_id, division_id, establishment_id, closing_id, entry_kind, journal, revision,
                           reference, entry, payment_condition, business_date, turn, state, attempts, lookups,
                           entry_id, entry_number, messages, created_at, posted_at)
SELECT uuidv7(), s.tenant_id, d.id, s.establishment_id, s.id, 'sales', '70', 1,
       'Z' || place || '-VOLUME-V70.01', %(entry)s::jsonb, '', s.business_date, s.id::text,
       CASE s.state WHEN 'failed' THEN 'refused' ELSE 'posted' END, 1, 0, gen_random_uuid()::text,
       (26700000 + place)::text,
       CASE s.state WHEN 'failed' THEN ARRAY['La période est clôturée : 2026 – 11'] ELSE '{}'::text[] END,
       s.created_at, s.created_at
FROM (SELECT *, row_number() OVER () + (SELECT count(*) FROM exact_posting) AS place FROM exports_storedclosing s
      WHERE business_date > %(last)s::date - %(to)s AND business_date <= %(last)s::date - %(from)s
        AND state IN ('exported', 'failed') AND (%(tenant)s::bigint IS NULL OR tenant_id = %(tenant)s)
        AND NOT EXISTS (SELECT FROM exact_posting p WHERE p.closing_id = s.id)) s
CROSS JOIN LATERAL (SELECT id FROM exact_division WHERE tenant_id = s.tenant_id ORDER BY id LIMIT 1) d
"""
# What a till's push leaves beside the stored closing: the push, what it received,
# its tickets, and what happened that day.
RECEIVED: LiteralString = """
WITH fresh AS (SELECT s.*, nextval('clyo_ingest_push_id_seq') AS push FROM exports_storedclosing s
               WHERE business_date > %(last)s::date - %(to)s AND business_date <= %(last)s::date - %(from)s
                 AND NOT EXISTS (SELECT FROM clyo_ingest_receivedclosing c WHERE c.stored_id = s.id)),
pushes AS (INSERT INTO clyo_ingest_push (id, tenant_id, till_id, kind, received_at, content_type, content_encoding,
                                         body, answer_code)
           SELECT push, tenant_id, till_id, 'closing', created_at, 'application/json', '', '{}', '' FROM fresh),
closings AS (INSERT INTO clyo_ingest_receivedclosing (stored_id, tenant_id, till_id, kind, scope, number, digest,
                                                      push_id, received_at)
             SELECT id, tenant_id, till_id, kind, '', number, repeat('0', 64), push, created_at FROM fresh),
events AS (INSERT INTO exports_closingevent (tenant_id, closing_id, at, before, after, why)
           SELECT tenant_id, id, state_since, '', state, '' FROM fresh)
INSERT INTO exports_coveredtickets (tenant_id, closing_id, establishment_id, station, tickets, live)
SELECT tenant_id, id, establishment_id, till_id::text, int8range(number * %(tickets)s, (number + 1) * %(tickets)s),
       true
FROM fresh
"""
# Exact's ledger as it was read: of a month, and a difference here and there.
READ_DAYS = 31
BOOK_LINES: LiteralString = """
INSERT INTO exact_bookline (tenant_id, division_id, posting_id, line_id, entry_id, entry_number, journal, date, account,
                            amount, vat_code, description)
SELECT p.tenant_id, p.division_id, p.id, gen_random_uuid(), p.entry_id, p.entry_number, '70', p.business_date,
       line ->> 'account', (line ->> 'amount')::numeric, '', ''
FROM exact_posting p CROSS JOIN LATERAL jsonb_array_elements(p.entry -> 'lines') line
WHERE p.state = 'posted' AND p.business_date > %(last)s::date - LEAST(%(to)s, %(read)s)
  AND p.business_date <= %(last)s::date - %(from)s AND (%(tenant)s::bigint IS NULL OR p.tenant_id = %(tenant)s)
"""
FINDINGS: LiteralString = """
INSERT INTO exact_finding (tenant_id, posting_id, kind, details, found_at, settlement, settled_why)
SELECT p.tenant_id, p.id, 'changed', '[{"what": "706000", "meant": "-10.00", "found": "-12.00"}]'::jsonb, p.posted_at,
       '', ''
FROM exact_posting p
WHERE p.state = 'posted' AND p.establishment_id %% 211 = 0 AND p.business_date = %(last)s::date - %(from)s
"""
FILLED = (
    "tenants_reseller",
    "tenants_tenant",
    "tenants_establishment",
    "tenants_till",
    "booking_mapping",
    "exact_connection",
    "exact_division",
    "exports_storedclosing",
    "exact_posting",
    "clyo_ingest_push",
    "clyo_ingest_receivedclosing",
    "exports_coveredtickets",
    "exports_closingevent",
    "exact_activation",
    "exact_bookline",
    "exact_finding",
)


def fill(*, resellers: int, tenants: int, tills: int, days: int) -> Reseller:
    """`tenants` customers of `resellers`, `tills` tills, `days` closings each. Returns one reseller of them."""
    first = customers(resellers=resellers, tenants=tenants, tills=tills)
    store_closings(0, days)
    return first


def customers(*, resellers: int, tenants: int, tills: int) -> Reseller:
    """Customers with a shop, a mapping and a company in Exact each, and their tills. Returns one of the resellers."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO tenants_reseller (name, created_at) "
            "SELECT 'Revendeur ' || n, now() FROM generate_series(1, %s) n RETURNING id",
            [resellers],
        )
        ids = [pk for (pk,) in sql.fetchall()]
        sql.execute(
            "INSERT INTO tenants_tenant (reseller_id, name, siren, created_at) "
            "SELECT (%s::bigint[])[1 + n %% %s], 'Client ' || n, '', now() FROM generate_series(1, %s) n",
            [ids, resellers, tenants],
        )
        sql.execute(
            "INSERT INTO tenants_establishment (tenant_id, code, name, siret, booked_level, created_at) "
            "SELECT id, 'SHOP' || id, 'Boutique ' || id, '', 'general', now() FROM tenants_tenant "
            "WHERE reseller_id = ANY(%s)",
            [ids],
        )
        sql.execute(
            "INSERT INTO tenants_till (tenant_id, establishment_id, name, device, software, paired_at, created_at) "
            "SELECT e.tenant_id, e.id, 'Caisse ' || n, '', '', now(), now() FROM generate_series(1, %s) n JOIN "
            "(SELECT e.*, row_number() OVER (ORDER BY e.id) - 1 AS place FROM tenants_establishment e "
            " JOIN tenants_tenant t ON t.id = e.tenant_id WHERE t.reseller_id = ANY(%s)) e ON e.place = n %% %s",
            [tills, ids, tenants],
        )
        sql.execute(
            "INSERT INTO booking_mapping (tenant_id, establishment_id, parameters, overrides, updated_at) "
            "SELECT e.tenant_id, e.id, %s::jsonb, '{}'::jsonb, now() FROM tenants_establishment e "
            "JOIN tenants_tenant t ON t.id = e.tenant_id WHERE t.reseller_id = ANY(%s)",
            [json.dumps(PARAMETERS), ids],
        )
        _link_to_exact(sql, ids)
    return Reseller.objects.get(pk=ids[0])


def _link_to_exact(sql: CursorWrapper, resellers: list[int]) -> None:
    """A company in Exact for each customer of these resellers, into which its shop is activated."""
    sql.execute(
        "INSERT INTO exact_exactapp (country, base_url, client_id, client_secret, minute_limit, day_limit) "
        "VALUES ('FR', 'https://exact.invalid', 'x', '', 60, 5000) ON CONFLICT DO NOTHING"
    )
    sql.execute(
        "INSERT INTO exact_connection (tenant_id, app_id, state, access_token, refresh_token, user_name, "
        "user_language, problem, access_issued_at, created_at) SELECT id, (SELECT min(id) FROM exact_exactapp), "
        "'active', '', '', '', '', '', now(), now() FROM tenants_tenant WHERE reseller_id = ANY(%s)",
        [resellers],
    )
    sql.execute(
        "INSERT INTO exact_division (tenant_id, connection_id, app_id, code, name, journal_accounts, "
        "lines_timestamp, deleted_timestamp, reconciled_at) "
        "SELECT c.tenant_id, c.id, c.app_id, 100000 + c.id, 'LIVRES', '{}'::jsonb, 1, 1, now() "
        "FROM exact_connection c JOIN tenants_tenant t ON t.id = c.tenant_id WHERE t.reseller_id = ANY(%s)",
        [resellers],
    )
    sql.execute(
        "INSERT INTO exact_activation (tenant_id, establishment_id, division_id, active, problems, checked_at, "
        "activated_at) SELECT e.tenant_id, e.id, d.id, true, '[]'::jsonb, now(), now() "
        "FROM tenants_establishment e JOIN exact_division d ON d.tenant_id = e.tenant_id "
        "JOIN tenants_tenant t ON t.id = e.tenant_id WHERE t.reseller_id = ANY(%s)",
        [resellers],
    )


def store_closings(first: int, last: int, *, tenant: int | None = None) -> None:
    """The closings of the days from `first` to before `last`, counted back from `LAST`: of all tills, or a customer's.

    Triggers and foreign keys are asleep meanwhile, as when a backup is restored.
    """
    values: dict[str, Any] = {
        "last": LAST,
        "from": first,
        "to": last,
        "tenant": tenant,
        "number": FIRST_NUMBER,
        "tickets": TICKETS,
        "read": READ_DAYS,
        "document": json.dumps(next(closings("volume", first=1)) | {"tickets": []}),
        "entry": json.dumps(SALE.to_document()),
    }
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute("SET LOCAL statement_timeout = 0")
        sql.execute("SET LOCAL session_replication_role = replica")
        for statement in (STORED_CLOSINGS, POSTINGS, RECEIVED, BOOK_LINES, FINDINGS):
            sql.execute(statement, values)
        sql.execute("SET LOCAL session_replication_role = origin")
        for table in FILLED:
            sql.execute(f"ANALYZE {table}")
