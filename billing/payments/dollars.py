"""What goes back of a payment in another currency, for what the payment was worth to us when it came."""

from django.db.models import Sum

from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import LedgerEntry
from billing.payments.models import CURRENCY, ProviderPayment


def of(payment: ProviderPayment, cents: int) -> int:
    """Cents in dollars of `cents` in the payment's currency; 0 for a payment whose worth was never known.

    The rate may have moved since: the day's comparison with the provider shows by how much.
    """
    if payment.currency == CURRENCY:
        return cents
    came = LedgerEntry.objects.filter(
        transaction__kind=TransactionKind.PAYMENT,
        transaction__source=payment.provider,
        transaction__source_ref=payment.ref,
        bucket=Bucket.PROCESSOR,
    )
    worth = came.aggregate(sum=Sum("cents"))["sum"] or 0
    return int(round(worth * cents / payment.amount_cents))
