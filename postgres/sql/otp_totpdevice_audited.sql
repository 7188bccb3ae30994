-- A second factor given or taken away is written down like a change of the user (its counters are not).
CREATE OR REPLACE TRIGGER otp_totp_totpdevice_audited AFTER INSERT OR UPDATE OR DELETE ON otp_totp_totpdevice FOR EACH ROW
EXECUTE FUNCTION tenants_note_change(
    'last_t,drift,throttling_failure_count,throttling_failure_timestamp,last_used_at,last_generated_timestamp,created_at',
    'key'
);
