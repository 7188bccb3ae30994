-- Whom a connection of the service can become (docs/decisions/0038): roles that nobody logs in as, given to the owner of
-- this database, as which the service connects. Run by a superuser in the service's database, as often as one likes.
DO $$
DECLARE
    service text := (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database());
    viewer text;
BEGIN
    FOREACH viewer IN ARRAY ARRAY['clyo_door', 'clyo_till', 'clyo_customer', 'clyo_accountant', 'clyo_merchant',
                                  'clyo_reseller'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = viewer) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', viewer);
        END IF;
        EXECUTE format('GRANT %I TO %I', viewer, service);
    END LOOP;
END $$;
