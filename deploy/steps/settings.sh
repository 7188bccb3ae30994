# shellcheck shell=bash
# .env: what compose fills docker-compose.yml with, and settings of the service that are no secrets (.env.example).

# setting NAME: its value in .env, empty when it is not there.
setting() { [ ! -f .env ] || sed -n "s/^$1=//p" .env | tail -n 1; }

ask() {
  local question=$1 answer
  [ -t 0 ] || return 0
  read -r -p "$question " answer
  printf '%s' "$answer"
}

# choose_settings: the name and the address, from .env, else the command line or CLYO_HOST and CLYO_EMAIL, else asked.
choose_settings() {
  local name kept given
  for name in CLYO_HOST CLYO_EMAIL CLYO_HTTP_PORT CLYO_HTTPS_PORT CLYO_BIND CLYO_TLS CLYO_IMAGE; do
    kept=$(setting "$name") given=${!name:-}
    if [ -n "$kept" ] && [ -n "$given" ] && [ "$kept" != "$given" ]; then
      stop "$name is $kept in .env, and $given was asked for. Change it there, then run this again."
    fi
    [ -z "$kept" ] || printf -v "$name" '%s' "$kept"
  done
  if [ "${sandbox:-no}" = yes ]; then
    CLYO_HOST=${CLYO_HOST:-clyo.localhost} CLYO_EMAIL=${CLYO_EMAIL:-support@clyo.example}
    CLYO_TLS=internal CLYO_BIND=${CLYO_BIND:-127.0.0.1}
  fi
  CLYO_HOST=${CLYO_HOST:-$(ask "Host name that people and tills will use (e.g. exact.clyo.example):")}
  CLYO_EMAIL=${CLYO_EMAIL:-$(ask "E-mail address of the first support user:")}
  [ -n "$CLYO_HOST" ] && [ -n "$CLYO_EMAIL" ] || stop "a name and an address are needed: --host NAME --email ADDRESS"
  [[ $CLYO_HOST =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || stop "$CLYO_HOST is no host name: small letters, digits, dots"
  [[ $CLYO_EMAIL =~ ^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$ ]] || stop "$CLYO_EMAIL is no e-mail address"
  CLYO_HTTP_PORT=${CLYO_HTTP_PORT:-80} CLYO_HTTPS_PORT=${CLYO_HTTPS_PORT:-443} CLYO_BIND=${CLYO_BIND:-0.0.0.0}
  CLYO_TLS=${CLYO_TLS:-$CLYO_EMAIL}
}

version() { sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -n 1; }
revision() { git rev-parse HEAD 2>/dev/null || echo unknown; }

write_settings() {
  if [ -f .env ]; then
    say ".env is there; it was not changed."
    return
  fi
  local url=https://$CLYO_HOST revision profiles=mailbox
  [ "$CLYO_HTTPS_PORT" = 443 ] || url=$url:$CLYO_HTTPS_PORT
  [ -z "${CLYO_MAIL:-}" ] || profiles=
  [ "${sandbox:-no}" = no ] || profiles=sandbox
  revision=$(revision)
  umask 077
  {
    say "# Written by ./deploy/install. Settings of .env.example that are no secrets may be added here."
    say "CLYO_HOST=$CLYO_HOST"
    say "CLYO_URL=$url"
    say "CLYO_EMAIL=$CLYO_EMAIL"
    say "# An address: certificates by ACME, under that account. internal: Caddy's own authority, for a try."
    say "CLYO_TLS=$CLYO_TLS"
    say "CLYO_HTTP_PORT=$CLYO_HTTP_PORT"
    say "CLYO_HTTPS_PORT=$CLYO_HTTPS_PORT"
    say "CLYO_BIND=$CLYO_BIND"
    say "CLYO_VERSION=$(version)"
    say "CLYO_REVISION=$revision"
    say "CLYO_IMAGE=${CLYO_IMAGE:-clyo-exact:$(version)-${revision:0:12}}"
    say "CLYO_SANDBOX_IMAGE=clyo-exact-sandbox:$(version)-${revision:0:12}"
    say "# mailbox: letters are kept here until a mail server is named. sandbox, observe: see docs/deploy.md."
    say "COMPOSE_PROFILES=$profiles"
    [ -z "${CLYO_MAIL_FROM:-}" ] || say "EMAIL_FROM=$CLYO_MAIL_FROM"
    [ "${sandbox:-no}" = no ] || sandbox_settings "$url"
  } >.env
  say ".env written."
}

sandbox_settings() {
  say "CLYO_SITES=sandbox"
  say "CLYO_TRUST=/trust/authorities.pem"
  say "EMAIL_FROM=Clyo → Exact <exact@clyo.example>"
  say "SWEEP_EVERY_S=5"
}
