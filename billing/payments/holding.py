"""Where the money of one payment stands, read once for the pages on which staff move it."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.ledger import paying
from billing.ledger.choices import RECEIVED, Bucket
from billing.ledger.depositing import SOURCE
from billing.ledger.models import GuarantorAccount, LedgerTransaction
from billing.ledger.standing import standing_of, unused_in
from billing.payments.models import ProviderPayment
from billing.payments.refunds.actions import left_cents
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import VOID, RefundState


@dataclass(frozen=True)
class Holding:
    """Cents of one payment. `payment` is None for one at the desk.

    `free_cents` pay for nothing and are not on their way back; `left_cents` the provider can still send back;
    `unplaced_cents` belong to no account yet; `desk_cents` of a payment at the desk were not handed back.
    """

    posted: LedgerTransaction
    payment: ProviderPayment | None
    free_cents: int
    left_cents: int
    unplaced_cents: int
    desk_cents: int
    refunds: tuple[Refund, ...] = ()


def holding_of(posted: LedgerTransaction, payment: ProviderPayment | None = None) -> Holding:
    """Asks the database a handful of times, whatever became of the payment; `payment` where it was read already."""
    if payment is None:
        payments = ProviderPayment.objects.filter(provider=posted.source, ref=posted.source_ref)
        payment = payments.select_related("attempt__user").first()
    standing = standing_of(posted.source_ref)
    home_id = paying.home_of(posted)
    home = GuarantorAccount.objects.get(pk=home_id) if home_id else None
    refunds: tuple[Refund, ...] = ()
    free, left = sum(unused_in(standing, home).values()), 0
    if payment is not None:
        refunds = tuple(Refund.objects.filter(payment=payment))
        left = left_cents(payment, refunds)
        free = max(min(free - _underway_cents(refunds), left), 0)
    is_desk = posted.source == SOURCE
    return Holding(
        posted=posted,
        payment=payment,
        free_cents=free,
        left_cents=left,
        unplaced_cents=max(standing[Bucket.SUSPENSE, None], 0),
        desk_cents=-sum(standing[bucket, None] for bucket in RECEIVED) if is_desk else 0,
        refunds=refunds,
    )


def _underway_cents(refunds: Iterable[Refund]) -> int:
    """Asked back and not posted yet."""
    return sum(refund.amount_cents for refund in refunds if refund.state not in VOID | {RefundState.SUCCEEDED})
