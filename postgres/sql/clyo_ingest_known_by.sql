-- Whose key it is, asked at the door, where no key and no till is seen (clyo_ingest/keys.py). Who has the right digest gets
-- one row, of the own till; nobody else gets any.
CREATE OR REPLACE FUNCTION clyo_ingest_known_by(asked_prefix text, asked_digests text[], moment timestamptz)
RETURNS TABLE (
    key_id bigint, key_used_at timestamptz, till_id bigint, tenant_id bigint, establishment_id bigint,
    reseller_id bigint, suspended boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path TO 'public', 'pg_temp' SET plan_cache_mode TO 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT till_key.id, till_key.last_used_at, till.id, till.tenant_id, till.establishment_id, tenant.reseller_id,
           COALESCE(till.suspended_at, establishment.suspended_at, tenant.suspended_at, reseller.suspended_at) IS NOT NULL
    FROM clyo_ingest_tillkey AS till_key
    JOIN tenants_till AS till ON till.id = till_key.till_id
    JOIN tenants_establishment AS establishment ON establishment.id = till.establishment_id
    JOIN tenants_tenant AS tenant ON tenant.id = till.tenant_id
    JOIN tenants_reseller AS reseller ON reseller.id = tenant.reseller_id
    WHERE till_key.prefix = asked_prefix AND till_key.digest = ANY (asked_digests)
        AND till_key.revoked_at IS NULL AND COALESCE(till_key.expires_at > moment, true);
END $$;

REVOKE ALL ON FUNCTION clyo_ingest_known_by(text, text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clyo_ingest_known_by(text, text[], timestamptz) TO clyo_door;
