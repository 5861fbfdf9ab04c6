#!/usr/bin/env bash
# Usage: with_postgres.sh [COMMAND…]
# Runs COMMAND with DATABASE_URL naming a throw-away PostgreSQL that listens on a Unix socket only,
# and removes it afterwards. Exit 69 when no server binaries are found; without COMMAND that is all it
# says. With POSTGRES_DURABLE=1 it writes to disk as in production. PostgreSQL refuses to run as root, so as root it runs as the user postgres.
set -euo pipefail

bin="${POSTGRES_BIN:-}"
if [ -z "$bin" ]; then
  while read -r candidate; do  # The last one that is there is the newest.
    if [ -x "$candidate/initdb" ]; then bin="$candidate"; fi
  done < <(dirname "$(command -v initdb || echo /none)"; printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
fi
[ -x "$bin/initdb" ] || exit 69
[ $# -gt 0 ] || exit 0

dir="$(mktemp -d /tmp/pg.XXXXXX)"  # Under /tmp because a socket's path must be short.
owner=()
if [ "$(id -u)" = 0 ]; then
  owner=(setpriv --reuid=postgres --regid=postgres --clear-groups --reset-env)
  chmod 755 "$dir"
  install -d -o postgres -g postgres -m 700 "$dir/data" && install -d -o postgres -g postgres -m 755 "$dir/socket"
else
  mkdir -m 700 "$dir/data" "$dir/socket"
fi

stop() {
  "${owner[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

hurry="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
if [ "${POSTGRES_DURABLE:-}" = 1 ]; then hurry=""; fi
"${owner[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null
"${owner[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/data/server.log" -o \
  "-k $dir/socket -c listen_addresses= -c max_connections=300 $hurry" start >/dev/null \
  || { cat "$dir/data/server.log" >&2; exit 1; }

DATABASE_URL="postgres://postgres@/postgres?host=$dir/socket" "$@"
