"""Customers and closings by the thousand, made by the database itself: what the console's limits are measured on."""

from datetime import date

from django.db import connection

from tenants.models import Reseller

LAST = date(2026, 11, 22)
CLOSINGS = """
INSERT INTO exports_export (id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at, gross,
                            document, state, problems, accepted_problems, created_at, state_since)
SELECT gen_random_uuid(), t.tenant_id, t.establishment_id, t.id, 'general', 100000 + n, d.day, d.day + time '23:30',
       500 + (t.id * 7 + n) %% 3000, '{"sales": [], "payments": [], "kind": "general"}'::jsonb,
       CASE WHEN n > 2 THEN 'exported' WHEN t.id %% 97 = 0 THEN 'failed' WHEN t.id %% 41 = 0 THEN 'held'
            ELSE 'exported' END,
       CASE WHEN n <= 2 AND t.id %% 97 <> 0 AND t.id %% 41 = 0 THEN
           '[{"code": "slot_without_vat_code", "pointer": "", "facts": {"slot": "3", "rate": "5.50"},
              "blocking": true}]'::jsonb
            ELSE '[]'::jsonb END,
       '[]'::jsonb, d.day + time '23:31', d.day + time '23:32'
FROM tenants_till t
CROSS JOIN LATERAL (SELECT n, %(last)s::date - n AS day FROM generate_series(0, %(days)s - 1) n) d
"""
POSTINGS = """
INSERT INTO exact_posting (id, tenant_id, division_id, establishment_id, closing_id, entry_kind, journal, revision,
                           reference, entry, payment_condition, business_date, turn, state, attempts, lookups,
                           exact_entry_id, exact_entry_number, messages, created_at, posted_at)
SELECT gen_random_uuid(), e.tenant_id, d.id, e.establishment_id, e.id, 'sales', '70', 1,
       'Z' || row_number() OVER () || '-VOLUME-V70.01',
       '{"lines": []}'::jsonb, '', e.business_date, e.id::text,
       CASE e.state WHEN 'failed' THEN 'refused' ELSE 'posted' END, 1, 0, gen_random_uuid(),
       26700000 + row_number() OVER (),
       CASE e.state WHEN 'failed' THEN ARRAY['La période est clôturée : 2026 – 11'] ELSE '{}'::text[] END,
       e.created_at, e.created_at
FROM exports_export e JOIN exact_division d ON d.tenant_id = e.tenant_id WHERE e.state IN ('exported', 'failed')
"""


def fill(*, resellers: int, tenants: int, tills: int, days: int) -> Reseller:
    """`tenants` customers of `resellers`, `tills` tills, `days` closings each. Returns one reseller of them."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO tenants_reseller (name, created_at) "
            "SELECT 'Revendeur ' || n, now() FROM generate_series(1, %s) n",
            [resellers],
        )
        sql.execute(
            "INSERT INTO tenants_tenant (reseller_id, name, siren, created_at) SELECT (SELECT min(id) FROM "
            "tenants_reseller) + n %% %s, 'Client ' || n, '', now() FROM generate_series(1, %s) n",
            [resellers, tenants],
        )
        sql.execute(
            "INSERT INTO tenants_establishment (tenant_id, code, name, siret, booked_level, created_at) "
            "SELECT id, 'SHOP' || id, 'Boutique ' || id, '', 'general', now() FROM tenants_tenant"
        )
        sql.execute(
            "INSERT INTO tenants_till (tenant_id, establishment_id, name, device, software, paired_at, created_at) "
            "SELECT e.tenant_id, e.id, 'Caisse ' || n, '', '', now(), now() FROM generate_series(1, %s) n JOIN "
            "(SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM tenants_establishment) e "
            "ON e.place = n %% %s",
            [tills, tenants],
        )
        sql.execute(
            "INSERT INTO exact_mapping (tenant_id, establishment_id, parameters, overrides, updated_at) "
            "SELECT tenant_id, id, '{}'::jsonb, '{}'::jsonb, now() FROM tenants_establishment"
        )
        sql.execute(
            "INSERT INTO exact_exactapp (country, base_url, client_id, client_secret, minute_limit, day_limit) "
            "VALUES ('FR', 'https://exact.invalid', 'x', 'x', 60, 5000)"
        )
        sql.execute(
            "INSERT INTO exact_connection (tenant_id, app_id, state, access_token, refresh_token, user_name, "
            "user_language, problem, access_issued_at, created_at) SELECT id, (SELECT id FROM exact_exactapp), "
            "'active', '', '', '', '', '', now(), now() FROM tenants_tenant"
        )
        sql.execute(
            "INSERT INTO exact_division (tenant_id, connection_id, app_id, code, name, journal_accounts, "
            "lines_timestamp, deleted_timestamp) "
            "SELECT tenant_id, id, app_id, id, 'LIVRES', '{}'::jsonb, 1, 1 FROM exact_connection"
        )
        sql.execute(CLOSINGS, {"last": LAST, "days": days})
        sql.execute(POSTINGS)
        for table in ("exports_export", "exact_posting", "tenants_till", "tenants_tenant", "tenants_establishment"):
            sql.execute(f"ANALYZE {table}")
    return Reseller.objects.order_by("pk")[0]
