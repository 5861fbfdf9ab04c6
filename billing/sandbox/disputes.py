"""Payments that the payer's bank asks back: chargebacks of cards, and bank debits that are returned."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from billing.payments.gateways.protocol import Refused
from billing.sandbox.methods import ASKS_BACK, BANKS
from billing.sandbox.models import Dispute, Payment
from billing.sandbox.refunds import lock
from billing.sandbox.states import DisputeStatus, EventType, PaymentStatus
from billing.sandbox.telling import tell

CLOSED = frozenset({DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.PREVENTED})


@transaction.atomic
def open_dispute(
    *,
    payment_ref: str,
    at: dt.datetime,
    amount_cents: int | None = None,
    status: DisputeStatus = DisputeStatus.OPEN,
    reason: str = "fraudulent",
) -> Dispute:
    """A chargeback; a warning or a prevented one takes no money, any other takes it at once. Raises Refused."""
    payment = lock(payment_ref)
    if payment.status != PaymentStatus.SUCCEEDED:
        raise Refused("sandbox: nothing was paid")
    takes = status not in (DisputeStatus.WARNING, DisputeStatus.PREVENTED)
    dispute = Dispute.objects.create(
        payment=payment,
        status=status,
        amount_cents=amount_cents or payment.amount_cents,
        reason=reason,
        opened_at=at,
        withdrawn_at=at if takes else None,
    )
    _move(dispute, 0, at)
    tell(payment.checkout, EventType.DISPUTE_OPENED, at, payment)
    if status in CLOSED:
        tell(payment.checkout, EventType.DISPUTE_CLOSED, at, payment)
    return dispute


@transaction.atomic
def decide_dispute(*, ref: str, status: DisputeStatus, at: dt.datetime, amount_cents: int | None = None) -> Dispute:
    """Moves a dispute on: OPEN takes the money of a warning, WON and PREVENTED give back what was taken.

    Banks can also ask for another amount than at first: the difference is taken, or comes back.
    """
    dispute = Dispute.objects.select_related("payment").get(ref=ref)
    payment = lock(dispute.payment.ref)
    dispute.refresh_from_db()
    held_before = dispute.held_cents
    dispute.status, dispute.amount_cents = status, amount_cents or dispute.amount_cents
    if status in (DisputeStatus.OPEN, DisputeStatus.LOST):
        dispute.withdrawn_at = dispute.withdrawn_at or at
    elif dispute.is_withdrawn:
        dispute.returned_at = at
    dispute.save()
    _move(dispute, held_before, at)
    tell(payment.checkout, EventType.DISPUTE_CLOSED if status in CLOSED else EventType.DISPUTE_UPDATED, at, payment)
    return dispute


def return_debit(*, payment_ref: str, at: dt.datetime) -> Dispute:
    """The bank takes a debit back that had gone through: a dispute, lost as it is opened. Raises Refused."""
    return open_dispute(payment_ref=payment_ref, at=at, status=DisputeStatus.LOST, reason="insufficient_funds")


def _move(dispute: Dispute, held_before: int, at: dt.datetime) -> None:
    """Notes what the bank has taken, or given back, since it held so much."""
    if dispute.held_cents != held_before:
        dispute.moves.create(cents=held_before - dispute.held_cents, moved_at=at)


def ask_back(at: dt.datetime) -> int:
    """Disputes the payments whose test number says so, a minute after they were paid. A periodic job."""
    since = at - dt.timedelta(seconds=settings.SANDBOX_BANK_SECONDS)
    due = list(
        Payment.objects.filter(
            method__in=ASKS_BACK, status=PaymentStatus.SUCCEEDED, paid_at__lte=since, disputes__isnull=True
        )
    )
    for payment in due:
        if payment.method in BANKS:
            return_debit(payment_ref=payment.ref, at=at)
        else:
            open_dispute(payment_ref=payment.ref, at=at)
    return len(due)
