"""Writes down what the provider says of a refund, and posts it; called by the one settle routine."""

import datetime as dt

from django.utils import timezone

from billing.ledger import returns
from billing.ledger.choices import TransactionKind, WorkKind
from billing.ledger.models import LedgerTransaction
from billing.ledger.work import open_work_item
from billing.payments import dollars, receipts
from billing.payments.gateways.protocol import RefundFacts, RefundStatus
from billing.payments.models import ProviderPayment
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason, RefundState, may_follow

_STATE = {
    RefundStatus.PENDING: RefundState.PENDING,
    RefundStatus.SUCCEEDED: RefundState.SUCCEEDED,
    RefundStatus.FAILED: RefundState.FAILED,
    RefundStatus.CANCELED: RefundState.CANCELED,
}


def record(*, payment: ProviderPayment, facts: RefundFacts, at: dt.datetime) -> Refund:
    """Brings one refund up to `facts`; call it in the settling transaction, with the payment's row locked."""
    refund = _known(payment, facts) or _made_outside(payment, facts, at)
    then = _STATE[facts.status]
    was = RefundState(refund.state)
    # What we believed refused was carried out after all: the provider's word wins.
    is_news = refund.ref is None and was == RefundState.FAILED
    refund.ref = facts.ref
    if is_news or may_follow(was, then):
        refund.state, refund.failure = then, facts.failure[:300]
        refund.decided_at = facts.decided_at if then != RefundState.PENDING else None
    refund.save(update_fields=["ref", "state", "failure", "decided_at"])
    if refund.state == RefundState.SUCCEEDED:
        _post(refund, at)
    elif refund.state != was and refund.state in (RefundState.FAILED, RefundState.CANCELED):
        _undo(refund, at)
    return refund


def fail(*, refund: Refund, why: str, at: dt.datetime) -> None:
    """The provider will not send it: the payment can be refunded in another way. Call it under the payment's lock."""
    refund.state, refund.failure, refund.decided_at = RefundState.FAILED, why[:300], at
    refund.save(update_fields=["state", "failure", "decided_at"])
    _undo(refund, at)


def _known(payment: ProviderPayment, facts: RefundFacts) -> Refund | None:
    refunds = Refund.objects.filter(payment=payment)
    known = refunds.filter(ref=facts.ref).first()
    if known is None and facts.refund_id is not None:
        known = refunds.filter(pk=facts.refund_id, ref__isnull=True).first()
    return known


def _made_outside(payment: ProviderPayment, facts: RefundFacts, at: dt.datetime) -> Refund:
    open_work_item(
        kind=WorkKind.REFUND_OUTSIDE,
        cause=facts.ref,
        at=at,
        account=payment.account,
        amount_cents=dollars.of(payment, facts.amount_cents) or None,
        payment_ref=payment.ref,
    )
    return Refund.objects.create(
        payment=payment,
        amount_cents=facts.amount_cents,
        reason=RefundReason.OUTSIDE,
        state=RefundState.REQUESTED,
        ref=facts.ref,
        requested_at=at,
        sent_at=at,
    )


def _post(refund: Refund, at: dt.datetime) -> None:
    payment = refund.payment
    cents = dollars.of(payment, refund.amount_cents)
    if not cents or _posted(refund) is not None:
        return
    returns.refund(
        source=payment.provider,
        payment_ref=payment.ref,
        cents=cents,
        refund_ref=str(refund.ref),
        effective_date=timezone.localdate(refund.decided_at or at),
        at=at,
    )
    receipts.tell_refunded(payment=payment, cents=refund.amount_cents, cause=f"refund:{refund.pk}", at=at)


def _undo(refund: Refund, at: dt.datetime) -> None:
    """The money is with us again: what was posted is reversed, and staff find another way to send it."""
    payment = refund.payment
    open_work_item(
        kind=WorkKind.REFUND_FAILED,
        cause=str(refund.pk),
        at=at,
        account=payment.account,
        note=refund.failure,
        amount_cents=dollars.of(payment, refund.amount_cents) or None,
        payment_ref=payment.ref,
    )
    posted = _posted(refund)
    if posted is None:
        return
    day = timezone.localdate(refund.decided_at or at)
    returns.undo(posted=posted, source_ref=str(refund.ref), effective_date=day, at=at)


def _posted(refund: Refund) -> LedgerTransaction | None:
    transactions = LedgerTransaction.objects.filter(kind=TransactionKind.REFUND, source=refund.payment.provider)
    return transactions.filter(source_ref=refund.ref).first()
