#!/usr/bin/env bash
# Resolves pyproject.toml into the hashed locks, which name no package index. Arguments go to uv (--upgrade).
set -euo pipefail
cd "$(dirname "$0")/../.."

compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header "$@"
}
compile "$@" pyproject.toml -o requirements.lock
compile "$@" --constraint requirements.lock --extra dev pyproject.toml -o requirements-dev.lock
printf 'uv\n' | compile "$@" --no-annotate - -o requirements-uv.lock
