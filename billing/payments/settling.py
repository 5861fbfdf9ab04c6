"""The one settle routine: notice, return page, refunds and reconciliation all end here.

It reads the provider first, without a transaction, then locks, compares, posts and tells in one. Running it
again, or twice at once, changes nothing more (payments.md §2, §7).
"""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from billing import money
from billing.ledger import paying as ledger
from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from billing.payments import agency, paid, receipts
from billing.payments.disputes import recording as disputes
from billing.payments.gateways.protocol import CheckoutFacts, CheckoutStatus, PaymentFacts, PaymentStatus
from billing.payments.gateways.registry import gateway
from billing.payments.models import CURRENCY, PaymentAttempt, ProviderPayment
from billing.payments.refunds import recording as refunds
from billing.payments.states import LATE, AttemptState, may_follow


def settle(*, attempt_id: uuid.UUID, at: dt.datetime) -> PaymentAttempt:
    """Brings one attempt up to what the provider says. Raises GatewayError when it cannot be asked."""
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.checkout_ref is None:
        return attempt
    return record(attempt_id=attempt_id, facts=gateway().read_checkout(attempt.checkout_ref), at=at)


def settle_payment(*, ref: str, at: dt.datetime) -> ProviderPayment:
    """Brings one payment, its refunds and its chargebacks up to what the provider says. Raises GatewayError."""
    return record_payment(facts=gateway().read_payment(ref), at=at)


@transaction.atomic
def record(*, attempt_id: uuid.UUID, facts: CheckoutFacts, at: dt.datetime) -> PaymentAttempt:
    """Writes down what was read: every payment that succeeded is posted once, whatever the attempt's state."""
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    if attempt.checkout_ref is None:
        attempt.checkout_ref = facts.ref
        attempt.save(update_fields=["checkout_ref"])
    for payment in facts.payments:
        _take_in(attempt, payment, at)
    if attempt.unanswered_at is not None:
        attempt.unanswered_at = None
        attempt.save(update_fields=["unanswered_at"])
    then = _state_of(facts)
    is_money = then in (AttemptState.PAID, AttemptState.PROCESSING)
    # An earlier page, whose address was never learned, says nothing about the one that is open.
    if then is not None and (is_money or facts.ref == attempt.checkout_ref):
        _advance(attempt, then, facts.payments, at)
    return attempt


@transaction.atomic
def record_payment(*, facts: PaymentFacts, at: dt.datetime) -> ProviderPayment:
    """Writes down one payment as it was read by itself, posting first what came in and then what went back.

    Locks the attempt before the payment; a payment of no attempt of ours waits in suspense.
    """
    attempt = _attempt_of(facts)
    payment = _take_in(attempt, facts, at)
    for refund in facts.refunds:
        refunds.record(payment=payment, facts=refund, at=at)
    for dispute in facts.disputes:
        disputes.record(payment=payment, facts=dispute, at=at)
    if attempt is not None and facts.status == PaymentStatus.SUCCEEDED:
        _advance(attempt, AttemptState.PAID, (facts,), at)
    return payment


def _attempt_of(facts: PaymentFacts) -> PaymentAttempt | None:
    known = ProviderPayment.objects.filter(provider=gateway().code, ref=facts.ref).values_list("attempt").first()
    attempt_id = known[0] if known and known[0] else facts.attempt_id
    if attempt_id is None:
        return None
    return PaymentAttempt.objects.select_for_update().filter(pk=attempt_id).first()


def _take_in(attempt: PaymentAttempt | None, facts: PaymentFacts, at: dt.datetime) -> ProviderPayment:
    payment = _remember(attempt, facts)
    if facts.status == PaymentStatus.SUCCEEDED:
        _post(payment, attempt, facts, at)
    return payment


def _remember(attempt: PaymentAttempt | None, facts: PaymentFacts) -> ProviderPayment:
    now = {"status": facts.status, "method": facts.method, "last4": facts.last4, "paid_at": facts.paid_at}
    first = {
        "attempt": attempt,
        "amount_cents": facts.amount_cents,
        "currency": facts.currency,
        "livemode": facts.livemode,
    }
    payment, is_new = ProviderPayment.objects.select_for_update().get_or_create(
        provider=gateway().code, ref=facts.ref, defaults=now | first
    )
    # What was read before it succeeded may be written down after: money that came stays.
    if not is_new and (payment.status != PaymentStatus.SUCCEEDED or facts.status == PaymentStatus.SUCCEEDED):
        for name, value in now.items():
            setattr(payment, name, value)
        payment.save(update_fields=[*now])
    return payment


