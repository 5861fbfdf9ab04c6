"""`manage.py reconcile_payments`: compares us with the provider and mends what is out of step."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.payments.reconciliation.run import reconcile


class Command(BaseCommand):
    help = "Settles payments whose notice was lost; workers do the same every few minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        run = reconcile(timezone.now())
        if run is None:
            raise CommandError("Nothing can be paid online here: PAYMENT_GATEWAY is empty.")
        self.stdout.write(
            f"Looked at {run.looked} unfinished attempts and changed {run.changed}; finished {run.refunds} refunds;"
            f" found {run.notices} lost notices, {run.orphans} lost pages and {run.unposted} unposted payments."
        )
        if run.failed:
            raise CommandError(f"{run.failed} could not be read or mended:\n{run.problems}")
