"""Paying: from the payer's decision to the provider's hosted page."""

import datetime as dt
import uuid
from collections.abc import Callable
from urllib.parse import urljoin

from django.db import transaction
from django.db.models import F

from billing.ledger import posting
from billing.payments import receipts, settling
from billing.payments.confirmation import new_confirmation
from billing.payments.gateways import patience
from billing.payments.gateways.protocol import CheckoutOrder, NotSent, OutcomeUnknown, Refused
from billing.payments.gateways.registry import gateway
from billing.payments.models import AttemptAllocation, PaymentAttempt
from billing.payments.payable import NotPayable, position_of
from billing.payments.payers import Guard, Payer
from billing.payments.states import LATE, UNFINISHED, AttemptState, may_follow
from records.work.backoff import wait_after

# How long a hosted page stays open; Stripe allows 30 minutes to 24 hours.
PAGE_LIFETIME = dt.timedelta(minutes=60)
# A page with less time left than this is not offered again.
LEAST_TIME = dt.timedelta(minutes=10)
# What has no page yet needs more: no provider opens one for less.
LEAST_TIME_TO_OPEN = dt.timedelta(minutes=31)
# How long a worker may ask before another one believes that it died.
CLAIM = dt.timedelta(minutes=2)
# How often tabs of one payer that start different payments may get in each other's way.
TRIES = 5
# Never anything of the visit: the provider signs no agreement about health information.
PRODUCT_NAME = "Account payment"


def start(
    *,
    account_id: uuid.UUID,
    payer: Payer,
    amount_cents: int,
    chosen: dict[uuid.UUID, int],
    receipt_email: str,
    cancel_url: str,
    at: dt.datetime,
    guard: Guard | None = None,
) -> PaymentAttempt:
    """The payer's one unfinished attempt on this account: the same wish again gives the same attempt.

    The hosted page leads back to `cancel_url`, where the first of the same wishes came from.

    A different wish first closes the old page, so that it cannot be paid too; if it turns out that it is paid,
    that is recorded and the paid attempt is returned. Raises GatewayError when it cannot be started now,
    NotPayable when what can be paid, looked at again under the account's lock, is less than this, and NotPromised
    when `guard` does; then the payer's earlier page is closed too.
    """
    for _ in range(TRIES):
        unfinished = _unfinished(account_id, payer)
        if unfinished is not None:
            if _same_wish(unfinished, amount_cents, chosen) and _has_time(unfinished, at):
                taken_up = _take_up(unfinished, payer, receipt_email)
                if taken_up is not None:
                    return taken_up
            closed = _close(unfinished, at)
            if closed.state not in LATE:
                return closed
        attempt = _create(account_id, payer, amount_cents, chosen, receipt_email, cancel_url, at, guard)
        if attempt is not None:
            return attempt
    raise NotSent("another payment of the same payer is being started")


def open_page(*, attempt: PaymentAttempt) -> PaymentAttempt:
    """Asks the provider for the hosted page, once: the attempt's key gives the same page every time.

    Raises GatewayError. After a definite no the attempt is given up; else it stays and may be opened again, under
    the same key where the answer only did not come in time.
    """
    if attempt.state != AttemptState.CREATED:
        return attempt
    try:
        page = _once_more(lambda: gateway().open_checkout(order_of(attempt), attempt.key))
    except Refused:
        abandon(attempt=attempt)
        raise
    except OutcomeUnknown:
        if not patience.is_over():
            _turn_key(attempt)
        raise
    with transaction.atomic():
        locked = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
        if locked.state == AttemptState.CREATED:
            locked.checkout_ref, locked.page_url = page.ref, page.url
            locked.expires_at, locked.state = page.expires_at, AttemptState.OPEN
            locked.save(update_fields=["checkout_ref", "page_url", "expires_at", "state"])
    return locked


def order_of(attempt: PaymentAttempt) -> CheckoutOrder:
    """Follows from the attempt's row alone, so that payer and worker ask for one and the same page."""
    return CheckoutOrder(
        attempt_id=attempt.pk,
        amount_cents=attempt.amount_cents,
        product_name=PRODUCT_NAME,
        success_url=urljoin(attempt.cancel_url, receipts.return_path(attempt)),
        cancel_url=attempt.cancel_url,
        expires_at=attempt.expires_at,
    )


def ask_again(*, attempt_id: uuid.UUID, tries: int, at: dt.datetime) -> dt.datetime | None:
    """A worker's turn at the page that a payer waits for; returns when to ask again, or None when that is over.

    Gives the attempt up when no provider would open a page for it any more.
    """
    due = PaymentAttempt.objects.filter(pk=attempt_id, state=AttemptState.CREATED, next_ask_at__lte=at)
    if not due.update(next_ask_at=at + CLAIM):
        return None
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if not _has_time(attempt, at):
        abandon(attempt=attempt)
        return None
    try:
        open_page(attempt=attempt)
    except Refused:
        return None
    except (NotSent, OutcomeUnknown):
        again_at = at + wait_after(tries)
        PaymentAttempt.objects.filter(pk=attempt_id).update(next_ask_at=again_at)
        return again_at
    return None