def _post(payment: ProviderPayment, attempt: PaymentAttempt | None, facts: PaymentFacts, at: dt.datetime) -> None:
    if facts.currency != CURRENCY or attempt is None:
        _suspend(payment, facts, at)
        if attempt is not None:
            receipts.tell_paid(attempt=attempt, payment=facts, at=at)
        return
    if facts.amount_cents != attempt.amount_cents:
        asked, came = money.format_cents(attempt.amount_cents), money.format_cents(facts.amount_cents)
        note = f"Asked for {asked}, paid {came}."
        cause = f"{payment.provider}:{facts.ref}"
        open_work_item(
            kind=WorkKind.AMOUNT_MISMATCH,
            cause=cause,
            at=at,
            account=attempt.account,
            note=note,
            amount_cents=facts.amount_cents,
            payment_ref=facts.ref,
        )
    # The attempt is locked, so that nobody else posts it in between.
    is_news = ledger.payment_of(payment.provider, facts.ref) is None
    ledger.pay(
        account_id=attempt.account_id,
        cents=facts.amount_cents,
        chosen={allocation.visit_id: allocation.cents for allocation in attempt.allocations.all()},
        is_guarantor=attempt.is_guarantor,
        source=payment.provider,
        payment_ref=facts.ref,
        at=at,
        effective_date=timezone.localdate(facts.paid_at or at),
        attempt_id=attempt.pk,
        livemode=facts.livemode,
    )
    receipts.tell_paid(attempt=attempt, payment=facts, at=at)
    if is_news:
        paid.tell(attempt=attempt, payment=facts, at=at)
    if is_news and agency.has_it(attempt):
        agency.tell(attempt=attempt, payment=facts, at=at)


def _suspend(payment: ProviderPayment, facts: PaymentFacts, at: dt.datetime) -> None:
    """Money in another currency, or for an attempt that we do not know: held in dollars until staff place it."""
    is_foreign = facts.currency != CURRENCY
    cents = facts.settled_cents if is_foreign else facts.amount_cents
    paid = money.format_in(facts.amount_cents, facts.currency)
    worth = f", {money.format_cents(cents)} to us" if is_foreign and cents else ""
    open_work_item(
        kind=WorkKind.FOREIGN_CURRENCY if is_foreign else WorkKind.UNKNOWN_PAYMENT,
        cause=f"{payment.provider}:{facts.ref}",
        at=at,
        account=payment.account,
        note=f"Paid {paid}{worth}.",
        amount_cents=cents or None,
        payment_ref=facts.ref,
    )
    if cents:
        ledger.suspend(
            cents=cents,
            source=payment.provider,
            payment_ref=facts.ref,
            at=at,
            effective_date=timezone.localdate(facts.paid_at or at),
            livemode=facts.livemode,
        )


def _advance(attempt: PaymentAttempt, then: AttemptState, payments: tuple[PaymentFacts, ...], at: dt.datetime) -> None:
    if not may_follow(attempt.state, then):
        return
    if then in (AttemptState.PAID, AttemptState.PROCESSING) and attempt.state in LATE:
        attempt.is_late = True
    was_on_its_way = attempt.state == AttemptState.PROCESSING
    attempt.state = then
    if then == AttemptState.PAID:
        attempt.paid_at = next(p.paid_at for p in payments if p.status == PaymentStatus.SUCCEEDED) or at
    attempt.save(update_fields=["state", "paid_at", "is_late"])
    if then == AttemptState.FAILED:
        receipts.tell_failed(attempt=attempt, at=at)
        if was_on_its_way:
            receipts.tell_others_failed(attempt=attempt, at=at)


def _state_of(facts: CheckoutFacts) -> AttemptState | None:
    """What the facts make of an attempt; None while the payer can still try on the hosted page."""
    statuses = {payment.status for payment in facts.payments}
    if PaymentStatus.SUCCEEDED in statuses:
        return AttemptState.PAID
    if PaymentStatus.PROCESSING in statuses:
        return AttemptState.PROCESSING
    if facts.status == CheckoutStatus.COMPLETE and PaymentStatus.FAILED in statuses:
        return AttemptState.FAILED
    if facts.status == CheckoutStatus.EXPIRED:
        return AttemptState.EXPIRED
    return None
