# shellcheck shell=bash
# Whether this machine can carry the service: everything that is missing is said at once, with what to do.

COMPOSE_OLDEST=2.24.0
DISK_GB_MIN=${CLYO_DISK_GB_MIN:-10}
MEMORY_MB_MIN=3500

faults=()

# older A B: whether version A comes before version B.
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# listens PORT: whether somebody answers at a port of this machine.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

look_for_docker() {
  command -v docker >/dev/null || {
    faults+=("Docker is not installed. Debian: apt-get install docker.io docker-compose; others: Docker's own manual.")
    return
  }
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
    faults+=("Docker's engine does not answer. Start it (systemctl start docker), or become a user who may use it.")
  local compose
  compose=$(docker compose version --short 2>/dev/null || true)
  compose=${compose#v}
  if [ -z "$compose" ]; then
    faults+=("Docker has no compose. Install its plugin (Debian 13: docker-compose; Docker's own: docker-compose-plugin).")
  elif older "${compose%%-*}" "$COMPOSE_OLDEST"; then
    faults+=("Docker compose is $compose; $COMPOSE_OLDEST or newer is needed.")
  fi
}

look_at_ports() {
  local port
  for port in "$CLYO_HTTP_PORT" "$CLYO_HTTPS_PORT"; do
    if listens "$port"; then
      faults+=("Port $port is taken by another program. End it, or choose others: --http-port, --https-port.")
    fi
  done
}

look_at_room() {
  local folder free memory
  folder=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null || true)
  [ -d "$folder" ] || folder=/
  free=$(($(df --output=avail -k "$folder" | tail -n 1) / 1048576))
  [ "$free" -ge "$DISK_GB_MIN" ] || faults+=("$folder has $free GB free; $DISK_GB_MIN are needed.")
  memory=$(($(awk '/^MemTotal:/ {print $2}' /proc/meminfo) / 1024))
  [ "$memory" -ge "$MEMORY_MB_MIN" ] || warn "this machine has $memory MB of memory; 4 GB are what the service was measured with"
}

# look_at_machine first|again: ports are ours when the service runs already.
look_at_machine() {
  look_for_docker
  [ ${#faults[@]} -gt 0 ] || {
    look_at_room
    [ "$1" = again ] || look_at_ports
  }
  [ ${#faults[@]} -eq 0 ] || {
    printf -- '- %s\n' "${faults[@]}" >&2
    stop "this machine lacks something (see above); nothing was changed"
  }
}
