"""What payers are told: a mail, and a signed link to amount, date and confirmation number for 30 days. Nothing else."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.payments import surplus
from billing.payments.gateways.protocol import PaymentFacts
from billing.payments.models import PaymentAttempt, ProviderPayment
from records.notifications import kinds
from records.notifications.actions import notify

SALT = "billing.receipt"
SESSION_KEY = "receipt"
LIFETIME = dt.timedelta(days=30)

KIND_RECEIPT = kinds.register("receipt", subject=_("Your payment receipt"), template="billing/payments/receipt_email")
KIND_FAILED = kinds.register(
    "payment_failed", subject=_("Your payment did not go through"), template="billing/payments/failed_email"
)
KIND_REFUNDED = kinds.register(
    "refunded", subject=_("We sent money back to you"), template="billing/payments/refunded_email"
)
KIND_RETURNED = kinds.register(
    "payment_returned", subject=_("Your bank took a payment back"), template="billing/payments/returned_email"
)


def receipt_token(attempt: PaymentAttempt) -> str:
    """The same for an attempt every time: it is part of what the provider is asked under the attempt's key."""
    return signing.Signer(salt=SALT).sign(attempt.pk.hex)


def receipt_url(attempt: PaymentAttempt) -> str:
    """The whole address for a mail: it is good for LIFETIME."""
    return f"{settings.PORTAL_URL}{reverse('billing:payment_return')}?{urlencode({'t': receipt_token(attempt)})}"


def attempt_of(token: str, at: dt.datetime) -> PaymentAttempt | None:
    """The attempt a link was made for; None when the attempt is older than LIFETIME or the link is not ours."""
    try:
        pk = uuid.UUID(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature:
        return None
    return PaymentAttempt.objects.filter(pk=pk, created_at__gt=at - LIFETIME).first()


def tell_paid(*, attempt: PaymentAttempt, payment: PaymentFacts, at: dt.datetime) -> None:
    """Mails the receipt of one payment, once; only where the payer left an address. Call it when that is posted."""
    over = surplus.over_of(payment.ref)
    more: dict[str, str | bool] = {}
    if over.cents:
        more = {"over": money.format_cents(over.cents), "goes_back": over.goes_back}
    _tell(KIND_RECEIPT, f"payment:{payment.ref}", attempt, payment.amount_cents, payment.paid_at or at, at, more)


def tell_failed(*, attempt: PaymentAttempt, at: dt.datetime) -> None:
    """Mails that a bank payment came to nothing: the payer left days ago and sees no page."""
    _tell(KIND_FAILED, f"attempt:{attempt.pk}", attempt, attempt.amount_cents, attempt.created_at, at)


def tell_refunded(*, payment: ProviderPayment, cents: int, cause: str, at: dt.datetime) -> None:
    """Mails the payer that money is on its way back to how they paid."""
    if payment.attempt is not None:
        _tell(KIND_REFUNDED, cause, payment.attempt, cents, at, at)


def tell_returned(*, payment: ProviderPayment, cents: int, cause: str, at: dt.datetime) -> None:
    """Mails the payer that their bank took the payment back, so that it is owed again."""
    if payment.attempt is not None:
        _tell(KIND_RETURNED, cause, payment.attempt, cents, at, at)


def _tell(
    kind: str,
    cause: str,
    attempt: PaymentAttempt,
    cents: int,
    happened_at: dt.datetime,
    at: dt.datetime,
    more: Mapping[str, str | bool] | None = None,
) -> None:
    if not attempt.receipt_email:
        return
    context = {
        "amount": money.format_cents(cents),
        "date": date_format(timezone.localdate(happened_at), "M j, Y"),
        "confirmation": attempt.confirmation,
        "url": receipt_url(attempt),
        **(more or {}),
    }
    notify(kind=kind, cause=cause, at=at, user=attempt.user, address=attempt.receipt_email, context=context)


def admit(session: SessionBase, attempt: PaymentAttempt) -> None:
    """Lets this browser see the receipt without the token."""
    session[SESSION_KEY] = str(attempt.pk)


def admitted(session: SessionBase) -> PaymentAttempt | None:
    """The attempt whose receipt this browser may see."""
    held = session.get(SESSION_KEY)
    return PaymentAttempt.objects.filter(pk=held).first() if held else None
