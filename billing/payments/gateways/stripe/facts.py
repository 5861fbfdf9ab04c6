"""Stripe's objects in the words of the protocol. What it does not know raises NotUnderstood."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

import stripe
from stripe.checkout import Session

from billing.payments.gateways.protocol import (
    CheckoutFacts,
    CheckoutStatus,
    DisputeFacts,
    DisputeStatus,
    PaymentFacts,
    PaymentStatus,
    RefundFacts,
    RefundStatus,
)
from billing.payments.gateways.stripe.errors import NotUnderstood
from billing.payments.gateways.stripe.orders import ATTEMPT, REFUND

# The currency of our balance.
SETTLES_IN = "usd"
_CHECKOUT = {status.value: status for status in CheckoutStatus}
_PAYMENT = {
    "requires_payment_method": PaymentStatus.PENDING,
    "requires_confirmation": PaymentStatus.PENDING,
    "requires_action": PaymentStatus.PENDING,
    "processing": PaymentStatus.PROCESSING,
    "succeeded": PaymentStatus.SUCCEEDED,
    "canceled": PaymentStatus.FAILED,
}
_REFUND = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELED,
}
# A closed warning took nothing, as a dispute that we won.
_DISPUTE = {
    "warning_needs_response": DisputeStatus.WARNING,
    "warning_under_review": DisputeStatus.WARNING,
    "warning_closed": DisputeStatus.WON,
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "appeal_needs_response": DisputeStatus.OPEN,
    "appeal_under_review": DisputeStatus.OPEN,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "prevented": DisputeStatus.PREVENTED,
}


def checkout_facts(session: Session) -> CheckoutFacts:
    """Of a session with its payment_intent expanded; a page on which nobody tried yet has none."""
    intent = session.payment_intent
    if isinstance(intent, str):
        raise NotUnderstood("stripe: the payment was not expanded")
    return CheckoutFacts(
        ref=session.id,
        attempt_id=_named(session.metadata, ATTEMPT),
        status=_known(_CHECKOUT, session.status),
        payments=(payment_facts(intent),) if intent else (),
    )


def payment_facts(
    intent: stripe.PaymentIntent,
    refunds: Iterable[stripe.Refund] = (),
    disputes: Iterable[stripe.Dispute] = (),
) -> PaymentFacts:
    """Of an intent with its latest charge and that charge's balance transaction expanded."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    settled = _settled(charge)
    status = _payment_status(intent, charge)
    is_paid = status == PaymentStatus.SUCCEEDED and charge is not None
    method, last4 = _method(charge)
    return PaymentFacts(
        ref=intent.id,
        status=status,
        amount_cents=intent.amount_received if is_paid else intent.amount,
        currency=intent.currency,
        method=method,
        last4=last4,
        livemode=intent.livemode,
        paid_at=_time((settled or charge).created) if is_paid and charge else None,
        attempt_id=_named(intent.metadata, ATTEMPT),
        settled_cents=settled.amount if is_paid and settled and intent.currency != SETTLES_IN else None,
        refunds=tuple(refund_facts(refund) for refund in refunds),
        disputes=tuple(dispute_facts(dispute) for dispute in disputes),
    )


def refund_facts(refund: stripe.Refund) -> RefundFacts:
    status = _known(_REFUND, refund.status)
    moved = _field(refund, "failure_balance_transaction") or refund.balance_transaction
    decided = moved.created if isinstance(moved, stripe.BalanceTransaction) else refund.created
    return RefundFacts(
        ref=refund.id,
        refund_id=_named(refund.metadata, REFUND),
        status=status,
        amount_cents=refund.amount,
        decided_at=None if status == RefundStatus.PENDING else _time(decided),
        failure=str(_field(refund, "failure_reason") or ""),
    )


def dispute_facts(dispute: stripe.Dispute) -> DisputeFacts:
    """Stripe says by the movements on our balance whether the money is with us."""
    moves = [moved.created for moved in dispute.balance_transactions]
    return DisputeFacts(
        ref=dispute.id,
        status=_known(_DISPUTE, dispute.status),
        amount_cents=dispute.amount,
        is_withdrawn=sum(moved.amount for moved in dispute.balance_transactions) < 0,
        opened_at=_time(dispute.created),
        reason=dispute.reason,
        moved_at=_time(max(moves)) if moves else None,
    )


def _payment_status(intent: stripe.PaymentIntent, charge: stripe.Charge | None) -> PaymentStatus:
    """A declined card leaves the intent as new, and its page open; a failed bank debit is the end."""
    status = _known(_PAYMENT, intent.status)
    has_failed = intent.status == "requires_payment_method" and charge is not None and charge.status == "failed"
    return PaymentStatus.FAILED if has_failed else status


def _settled(charge: stripe.Charge | None) -> stripe.BalanceTransaction | None:
    moved = charge.balance_transaction if charge else None
    return moved if isinstance(moved, stripe.BalanceTransaction) and moved.currency == SETTLES_IN else None


def _method(charge: stripe.Charge | None) -> tuple[str, str]:
    """The kind of method and its last digits; wallets come as cards, Link has no digits."""
    details = charge.payment_method_details if charge else None
    if details is None:
        return "", ""
    found = _field(details, details.type)
    return details.type, str(_field(found, "last4") or "") if isinstance(found, stripe.StripeObject) else ""


def _named(metadata: stripe.StripeObject | None, name: str) -> uuid.UUID | None:
    """The UUID that we gave it; None for what other software made in the same account."""
    try:
        return uuid.UUID(str(_field(metadata, name)) if metadata else "")
    except ValueError:
        return None


def _field(of: stripe.StripeObject, name: str) -> object:
    """Stripe leaves out fields that say nothing."""
    return of[name] if name in of else None  # noqa: SIM401 (it has no get)


def _known[T](statuses: Mapping[str, T], status: str | None) -> T:
    try:
        return statuses[status or ""]
    except KeyError:
        raise NotUnderstood(f"stripe: status {status!r}") from None


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
