"""Asking for money to be sent back: how much, and the second person. A worker sends it (sending.py)."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from billing.payments.disputes.models import Dispute
from billing.payments.gateways.protocol import PaymentStatus
from billing.payments.models import CURRENCY, ProviderPayment
from billing.payments.refunds import tasks, words
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import VOID, RefundReason, RefundState
from records.access.models import User
from records.approvals import actions as approvals
from records.approvals import kinds


class NotRefundable(ValueError):
    """More than is left of the payment, or a payment that brought no money. `left_cents` can be refunded."""

    def __init__(self, left_cents: int) -> None:
        super().__init__(f"{left_cents} cents are left")
        self.left_cents = left_cents


@transaction.atomic
def request(
    *,
    payment_id: int,
    amount_cents: int,
    reason: RefundReason,
    note: str,
    by: User,
    at: dt.datetime,
    token: uuid.UUID | None = None,
) -> Refund:
    """Asks for a refund, which a worker sends; above REFUND_APPROVAL_CENTS a second person is asked first.

    What counts is the whole that has been asked back of this payment, so that slicing helps nobody.
    Asking again under the same `token` gives the same refund. Raises NotRefundable, decided under the payment's lock.
    """
    payment = ProviderPayment.objects.select_for_update().get(pk=payment_id)
    known = Refund.objects.filter(pk=token, payment=payment).first() if token else None
    if known is not None:
        return known
    left = left_cents(payment)
    if not 0 < amount_cents <= left:
        raise NotRefundable(left)
    asked = payment.amount_cents - left + amount_cents
    is_large = asked > settings.REFUND_APPROVAL_CENTS
    refund = Refund.objects.create(
        pk=token or uuid.uuid4(),
        payment=payment,
        amount_cents=amount_cents,
        reason=reason,
        note=note,
        state=RefundState.WAITING if is_large else RefundState.REQUESTED,
        requested_by=by,
        requested_at=at,
    )
    if is_large:
        approvals.ask(kind=KIND_REFUND, object_id=str(refund.pk), by=by, at=at)
    else:
        tasks.send_refund.enqueue(str(refund.pk))
    return refund


def left_cents(payment: ProviderPayment, refunds: Iterable[Refund] | None = None) -> int:
    """What can still be refunded: not what was or may be sent back, nor what a chargeback took.

    `refunds` are those of the payment, where they were read already.
    Money in another currency goes back at the provider's own desk, where it is shown as what it is.
    """
    if payment.status != PaymentStatus.SUCCEEDED or payment.currency != CURRENCY:
        return 0
    rows = Refund.objects.filter(payment=payment) if refunds is None else refunds
    refunded = sum(refund.amount_cents for refund in rows if refund.state not in VOID)
    taken = Dispute.objects.filter(payment=payment).standing().aggregate(sum=Sum("amount_cents"))["sum"] or 0
    return max(payment.amount_cents - refunded - taken, 0)


def _decided(object_id: str, is_approved: bool, by: User, at: dt.datetime) -> None:
    refund = Refund.objects.select_for_update().get(pk=object_id)
    refund.state = RefundState.REQUESTED if is_approved else RefundState.DECLINED
    refund.decided_at = None if is_approved else at
    refund.save(update_fields=["state", "decided_at"])
    if is_approved:
        tasks.send_refund.enqueue(object_id)
    elif refund.reason in (RefundReason.OVERPAID, RefundReason.DUPLICATE):
        _show_declined(refund, at)


def _show_declined(refund: Refund, at: dt.datetime) -> None:
    """What was over waits on: staff find another end for it."""
    open_work_item(
        kind=WorkKind.OVERPAYMENT,
        cause=f"declined:{refund.pk}",
        at=at,
        account=refund.payment.account,
        note=str(_("A second person said no to sending it back.")),
        amount_cents=refund.amount_cents,
        payment_ref=refund.payment.ref,
    )


KIND_REFUND = kinds.register(
    "refund",
    label=_("Refund"),
    permission="billing.approve_refund",
    model="billing.Refund",
    told=words.matters,
    decided=_decided,
)
