-- A customer becomes another reseller's by a hand-over and by nothing else, and by each (tenants/hand_over.py): the row
-- that says who, when and why is what does it. Neither the customer nor who takes it may be suspended then; that its former
-- reseller was is kept, as that suspension no longer concerns it (tenants_suspension_over.sql).
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
