"""Writes down what the provider says of a chargeback, and posts it; called by the one settle routine."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.ledger import returns
from billing.ledger.choices import TransactionKind, WorkKind
from billing.ledger.models import LedgerTransaction
from billing.ledger.work import open_work_item
from billing.payments import dollars, receipts
from billing.payments.disputes.models import ENDED, Dispute, DisputeState
from billing.payments.gateways.protocol import DisputeFacts, DisputeStatus
from billing.payments.models import ProviderPayment

_STATE = {
    DisputeStatus.WARNING: DisputeState.WARNING,
    DisputeStatus.OPEN: DisputeState.OPEN,
    DisputeStatus.WON: DisputeState.WON,
    DisputeStatus.LOST: DisputeState.LOST,
    DisputeStatus.PREVENTED: DisputeState.PREVENTED,
}


def record(*, payment: ProviderPayment, facts: DisputeFacts, at: dt.datetime) -> Dispute:
    """Brings one chargeback up to `facts`; call it in the settling transaction, with the payment's row locked."""
    dispute, _made = Dispute.objects.get_or_create(
        ref=facts.ref,
        defaults={
            "payment": payment,
            "amount_cents": facts.amount_cents,
            "state": _STATE[facts.status],
            "opened_at": facts.opened_at,
        },
    )
    dispute.state, dispute.reason = _STATE[facts.status], facts.reason[:100]
    dispute.is_withdrawn = facts.is_withdrawn or dispute.state == DisputeState.LOST
    if dispute.state in ENDED and dispute.ended_at is None:
        dispute.ended_at = at
    dispute.save(update_fields=["state", "reason", "is_withdrawn", "ended_at"])
    _post(dispute, payment, timezone.localdate(facts.moved_at or at), at)
    return dispute


def _post(dispute: Dispute, payment: ProviderPayment, moved_date: dt.date, at: dt.datetime) -> None:
    """Brings the ledger to where the chargeback stands, by way of the steps it may have missed.

    Banks can take money again that they had given back: each round is posted by itself.
    """
    taken = _standing(dispute, TransactionKind.CHARGEBACK)
    terms: dict[str, Any] = {
        "source": payment.provider,
        "payment_ref": payment.ref,
        "cents": dollars.of(payment, dispute.amount_cents),
        "at": at,
    }
    if not terms["cents"]:
        return
    if dispute.is_withdrawn and taken is None:
        ref = _next_ref(dispute, TransactionKind.CHARGEBACK)
        taken = returns.withhold(**terms, dispute_ref=ref, effective_date=moved_date)
        open_work_item(
            kind=WorkKind.CHARGEBACK,
            cause=ref,
            at=at,
            account=payment.account,
            note=dispute.reason,
            amount_cents=terms["cents"],
            payment_ref=payment.ref,
        )
    if dispute.state == DisputeState.LOST:
        _lose(dispute, payment, terms)
    elif not dispute.is_withdrawn and taken is not None:
        _give_back(dispute, taken, moved_date, at)


def _lose(dispute: Dispute, payment: ProviderPayment, terms: dict[str, Any]) -> None:
    if _standing(dispute, TransactionKind.CHARGEBACK_LOST) is not None:
        return
    at = terms["at"]
    ref = _next_ref(dispute, TransactionKind.CHARGEBACK_LOST)
    returns.lose(**terms, dispute_ref=ref, effective_date=timezone.localdate(at))
    open_work_item(
        kind=WorkKind.CHARGEBACK_LOST,
        cause=ref,
        at=at,
        account=payment.account,
        amount_cents=terms["cents"],
        payment_ref=payment.ref,
    )
    receipts.tell_returned(payment=payment, cents=terms["cents"], cause=f"dispute:{ref}", at=at)


def _give_back(dispute: Dispute, taken: LedgerTransaction, day: dt.date, at: dt.datetime) -> None:
    """Won, or ended before it began: what was posted is reversed, a loss that was reported before it too."""
    lost = _standing(dispute, TransactionKind.CHARGEBACK_LOST)
    if lost is not None:
        returns.undo(posted=lost, source_ref=f"{lost.source_ref}:lost", effective_date=day, at=at)
    returns.undo(posted=taken, source_ref=taken.source_ref, effective_date=day, at=at)


def _standing(dispute: Dispute, kind: TransactionKind) -> LedgerTransaction | None:
    """What is posted of the chargeback and not undone."""
    return _posted(dispute, kind).filter(reversed_by__isnull=True).first()


def _next_ref(dispute: Dispute, kind: TransactionKind) -> str:
    """The provider's reference, with a number from the second round on."""
    rounds = _posted(dispute, kind).count()
    return f"{dispute.ref}#{rounds + 1}" if rounds else dispute.ref


def _posted(dispute: Dispute, kind: TransactionKind) -> QuerySet[LedgerTransaction]:
    ours = Q(source_ref=dispute.ref) | Q(source_ref__startswith=f"{dispute.ref}#")
    return LedgerTransaction.objects.filter(ours, kind=kind, source=dispute.payment.provider)
