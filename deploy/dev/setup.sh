#!/usr/bin/env bash
# Usage: setup.sh dev|run
# Makes .venv and installs the hashed lock: requirements-dev.lock for "dev", requirements.lock for "run".
# Does nothing when the lock and the interpreter are those of the last time.
set -euo pipefail
cd "$(dirname "$0")/../.."

kind="${1:-dev}"
case "$kind" in
  dev) lock=requirements-dev.lock ;;
  run) lock=requirements.lock ;;
  *) echo "setup.sh: say dev or run, not '$kind'." >&2; exit 2 ;;
esac

fits() {  # Shims of version managers exist without an interpreter behind them, so it has to run.
  "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
  local name candidate
  if [ -n "${PYTHON:-}" ]; then
    fits "$PYTHON" && { echo "$PYTHON"; return 0; }
    echo "PYTHON=$PYTHON does not run, is older than 3.12, or has no venv." >&2
    return 1
  fi
  for name in python3.14 python3.13 python3.12 python3 python; do
    candidate="$(command -v "$name" || true)"
    if [ -n "$candidate" ] && fits "$candidate"; then echo "$candidate"; return 0; fi
  done
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    if [ -x "$candidate" ] && fits "$candidate"; then echo "$candidate"; return 0; fi
  done
  cat >&2 <<'WORDS'
No Python fits: the portal needs Python 3.12 or newer with venv.
Looked at $PYTHON, python3.14 to python3.12, python3, python and pyenv's versions.
On Debian or Ubuntu: apt-get install python3 python3-venv. Otherwise: make … PYTHON=/path/to/python3.13
WORDS
  return 1
}

stamp=".venv/.installed-$kind"
wanted="$(cksum "$lock" requirements-uv.lock)"
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && fits .venv/bin/python; then
  exit 0
fi

if ! { [ -x .venv/bin/python ] && fits .venv/bin/python; }; then
  python="$(find_python)"
  echo "Making .venv with $("$python" -V)."
  "$python" -m venv --clear .venv
fi
rm -f .venv/.installed-*
echo "Installing $lock."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-uv.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
echo "$wanted" > "$stamp"
if [ "$kind" = dev ]; then  # The development lock holds the whole runtime lock (a test says so).
  cksum requirements.lock requirements-uv.lock > .venv/.installed-run
fi
