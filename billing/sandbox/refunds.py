"""Money that goes back to a payer: asked for by the merchant or at the provider's own desk, decided by a bank."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from billing.payments.gateways.protocol import RefundOrder, Refused
from billing.sandbox.methods import BANKS, Method
from billing.sandbox.models import Payment, Refund
from billing.sandbox.states import EventType, PaymentStatus, RefundStatus
from billing.sandbox.telling import tell

FAILURE = "lost_or_stolen_card"


@transaction.atomic
def request_refund(*, order: RefundOrder, key: str, at: dt.datetime) -> Refund:
    """The refund of `key`: made once. Raises Refused for another order under it, or more than is left."""
    payment = lock(order.payment_ref)
    made = Refund.objects.filter(key=key).select_related("payment").first()
    if made is None:
        return _make(payment, amount_cents=order.amount_cents, refund_id=order.refund_id, key=key, at=at)
    if (made.payment, made.amount_cents, made.refund_id) != (payment, order.amount_cents, order.refund_id):
        raise Refused("sandbox: this key was used for another order")
    return made


@transaction.atomic
def refund_at_desk(*, payment_ref: str, amount_cents: int, at: dt.datetime) -> Refund:
    """A refund that somebody makes on the provider's own pages. Raises Refused."""
    return _make(lock(payment_ref), amount_cents=amount_cents, refund_id=None, key=None, at=at)


@transaction.atomic
def decide_refund(*, ref: str, status: RefundStatus, at: dt.datetime, failure: str = FAILURE) -> Refund:
    """What the payer's bank says: one that succeeded can still fail, and then the money comes back to us."""
    refund = Refund.objects.select_related("payment").get(ref=ref)
    refund.payment = lock(refund.payment.ref)
    refund.refresh_from_db(fields=["status", "sent_at", "returned_at"])
    if refund.status == status or refund.status == RefundStatus.FAILED:
        return refund
    has_failed = status == RefundStatus.FAILED
    refund.status, refund.decided_at, refund.decides_at = status, at, None
    refund.failure = failure if has_failed else ""
    if status == RefundStatus.SUCCEEDED:
        refund.sent_at = at
    elif refund.sent_at is not None:
        refund.returned_at = at
    refund.save()
    type_ = EventType.REFUND_FAILED if has_failed else EventType.REFUND_UPDATED
    tell(refund.payment.checkout, type_, at, refund.payment)
    return refund


def decide_refunds(at: dt.datetime) -> int:
    """Decides the refunds whose minute is over; returns how many. A periodic job."""
    due = list(Refund.objects.filter(decides_at__lte=at).values_list("ref", "status"))
    for ref, status in due:
        then = RefundStatus.SUCCEEDED if status == RefundStatus.PENDING else RefundStatus.FAILED
        decide_refund(ref=ref, status=then, at=at)
    return len(due)


def lock(payment_ref: str) -> Payment:
    """The payment, locked until the end of the transaction. Raises Refused when there is none."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("checkout").filter(ref=payment_ref).first()
    if payment is None:
        raise Refused("sandbox: no such payment")
    return payment


def left_cents(payment: Payment) -> int:
    """What can still be sent back: nothing while a bank has taken the money."""
    if payment.status != PaymentStatus.SUCCEEDED or any(row.is_withdrawn for row in payment.disputes.all()):
        return 0
    counted = payment.refunds.exclude(status=RefundStatus.FAILED)
    return payment.amount_cents - int(counted.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def _make(
    payment: Payment, *, amount_cents: int, refund_id: uuid.UUID | None, key: str | None, at: dt.datetime
) -> Refund:
    if not 0 < amount_cents <= left_cents(payment):
        raise Refused("sandbox: more than is left of the payment")
    refund = Refund(payment=payment, amount_cents=amount_cents, refund_id=refund_id, key=key, created_at=at)
    decides_at = at + dt.timedelta(seconds=settings.SANDBOX_BANK_SECONDS)
    if payment.method in BANKS or payment.method == Method.REFUND_WAITS:
        refund.status, refund.decides_at = RefundStatus.PENDING, decides_at
    else:
        refund.status, refund.sent_at, refund.decided_at = RefundStatus.SUCCEEDED, at, at
        if payment.method == Method.REFUND_FAILS:
            refund.decides_at = decides_at
    refund.save(force_insert=True)
    tell(payment.checkout, EventType.REFUND_CREATED, at, payment)
    return refund
