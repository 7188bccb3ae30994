# shellcheck shell=bash
# The first support user, and where everybody goes.

tell_people() {
  local url
  url=$(setting CLYO_URL)
  # One line: the address at which the password is chosen, or that it was.
  docker compose exec -T web python manage.py support_user "$(setting CLYO_EMAIL)"
  say "Console: $url/console/ (support needs a second factor: any app for one-time codes; the console asks at the first log-in)"
  say "Tills:   $url/api/v1/"
  say "Exact:   register an app with the redirect address $url/activation/callback,"
  say "         then enter its client id and secret at $url/console/exact/exactapp/add/"
  [ "$(setting CLYO_TLS)" != internal ] || tell_authority
  case ,$(setting COMPOSE_PROFILES), in
    *,mailbox,*)
      say "Mail:    no mail server was named. Letters and invitations are kept and NOT sent:"
      say "         docker compose exec mail python -m simulators.mailbox --list"
      say "         To send them, see docs/deploy.md, \"Mail\"."
      ;;
  esac
}

tell_authority() {
  say "TLS:     certificates are of an authority of this server's own. Browsers and tills that shall believe it need"
  say "         docker compose exec -T caddy cat /data/caddy/pki/authorities/local/root.crt"
}