def abandon(*, attempt: PaymentAttempt) -> PaymentAttempt:
    """Gives up an attempt that never got a page."""
    return _end(attempt, AttemptState.ABANDONED)


def note_no_answer(*, attempt: PaymentAttempt, at: dt.datetime) -> None:
    """Notes that the payer came back as if they had paid, and nobody could be asked whether that is so."""
    PaymentAttempt.objects.filter(pk=attempt.pk, state__in=UNFINISHED).update(unanswered_at=at)


def expire(*, attempt: PaymentAttempt) -> PaymentAttempt:
    """Ends an attempt whose page the provider knows nothing of, as after a change of provider."""
    return _end(attempt, AttemptState.EXPIRED)


@transaction.atomic
def _end(attempt: PaymentAttempt, then: AttemptState) -> PaymentAttempt:
    locked = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
    if may_follow(locked.state, then):
        locked.state = then
        locked.save(update_fields=["state"])
    return locked


def _turn_key(attempt: PaymentAttempt) -> None:
    """A fresh key for the next try, since providers repeat a failure that they saved under a key.

    Harmless where the old key did open a page: nobody has been told its address.
    """
    fresh = PaymentAttempt.objects.filter(pk=attempt.pk, key_generation=attempt.key_generation)
    fresh.filter(state=AttemptState.CREATED).update(key_generation=F("key_generation") + 1)


def _unfinished(account_id: uuid.UUID, payer: Payer) -> PaymentAttempt | None:
    mine = PaymentAttempt.objects.filter(account_id=account_id, payer_ref=payer.ref, state__in=UNFINISHED)
    return mine.prefetch_related("allocations").first()


def _has_time(attempt: PaymentAttempt, at: dt.datetime) -> bool:
    least = LEAST_TIME_TO_OPEN if attempt.state == AttemptState.CREATED else LEAST_TIME
    return attempt.expires_at > at + least


def _same_wish(attempt: PaymentAttempt, amount_cents: int, chosen: dict[uuid.UUID, int]) -> bool:
    return (attempt.amount_cents, _wish(attempt)) == (amount_cents, chosen)


def _wish(attempt: PaymentAttempt) -> dict[uuid.UUID, int]:
    return {allocation.visit_id: allocation.cents for allocation in attempt.allocations.all()}


@transaction.atomic
def _take_up(attempt: PaymentAttempt, payer: Payer, receipt_email: str) -> PaymentAttempt | None:
    """Goes on with an attempt, if it can still be paid; its receipt goes where the payer last asked for it."""
    locked = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
    account = posting.lock_account(locked.account_id)
    try:
        position_of(account, payer).require(cents=locked.amount_cents, chosen=_wish(attempt))
    except NotPayable:
        return None
    locked.receipt_email, locked.payer_name = receipt_email, payer.name
    locked.save(update_fields=["receipt_email", "payer_name"])
    return locked


def _close(attempt: PaymentAttempt, at: dt.datetime) -> PaymentAttempt:
    if attempt.checkout_ref is None:
        return abandon(attempt=attempt)
    try:
        facts = gateway().close_checkout(attempt.checkout_ref)
    except Refused:
        # It must not stand in the payer's way.
        return expire(attempt=attempt)
    return settling.record(attempt_id=attempt.pk, facts=facts, at=at)


@transaction.atomic
def _create(
    account_id: uuid.UUID,
    payer: Payer,
    amount_cents: int,
    chosen: dict[uuid.UUID, int],
    receipt_email: str,
    cancel_url: str,
    at: dt.datetime,
    guard: Guard | None,
) -> PaymentAttempt | None:
    """None when the same payer has just started another one, from another tab or by a double click."""
    account = posting.lock_account(account_id)
    if _unfinished(account_id, payer) is not None:
        return None
    position_of(account, payer).require(cents=amount_cents, chosen=chosen)
    if guard is not None:
        guard(amount_cents)
    attempt = PaymentAttempt.objects.create(
        account_id=account_id,
        payer_kind=payer.kind,
        payer_ref=payer.ref,
        user=payer.user,
        payer_name=payer.name,
        is_guarantor=payer.is_guarantor,
        amount_cents=amount_cents,
        receipt_email=receipt_email,
        cancel_url=cancel_url,
        confirmation=new_confirmation(),
        created_at=at,
        expires_at=at + PAGE_LIFETIME,
    )
    AttemptAllocation.objects.bulk_create(
        AttemptAllocation(attempt=attempt, visit_id=visit_id, cents=cents) for visit_id, cents in chosen.items()
    )
    return attempt


def _once_more[T](ask: Callable[[], T]) -> T:
    """A request that was not sent, or whose answer was lost, is asked again once under the same key, if there is time."""
    try:
        return ask()
    except (NotSent, OutcomeUnknown):
        if patience.is_over():
            raise
        return ask()
