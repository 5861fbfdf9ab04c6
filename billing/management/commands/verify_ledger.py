"""`manage.py verify_ledger`: does every balance follow from the entries, and every entry from what happened?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing.ledger import verification as ledger
from billing.ledger.models import LedgerTransaction
from billing.payments import verification as payments
from billing.payments.gateways.registry import is_open


class Command(BaseCommand):
    help = "Re-sums the ledger and compares it with the provider; exits non-zero with a list of what does not add up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offline", action="store_true", help="do not ask the provider for its daily totals")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [*ledger.faults(), *payments.faults()]
        if is_open() and not options["offline"]:
            faults += payments.differing_days(timezone.now())
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The ledger adds up: {LedgerTransaction.objects.count()} transactions.")
