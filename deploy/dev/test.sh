#!/usr/bin/env bash
# Usage: test.sh [pytest arguments]
# The tests marked for SQLite run on SQLite, then the whole suite on PostgreSQL: the server of
# DATABASE_URL when it names one, else a throw-away server. Without PostgreSQL all of it runs on
# SQLite, except with CI=true, where a missing part is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PORTAL_ENV=test

# Two workers suit two cores; the browser tests stay together in one of them.
run=(.venv/bin/python -m pytest -n "${TEST_WORKERS:-2}" --dist loadgroup)

run_on_sqlite() {
  local status=0
  env -u DATABASE_URL "${run[@]}" "$@" || status=$?
  if [ "$status" = 5 ]; then status=0; fi  # 5: nothing was selected, as with a narrow ARGS.
  return "$status"
}

case "${DATABASE_URL:-}" in
  postgres*) on_postgres=() ;;
  *) on_postgres=(deploy/dev/with_postgres.sh) ;;
esac
if [ "${#on_postgres[@]}" -gt 0 ] && ! "${on_postgres[@]}"; then
  if [ "${CI:-}" = true ]; then
    echo "CI=true needs PostgreSQL: no server binaries were found." >&2
    exit 1
  fi
  echo "PostgreSQL was not found (apt-get install postgresql), so the whole suite runs on SQLite."
  run_on_sqlite "$@"
  exit
fi

echo "On SQLite: the tests marked for it."
run_on_sqlite -m "(sqlite or sqlite_only) and not postgres" "$@"
# A throw-away server takes its databases along: dropping them would wait for whoever is still connected.
keep=()
if [ "${#on_postgres[@]}" -gt 0 ]; then keep=(--reuse-db --create-db); fi
echo "On PostgreSQL: the whole suite."
exec ${on_postgres[@]+"${on_postgres[@]}"} "${run[@]}" ${keep[@]+"${keep[@]}"} -m "not sqlite_only" "$@"
