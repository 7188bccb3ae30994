# shellcheck shell=bash
# Images built or pulled, containers started, and a wait until each is well.

START_TIMEOUT_S=${CLYO_START_TIMEOUT_S:-420}

make_images() {
  local image missing=no
  while read -r image; do
    docker image inspect "$image" >/dev/null 2>&1 || missing=yes
  done < <(docker compose config --images | sort -u)
  if [ "$missing" = no ]; then
    say "All images are there."
    return
  fi
  docker compose pull --quiet --ignore-buildable --policy missing 2>/dev/null ||
    say "Some images could not be pulled; those that are missing are built."
  docker compose build
}

# Names of containers that are running or were made, with their ids: the same before and after when nothing was changed.
containers() { docker compose ps --all --quiet 2>/dev/null | sort; }

start_all() { docker compose up --detach --remove-orphans --quiet-pull; }

# state SERVICE: well, gone (ended by itself as it should), or what Docker says of it.
state() {
  local id
  id=$(docker compose ps --all --quiet "$1")
  [ -n "$id" ] || { echo absent && return; }
  docker inspect --format \
    '{{if eq .State.Status "exited"}}exit {{.State.ExitCode}}{{else if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' \
    "$(head -n 1 <<<"$id")"
}

wait_until_well() {
  local service now waiting begun=$SECONDS
  local -A told=()
  while :; do
    waiting=()
    for service in $(docker compose config --services | sort); do
      now=$(state "$service")
      case $now in
        healthy | running | "exit 0")
          [ -n "${told[$service]:-}" ] || say "  $service: ${now/exit 0/done} after $((SECONDS - begun)) s"
          told[$service]=yes
          ;;
        *) waiting+=("$service ($now)") ;;
      esac
    done
    [ ${#waiting[@]} -gt 0 ] || return 0
    if [ $((SECONDS - begun)) -gt "$START_TIMEOUT_S" ]; then
      stop "not well after $START_TIMEOUT_S s: ${waiting[*]}. Look at: docker compose logs ${waiting[0]%% *}"
    fi
    sleep 2
  done
}
