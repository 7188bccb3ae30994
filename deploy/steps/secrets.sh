# shellcheck shell=bash
# Secrets: files in ./secrets, written once and never again. The folder is closed to everybody else (0700); the files in
# it can be read, because inside their containers programs of other users read them.

# random BYTES: letters and digits of that many random bytes.
random() { head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# keep NAME VALUE: write a secret that is not there yet.
keep() {
  local file=secrets/$1
  [ ! -e "$file" ] || return 0
  printf '%s' "$2" >"$file.new"
  chmod 0444 "$file.new"
  mv "$file.new" "$file"
  written=$((written + 1))
}

write_secrets() {
  written=0
  mkdir -p secrets
  chmod 0700 secrets
  keep secret_key "$(random 48)"
  keep key_pepper "$(random 48)"
  keep key_pepper_fallbacks ""
  # A Fernet key: 32 bytes, with its padding.
  keep token_keys "$(head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_')"
  keep postgres_password "$(random 32)"
  keep database_password "$(random 32)"
  keep database_url "postgresql://clyo:$(cat secrets/database_password)@postgres:5432/clyo"
  keep valkey_password "$(random 32)"
  keep redis_url "redis://:$(cat secrets/valkey_password)@valkey:6379/0"
  keep backup_passphrase "$(random 48)"
  keep backup_bucket_key ""
  keep alerts_mail_password ""
  keep grafana_password "$(random 24)"
  keep email_url "${CLYO_MAIL:-smtp://mail:2525}"
  if [ "$written" -gt 0 ]; then
    say "$written secrets written into ./secrets. Keep a copy of that folder apart from this machine:"
    say "without backup_passphrase no backup can be read; without token_keys and key_pepper a restored database knows no"
    say "till and no company of Exact."
  else
    say "The secrets are there; none was changed."
  fi
}
