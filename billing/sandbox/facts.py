"""The provider's rows in the words of the protocol."""

import datetime as dt

from django.db.models import QuerySet, Sum

from billing.payments.gateways import protocol
from billing.payments.gateways.protocol import CheckoutFacts, DisputeFacts, Notice, PaymentFacts, RefundFacts
from billing.sandbox.methods import BANKS
from billing.sandbox.models import Checkout, Dispute, DisputeMove, Event, Payment, Refund
from billing.sandbox.states import PaymentStatus

_STATUS = {
    PaymentStatus.ASKING: protocol.PaymentStatus.PENDING,
    PaymentStatus.PROCESSING: protocol.PaymentStatus.PROCESSING,
    PaymentStatus.SUCCEEDED: protocol.PaymentStatus.SUCCEEDED,
    PaymentStatus.FAILED: protocol.PaymentStatus.FAILED,
}


def checkout_facts(checkout: Checkout) -> CheckoutFacts:
    return CheckoutFacts(
        ref=checkout.ref,
        attempt_id=checkout.attempt_id,
        status=protocol.CheckoutStatus(checkout.status),
        payments=tuple(payment_facts(payment, checkout) for payment in checkout.payments.all()),
    )


def payment_facts(payment: Payment, checkout: Checkout, *, is_whole: bool = False) -> PaymentFacts:
    """With its refunds and disputes when the whole is asked for."""
    return PaymentFacts(
        ref=payment.ref,
        status=_STATUS[PaymentStatus(payment.status)],
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        method="us_bank_account" if payment.method in BANKS else "card",
        last4=payment.last4,
        livemode=False,
        paid_at=payment.paid_at,
        attempt_id=checkout.attempt_id,
        refunds=tuple(map(refund_facts, payment.refunds.all())) if is_whole else (),
        disputes=tuple(map(dispute_facts, payment.disputes.all())) if is_whole else (),
    )


def refund_facts(refund: Refund) -> RefundFacts:
    return RefundFacts(
        ref=refund.ref,
        refund_id=refund.refund_id,
        status=protocol.RefundStatus(refund.status),
        amount_cents=refund.amount_cents,
        decided_at=refund.decided_at,
        failure=refund.failure,
    )


def dispute_facts(dispute: Dispute) -> DisputeFacts:
    last_move = dispute.moves.last()
    return DisputeFacts(
        ref=dispute.ref,
        status=protocol.DisputeStatus(dispute.status),
        amount_cents=dispute.amount_cents,
        is_withdrawn=dispute.is_withdrawn,
        opened_at=dispute.opened_at,
        reason=dispute.reason,
        moved_at=last_move.moved_at if last_move else None,
    )


def notice_of(event: Event) -> Notice:
    return Notice(
        event_id=event.ref,
        type=event.type,
        checkout_ref=event.checkout_ref,
        livemode=False,
        payment_ref=event.payment_ref,
    )


def net_between(start: dt.datetime, end: dt.datetime) -> int:
    """What the balance gained, in cents: what came, less what went and did not come back."""
    return (
        _sum(Payment.objects.filter(paid_at__gte=start, paid_at__lt=end))
        - _sum(Refund.objects.filter(sent_at__gte=start, sent_at__lt=end))
        + _sum(Refund.objects.filter(returned_at__gte=start, returned_at__lt=end))
        + _sum(DisputeMove.objects.filter(moved_at__gte=start, moved_at__lt=end), "cents")
    )


def _sum(rows: QuerySet[Payment] | QuerySet[Refund] | QuerySet[DisputeMove], column: str = "amount_cents") -> int:
    return int(rows.aggregate(sum=Sum(column))["sum"] or 0)
