"""What the provider does: opens pages, takes payments on them, closes them, and tells the merchant."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from billing.payments.gateways.protocol import CheckoutOrder, Refused
from billing.sandbox.methods import BANKS, REASONS, Method
from billing.sandbox.models import Checkout, Payment
from billing.sandbox.states import CheckoutStatus, EventType, PaymentStatus
from billing.sandbox.telling import tell

LEAST_CENTS = 50


def open_checkout(*, order: CheckoutOrder, key: str, at: dt.datetime) -> Checkout:
    """The page of `key`: made once. Raises Refused for the same key with another order, or a bad order."""
    if order.amount_cents < LEAST_CENTS or order.expires_at <= at:
        raise Refused("sandbox: the order cannot be carried out")
    terms: dict[str, Any] = {
        "attempt_id": order.attempt_id,
        "amount_cents": order.amount_cents,
        "currency": order.currency,
        "product_name": order.product_name,
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": order.expires_at,
    }
    checkout, is_new = Checkout.objects.get_or_create(key=key, defaults=terms | {"created_at": at})
    if not is_new and any(getattr(checkout, name) != value for name, value in terms.items()):
        raise Refused("sandbox: this key was used for another order")
    return checkout


def look_up(*, ref: str, at: dt.datetime) -> Checkout:
    """The checkout as it is now. Raises Refused when there is none."""
    checkout = Checkout.objects.filter(pk=ref).first()
    if checkout is None:
        raise Refused("sandbox: no such checkout")
    return close(ref=ref, at=at) if checkout.is_over(at) else checkout


@transaction.atomic
def close(*, ref: str, at: dt.datetime) -> Checkout:
    """Ends an open page; a finished one stays as it is. Raises Refused when there is none."""
    checkout = _lock(ref)
    if checkout.status == CheckoutStatus.OPEN:
        checkout.payments.filter(status=PaymentStatus.ASKING).update(status=PaymentStatus.FAILED)
        _finish(checkout, CheckoutStatus.EXPIRED)
        tell(checkout, EventType.EXPIRED, at)
    return checkout


@transaction.atomic
def pay(*, ref: str, method: Method, at: dt.datetime) -> Payment | None:
    """One try on an open page; None when the page is no longer open, or a bank's question is not answered yet."""
    checkout = _lock(ref)
    is_asking = checkout.payments.filter(status=PaymentStatus.ASKING).exists()
    if checkout.status != CheckoutStatus.OPEN or checkout.is_over(at) or is_asking:
        return None
    payment = Payment(
        checkout=checkout,
        method=method,
        status=PaymentStatus.ASKING,
        amount_cents=checkout.amount_cents,
        currency=checkout.currency,
        created_at=at,
    )
    if method in BANKS:
        payment.status = PaymentStatus.PROCESSING
        payment.decides_at = at + dt.timedelta(seconds=settings.SANDBOX_BANK_SECONDS)
        payment.save(force_insert=True)
        _finish(checkout, CheckoutStatus.COMPLETE)
        tell(checkout, EventType.COMPLETED, at)
    elif method == Method.ASKS:
        payment.save(force_insert=True)
    else:
        _decide_card(payment, is_approved=method not in REASONS, at=at)
    return payment


@transaction.atomic
def answer(*, ref: str, is_approved: bool, at: dt.datetime) -> None:
    """The payer's answer to the bank's question; without a question nothing happens."""
    checkout = _lock(ref)
    payment = checkout.payments.filter(status=PaymentStatus.ASKING).first()
    if payment is not None and not checkout.is_over(at):
        payment.checkout = checkout
        _decide_card(payment, is_approved=is_approved, at=at)


def decide_banks(at: dt.datetime) -> int:
    """Settles the bank payments whose minute is over; returns how many. A periodic job."""
    due = Payment.objects.filter(status=PaymentStatus.PROCESSING, decides_at__lte=at)
    found = list(due.values_list("pk", "checkout"))
    for pk, checkout_ref in found:
        _decide_bank(pk, checkout_ref, at)
    return len(found)


def expire_pages(at: dt.datetime) -> int:
    """Closes the pages whose time has run out; returns how many. A periodic job."""
    over = list(Checkout.objects.filter(status=CheckoutStatus.OPEN, expires_at__lte=at).values_list("pk", flat=True))
    for ref in over:
        close(ref=ref, at=at)
    return len(over)


def _lock(ref: str) -> Checkout:
    checkout = Checkout.objects.select_for_update().filter(pk=ref).first()
    if checkout is None:
        raise Refused("sandbox: no such checkout")
    return checkout


def _finish(checkout: Checkout, status: CheckoutStatus) -> None:
    checkout.status = status
    checkout.save(update_fields=["status"])


def _decide_card(payment: Payment, *, is_approved: bool, at: dt.datetime) -> None:
    payment.status = PaymentStatus.SUCCEEDED if is_approved else PaymentStatus.FAILED
    payment.paid_at = at if is_approved else None
    payment.save()
    if is_approved:
        _finish(payment.checkout, CheckoutStatus.COMPLETE)
    tell(payment.checkout, EventType.COMPLETED if is_approved else EventType.DECLINED, at)


@transaction.atomic
def _decide_bank(pk: int, checkout_ref: str, at: dt.datetime) -> None:
    checkout = _lock(checkout_ref)
    payment = checkout.payments.get(pk=pk)
    if payment.status != PaymentStatus.PROCESSING:
        return
    succeeds = payment.method != Method.BANK_FAILS
    payment.status = PaymentStatus.SUCCEEDED if succeeds else PaymentStatus.FAILED
    payment.paid_at = at if succeeds else None
    payment.save(update_fields=["status", "paid_at"])
    tell(checkout, EventType.SUCCEEDED if succeeds else EventType.FAILED, at)
