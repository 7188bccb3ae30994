-- Finds the till whose key was sent, by the key's prefix and digests: the key, the till, its customer and reseller,
-- whether any of these is suspended, and the till it was before its establishment was taken over. A right digest gets
-- one row, and the session is told which till it serves from here on (postgres/viewer.py); any other gets none.
-- Called by clyo_ingest/keys.py, first thing in each call of a till.
-- By hand: the caller is still the role `clyo_door`, which may read neither keys nor tills, so this reads with the
-- owner's rights. Every table is named with its schema: a search path of the function's own would cost each call
-- something.
CREATE OR REPLACE FUNCTION clyo_ingest_known_by(asked_prefix text, asked_digests text[], moment timestamptz)
RETURNS TABLE (
    key_id bigint, key_used_at timestamptz, till_id bigint, tenant_id bigint, establishment_id bigint,
    reseller_id bigint, suspended boolean, former_till bigint, taken_over_on date
)
LANGUAGE plpgsql SECURITY DEFINER AS $$
#variable_conflict use_column
BEGIN
    SELECT till_key.id, till_key.last_used_at, till.id, till.tenant_id, till.establishment_id, tenant.reseller_id,
           COALESCE(till.suspended_at, establishment.suspended_at, tenant.suspended_at, reseller.suspended_at) IS NOT NULL,
           CASE WHEN taken.ended_on IS NOT NULL THEN moved.former_id END, taken.ended_on
    INTO key_id, key_used_at, till_id, tenant_id, establishment_id, reseller_id, suspended, former_till, taken_over_on
    FROM public.clyo_ingest_tillkey AS till_key
    JOIN public.tenants_till AS till ON till.id = till_key.till_id
    JOIN public.tenants_establishment AS establishment ON establishment.id = till.establishment_id
    JOIN public.tenants_tenant AS tenant ON tenant.id = till.tenant_id
    JOIN public.tenants_reseller AS reseller ON reseller.id = tenant.reseller_id
    LEFT JOIN public.tenants_movedtill AS moved ON moved.till_id = till.id
    LEFT JOIN public.tenants_takeover AS taken ON taken.successor_id = till.establishment_id
    WHERE till_key.prefix = asked_prefix AND till_key.digest = ANY (asked_digests)
        AND till_key.revoked_at IS NULL AND COALESCE(till_key.expires_at > moment, true);
    IF FOUND THEN
        PERFORM set_config('clyo.reseller', reseller_id::text, false), set_config('clyo.tenant', tenant_id::text, false),
                set_config('clyo.establishment', establishment_id::text, false);
        RETURN NEXT;
    END IF;
END $$;

REVOKE ALL ON FUNCTION clyo_ingest_known_by(text, text[], timestamptz) FROM PUBLIC;
-- To clyo_till too: a thread that has answered a till still serves it when the next till's call comes.
GRANT EXECUTE ON FUNCTION clyo_ingest_known_by(text, text[], timestamptz) TO clyo_door, clyo_till;
