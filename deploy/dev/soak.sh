#!/usr/bin/env bash
# Many random lives of payments, other ones every time; the seed is printed, and LIFE_SEED repeats it.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PORTAL_ENV=test LIFE_EXAMPLES="${LIFE_EXAMPLES:-2000}" LIFE_SEED="${LIFE_SEED:-$RANDOM}" LIFE_SHRINK=1
echo "LIFE_SEED=$LIFE_SEED"
exec deploy/dev/with_postgres.sh .venv/bin/pytest tests/billing/payments/test_life.py -q -n 2 -p no:cacheprovider
