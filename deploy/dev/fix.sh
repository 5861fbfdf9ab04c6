#!/usr/bin/env bash
# Applies the formatters and the linter's safe mends to the whole tree.
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t templates < <(git ls-files --cached --others --exclude-standard -- 'templates/*.html')

.venv/bin/ruff check --fix --quiet . || true  # What it cannot mend is make check's to say.
.venv/bin/ruff format --quiet .
.venv/bin/djade "${templates[@]}" || true  # djade and djhtml exit 1 when they change a file.
.venv/bin/djhtml --tabwidth 2 "${templates[@]}" || true
