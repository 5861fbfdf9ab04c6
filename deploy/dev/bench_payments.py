"""How many payments a second are settled on two cores: on one hot account, and on as many accounts as payments.

`make bench-payments` runs it on a throw-away PostgreSQL. Each payment is read from the sandbox, locked, posted,
spread over visits and told, by two processes at once; the ledger is verified after each round.
"""

import multiprocessing
import os
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ |= {"PORTAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "portal.settings"}
PAYMENTS = int(os.environ.get("BENCH_PAYMENTS", "1000"))
CENTS = 50_00


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    for name, accounts in (("one hot account", 1), (f"{PAYMENTS} accounts", PAYMENTS)):
        ids = _pay(accounts)
        connections.close_all()
        started = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(2, initializer=_set_up) as pool:
            pool.map(_ready, range(2), chunksize=1)
            started = time.perf_counter()
            pool.map(_settle, ids, chunksize=25)
            seconds = time.perf_counter() - started
        call_command("verify_ledger", "--offline")
        print(f"{name}: {PAYMENTS} payments in {seconds:.1f} s, {PAYMENTS / seconds:.0f} a second")


def _pay(accounts: int) -> list[str]:
    """Payments that the provider has taken and that nobody has posted."""
    from django.utils import timezone

    from billing.payments import actions
    from billing.sandbox import actions as sandbox
    from billing.sandbox.methods import Method
    from tests.billing.payments.steps import CANCEL_URL
    from tests.factories.billing import VisitFactory, guest

    per_account = PAYMENTS // accounts
    visits = [VisitFactory(owed_cents=CENTS * per_account) for _ in range(accounts)]
    ids = []
    for number in range(PAYMENTS):
        attempt = actions.start(
            account_id=visits[number % accounts].account_id,
            payer=guest(),
            amount_cents=CENTS,
            chosen={},
            receipt_email="payer@example.org",
            cancel_url=CANCEL_URL,
            at=timezone.now(),
        )
        attempt = actions.open_page(attempt=attempt)
        sandbox.pay(ref=str(attempt.checkout_ref), method=Method.CARD, at=timezone.now())
        ids.append(str(attempt.pk))
    return ids


def _set_up() -> None:
    import django

    django.setup()


def _ready(number: int) -> int:
    time.sleep(0.5)  # each process takes one, so that both have started when the clock does
    return number


def _settle(attempt_id: str) -> None:
    from django.utils import timezone

    from billing.payments import settling

    settling.settle(attempt_id=uuid.UUID(attempt_id), at=timezone.now())


if __name__ == "__main__":
    main()
