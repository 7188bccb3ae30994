-- Keeps a suspension that is taken back as a span (tenants/suspension.py), as nothing was expected of its days. It may
-- have begun by a clock that is ahead of this one: then the span is empty.
-- Called by four triggers: after the suspension of a reseller, a customer, an establishment or a till is taken back.
-- By hand: it adds rows to another table, with the owner's rights, as nobody else may add such a row.
CREATE OR REPLACE FUNCTION tenants_suspension_over() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $$
DECLARE
    ended timestamptz := GREATEST(OLD.suspended_at, clock_timestamp());
BEGIN
    IF TG_TABLE_NAME = 'tenants_reseller' THEN
        INSERT INTO tenants_suspension (tenant_id, began_at, ended_at)
            SELECT id, OLD.suspended_at, ended FROM tenants_tenant WHERE reseller_id = OLD.id;
    ELSIF TG_TABLE_NAME = 'tenants_tenant' THEN
        INSERT INTO tenants_suspension (tenant_id, began_at, ended_at) VALUES (OLD.id, OLD.suspended_at, ended);
    ELSIF TG_TABLE_NAME = 'tenants_establishment' THEN
        INSERT INTO tenants_suspension (tenant_id, establishment_id, began_at, ended_at)
            VALUES (OLD.tenant_id, OLD.id, OLD.suspended_at, ended);
    ELSE
        INSERT INTO tenants_suspension (tenant_id, establishment_id, till_id, began_at, ended_at)
            VALUES (OLD.tenant_id, OLD.establishment_id, OLD.id, OLD.suspended_at, ended);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tenants_reseller_suspension_over AFTER UPDATE OF suspended_at ON tenants_reseller
FOR EACH ROW WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL)
EXECUTE FUNCTION tenants_suspension_over();

CREATE OR REPLACE TRIGGER tenants_tenant_suspension_over AFTER UPDATE OF suspended_at ON tenants_tenant
FOR EACH ROW WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL)
EXECUTE FUNCTION tenants_suspension_over();

CREATE OR REPLACE TRIGGER tenants_establishment_suspension_over AFTER UPDATE OF suspended_at ON tenants_establishment
FOR EACH ROW WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL)
EXECUTE FUNCTION tenants_suspension_over();

CREATE OR REPLACE TRIGGER tenants_till_suspension_over AFTER UPDATE OF suspended_at ON tenants_till
FOR EACH ROW WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL)
EXECUTE FUNCTION tenants_suspension_over();
