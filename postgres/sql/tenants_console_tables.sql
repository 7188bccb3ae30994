-- What each role may do with the tables of Django and of libraries that the console works with (postgres/viewer.py).
-- The door, which serves who is not known yet, logs people in; a person who is logged in works with the own session,
-- second factor and log. Nothing in these tables belongs to a customer.
-- `tenants_session_is_somebodys` is called by the policy of sessions: whether somebody is logged in with a session; of
-- a new one nobody is yet.
-- By hand: these tables have no model of ours that could say `Seen` (postgres/seen.py).
GRANT SELECT ON django_content_type, auth_permission
    TO clyo_door, clyo_till, clyo_customer, clyo_accountant, clyo_merchant, clyo_reseller;
GRANT SELECT ON django_migrations TO clyo_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, otp_totp_totpdevice, otp_static_staticdevice,
    otp_static_statictoken TO clyo_door, clyo_accountant, clyo_merchant, clyo_reseller;
GRANT SELECT, INSERT, UPDATE, DELETE ON axes_accessattempt, axes_accessattemptexpiration, axes_accessfailurelog,
    axes_accesslog TO clyo_door;
GRANT SELECT, INSERT ON django_admin_log TO clyo_accountant, clyo_merchant, clyo_reseller;

-- Whether somebody is logged in with this session. Of a new one nobody is yet. With the owner's rights: a person sees only
-- the own log-ins.
CREATE OR REPLACE FUNCTION tenants_session_is_somebodys(asked_key text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $$
BEGIN
    RETURN EXISTS (SELECT FROM tenants_login WHERE session_id = asked_key);
END $$;

ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS clyo_door ON django_session;
CREATE POLICY clyo_door ON django_session TO clyo_door USING (true);
DROP POLICY IF EXISTS own ON django_session;
CREATE POLICY own ON django_session TO clyo_accountant, clyo_merchant, clyo_reseller
    USING (EXISTS (SELECT FROM tenants_login WHERE session_id = session_key)
           OR NOT tenants_session_is_somebodys(session_key));

ALTER TABLE otp_totp_totpdevice ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS clyo_door ON otp_totp_totpdevice;
CREATE POLICY clyo_door ON otp_totp_totpdevice TO clyo_door USING (true);
DROP POLICY IF EXISTS own ON otp_totp_totpdevice;
CREATE POLICY own ON otp_totp_totpdevice TO clyo_accountant, clyo_merchant, clyo_reseller
    USING (user_id = (SELECT current_setting('clyo.person')::bigint));

ALTER TABLE otp_static_staticdevice ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS clyo_door ON otp_static_staticdevice;
CREATE POLICY clyo_door ON otp_static_staticdevice TO clyo_door USING (true);
DROP POLICY IF EXISTS own ON otp_static_staticdevice;
CREATE POLICY own ON otp_static_staticdevice TO clyo_accountant, clyo_merchant, clyo_reseller
    USING (user_id = (SELECT current_setting('clyo.person')::bigint));

ALTER TABLE otp_static_statictoken ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS clyo_door ON otp_static_statictoken;
CREATE POLICY clyo_door ON otp_static_statictoken TO clyo_door USING (true);
DROP POLICY IF EXISTS own ON otp_static_statictoken;
CREATE POLICY own ON otp_static_statictoken TO clyo_accountant, clyo_merchant, clyo_reseller
    USING (device_id IN (SELECT id FROM otp_static_staticdevice));

ALTER TABLE django_admin_log ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON django_admin_log;
CREATE POLICY own ON django_admin_log TO clyo_accountant, clyo_merchant, clyo_reseller
    USING (user_id = (SELECT current_setting('clyo.person')::bigint));
