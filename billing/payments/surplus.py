"""What a payment brought over what was owed: what its payer is told of it, and what staff can still do with it."""

from dataclasses import dataclass

from django.db.models import Sum

from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import LedgerEntry

_LEFT_OVER = frozenset({TransactionKind.PAYMENT, TransactionKind.REAPPLY})
_WENT_BACK = frozenset({TransactionKind.REFUND, TransactionKind.CHARGEBACK_LOST})


@dataclass(frozen=True)
class Over:
    """Cents of a payment that were more than was owed when it came, less what was put back on a visit since.

    `goes_back` to the payer, who is a third party; else it is the guarantor's credit. `is_back`: it went already.
    """

    cents: int = 0
    goes_back: bool = False
    is_back: bool = False


def over_of(payment_ref: str) -> Over:
    """What the ledger says was over of one payment; nothing for one that is not posted."""
    entries = LedgerEntry.objects.filter(payment_ref=payment_ref, bucket__in=[Bucket.REFUNDABLE, Bucket.CREDIT])
    kinds = entries.order_by().values_list("bucket", "transaction__kind", "transaction__reverses__kind")
    over, went, goes_back = 0, 0, False
    for bucket, kind, reversed_kind, cents in kinds.annotate(Sum("cents")):
        if kind in _LEFT_OVER:
            over -= cents
            goes_back = goes_back or bucket == Bucket.REFUNDABLE
        elif _WENT_BACK & {kind, reversed_kind}:
            went += cents
    return Over(over, goes_back, 0 < over <= went)
