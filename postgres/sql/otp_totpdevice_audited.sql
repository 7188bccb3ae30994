-- Writes down each second factor that is given or taken away, as a change of the user; its counters are left out.
-- It calls tenants_note_change, after a device is added, changed or deleted.
-- By hand: the table is a library's, so no model of ours can say `Audited`.
CREATE OR REPLACE TRIGGER otp_totp_totpdevice_audited AFTER INSERT OR UPDATE OR DELETE ON otp_totp_totpdevice FOR EACH ROW
EXECUTE FUNCTION tenants_note_change(
    'last_t,drift,throttling_failure_count,throttling_failure_timestamp,last_used_at,last_generated_timestamp,created_at',
    'key'
);
