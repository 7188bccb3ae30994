-- Makes a customer another reseller's when a hand-over is stored (tenants/hand_over.py), and refuses that in any other
-- way: so there is a row of who, when and why for each. It fails when the customer or the new reseller is suspended, or
-- when the customer is not that reseller's any more. Where the former reseller is suspended, that is kept as a
-- span that is over for this customer (tenants_suspension_over.sql).
-- Called by two triggers: after a hand-over is added, and before a customer's reseller is changed by a statement of its
-- own.
-- By hand: it is true whoever writes, and in the same transaction.
CREATE OR REPLACE FUNCTION tenants_hand_over() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenants_tenant SET reseller_id = NEW.to_id
    WHERE id = NEW.tenant_id AND reseller_id = NEW.reseller_id AND suspended_at IS NULL
      AND EXISTS (SELECT FROM tenants_reseller WHERE id = NEW.to_id AND suspended_at IS NULL);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'customer % cannot be handed over so', NEW.tenant_id USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO tenants_suspension (tenant_id, began_at, ended_at)
        SELECT NEW.tenant_id, suspended_at, GREATEST(suspended_at, clock_timestamp()) FROM tenants_reseller
        WHERE id = NEW.reseller_id AND suspended_at IS NOT NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tenants_reseller_by_hand_over() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a customer becomes another reseller''s by a hand-over' USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE TRIGGER tenants_hand_over AFTER INSERT ON tenants_handover FOR EACH ROW
EXECUTE FUNCTION tenants_hand_over();

CREATE OR REPLACE TRIGGER tenants_reseller_by_hand_over BEFORE UPDATE OF reseller_id ON tenants_tenant FOR EACH ROW
WHEN (OLD.reseller_id IS DISTINCT FROM NEW.reseller_id AND pg_trigger_depth() = 0)
EXECUTE FUNCTION tenants_reseller_by_hand_over();
