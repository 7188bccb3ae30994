# shellcheck shell=bash
# One image after the other, while tills go on: a new web container serves before an old one ends.

WELL_TIMEOUT_S=${CLYO_WELL_TIMEOUT_S:-180}

# put NAME VALUE: a setting of .env, in its place or at the end.
put() {
  local kept
  kept=$(grep -v "^$1=" .env || true)
  (umask 077 && printf '%s\n' "$kept" "$1=$2" >.env.new)
  mv .env.new .env
}

# with IMAGE COMMAND…: compose as if .env named that image already.
with() {
  local image=$1
  shift
  CLYO_IMAGE=$image docker compose "$@"
}

image_id() { docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || true; }
release_of() { docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.version"}}' "$1"; }

# running SERVICE yes|no IMAGE_ID: its containers that are made of the image, or of another one.
running() {
  local id same
  for id in $(docker compose ps --quiet "$1"); do
    same=no
    [ "$(docker inspect --format '{{.Image}}' "$id")" != "$3" ] || same=yes
    [ "$same" != "$2" ] || echo "$id"
  done
}

wait_until_healthy() {
  local begun=$SECONDS
  until [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ]; do
    [ $((SECONDS - begun)) -le "$WELL_TIMEOUT_S" ] || return 1
    sleep 1
  done
}

# As many new web containers as there are old ones, each well before its old one is asked to end. Caddy finds both by
# their name; what it has begun with the old one is answered, and what comes later goes to the new one.
roll_web() {
  local wanted=$1 id old new
  old=$(running web no "$wanted")
  for id in $old; do
    if [ "$(running web yes "$wanted" | wc -l)" -lt "$(wc -w <<<"$old")" ]; then
      docker compose up --detach --no-deps --no-recreate --scale "web=$(($(docker compose ps --quiet web | wc -l) + 1))" web
    fi
    for new in $(running web yes "$wanted"); do
      wait_until_healthy "$new" && continue
      docker logs --tail 20 "$new" >&2
      docker rm --force "$new" >/dev/null
      stop "the new web did not get well in $WELL_TIMEOUT_S s (its last lines are above). The old one goes on serving."
    done
    docker stop --time 40 "$id" >/dev/null
    docker rm "$id" >/dev/null
    say "  web: ${id:0:12} has gone."
  done
}

# roll_all IMAGE: .env names it, then web, worker and beat are made of it. Broken off, it goes on where it was.
roll_all() {
  local wanted
  wanted=$(image_id "$1")
  put CLYO_IMAGE "$1"
  put CLYO_VERSION "$(release_of "$1")"
  roll_web "$wanted"
  # A worker ends after the posting that it is sending; a lane that is cut off has it looked up by the next.
  docker compose up --detach --no-deps worker
  docker compose up --detach --no-deps beat
}
