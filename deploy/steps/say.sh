# shellcheck shell=bash
# How the scripts of this folder speak.

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
warn() { printf 'Note: %s\n' "$*" >&2; }
stop() {
  printf 'Stopped: %s\n' "$*" >&2
  exit 1
}
