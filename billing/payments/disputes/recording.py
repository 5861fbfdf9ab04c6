"""Writes down what the provider says of a chargeback, and posts it; called by the one settle routine."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing import money
from billing.ledger import returns
from billing.ledger.choices import Bucket, TransactionKind, WorkKind
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
    was_cents, dispute.amount_cents = dispute.amount_cents, facts.amount_cents
    dispute.state, dispute.reason = _STATE[facts.status], facts.reason[:100]
    dispute.is_withdrawn = facts.is_withdrawn or dispute.state == DisputeState.LOST
    if dispute.state in ENDED and dispute.ended_at is None:
        dispute.ended_at = at
    dispute.save(update_fields=["amount_cents", "state", "reason", "is_withdrawn", "ended_at"])
    _post(dispute, payment, was_cents, timezone.localdate(facts.moved_at or at), at)
    return dispute


def _post(dispute: Dispute, payment: ProviderPayment, was_cents: int, moved_date: dt.date, at: dt.datetime) -> None:
    """Brings the ledger to where the chargeback stands, by way of the steps it may have missed.

    What stands for another amount than the bank asks for now is undone and posted again. Banks can also take money
    again that they had given back: each round is posted by itself. A loss stands until the money comes back.
    """
    cents = dollars.of(payment, dispute.amount_cents)
    taken = _standing(dispute, TransactionKind.CHARGEBACK)
    lost = _standing(dispute, TransactionKind.CHARGEBACK_LOST)
    if not cents:
        return
    if dispute.is_withdrawn and (taken is None or _cents(taken) != cents):
        _withhold(dispute, payment, cents, moved_date, at, taken, was_cents)
    if dispute.is_withdrawn and (dispute.state == DisputeState.LOST if lost is None else _cents(lost) != cents):
        _lose(dispute, payment, cents, at, lost, was_cents)
    if not dispute.is_withdrawn and taken is not None:
        _give_back(taken, lost, moved_date, at)


def _withhold(
    dispute: Dispute,
    payment: ProviderPayment,
    cents: int,
    day: dt.date,
    at: dt.datetime,
    instead_of: LedgerTransaction | None,
    was_cents: int,
) -> None:
    note = dispute.reason
    if instead_of is not None:
        returns.undo(posted=instead_of, source_ref=instead_of.source_ref, effective_date=day, at=at)
        now, was = (money.format_in(amount, payment.currency) for amount in (dispute.amount_cents, was_cents))
        note = f"{dispute.reason}: {now} instead of {was}"
    ref = _next_ref(dispute, TransactionKind.CHARGEBACK)
    returns.withhold(
        source=payment.provider, payment_ref=payment.ref, cents=cents, dispute_ref=ref, effective_date=day, at=at
    )
    open_work_item(
        kind=WorkKind.CHARGEBACK,
        cause=ref,
        at=at,
        account=payment.account,
        note=note,
        amount_cents=cents,
        payment_ref=payment.ref,
    )


def _lose(
    dispute: Dispute,
    payment: ProviderPayment,
    cents: int,
    at: dt.datetime,
    instead_of: LedgerTransaction | None,
    was_cents: int,
) -> None:
    ref = _next_ref(dispute, TransactionKind.CHARGEBACK_LOST)
    returns.lose(
        source=payment.provider,
        payment_ref=payment.ref,
        cents=cents,
        dispute_ref=ref,
        effective_date=timezone.localdate(at),
        at=at,
        instead_of=instead_of,
    )
    open_work_item(
        kind=WorkKind.CHARGEBACK_LOST,
        cause=ref,
        at=at,
        account=payment.account,
        amount_cents=cents,
        payment_ref=payment.ref,
    )
    receipts.tell_returned(
        payment=payment,
        cents=dispute.amount_cents,
        earlier_cents=was_cents if instead_of else None,
        cause=f"dispute:{ref}",
        at=at,
    )


def _give_back(taken: LedgerTransaction, lost: LedgerTransaction | None, day: dt.date, at: dt.datetime) -> None:
    """Won, or ended before it began: what was posted is reversed, a loss that was reported before it too."""
    if lost is not None:
        returns.undo(posted=lost, source_ref=returns.undo_ref(lost), effective_date=day, at=at)
    returns.undo(posted=taken, source_ref=taken.source_ref, effective_date=day, at=at)


def _cents(posted: LedgerTransaction) -> int:
    """What a transaction withheld, or said to be lost."""
    return abs(sum(posted.entries.filter(bucket=Bucket.DISPUTE_HOLD).values_list("cents", flat=True)))


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
