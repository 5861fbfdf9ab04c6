#!/usr/bin/env bash
# Every static check, in the order of their cost; stops at the first that finds something.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH" PORTAL_ENV=test DATABASE_URL=sqlite:///:memory:
mapfile -t templates < <(git ls-files --cached --others --exclude-standard -- 'templates/*.html')

step() { echo "check: $1"; shift; "$@"; }

step "ruff format" ruff format --check --quiet .
step "ruff" ruff check --quiet .
step "djhtml" djhtml --check --tabwidth 2 "${templates[@]}"
step "djade" djade --check "${templates[@]}"
step "import floors" lint-imports --no-logo
step "migrations" python manage.py makemigrations --check --dry-run
step "types" env PORTAL_ENV=demo mypy .
step "deploy settings" env \
  PORTAL_ENV=production \
  SECRET_KEY="$(openssl rand -hex 32)" \
  ACCESS_LOG_KEY="$(openssl rand -hex 32)" \
  DATABASE_URL=postgres://portal@db.example.org/portal \
  ALLOWED_HOSTS=portal.example.org \
  EMAIL_HOST=mail.example.org \
  STRIPE_SECRET_KEY=sk_live_none \
  STRIPE_WEBHOOK_SECRET=whsec_none \
  python manage.py check --deploy --fail-level WARNING
