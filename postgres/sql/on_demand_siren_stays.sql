-- Refuses another SIREN for a customer whose entries were numbered for a FEC, which is a file of one company (LPF art.
-- A47 A-1): another company is another customer.
-- Called by its trigger, before a SIREN that is not empty is changed.
-- By hand: it reads the numbers that were given.
CREATE OR REPLACE FUNCTION on_demand_siren_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM on_demand_keptnumber number WHERE number.tenant_id = OLD.id) THEN
        RAISE EXCEPTION 'entries were numbered under this SIREN' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER on_demand_siren_stays BEFORE UPDATE OF siren ON tenants_tenant FOR EACH ROW
WHEN (OLD.siren <> '' AND NEW.siren IS DISTINCT FROM OLD.siren)
EXECUTE FUNCTION on_demand_siren_stays();
