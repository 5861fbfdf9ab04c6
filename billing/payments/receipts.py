"""What payers are told: a mail, and a signed link to amount, date and confirmation number for 30 days. Nothing else."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.models import GuarantorAccess
from billing.payments import surplus
from billing.payments.gateways.protocol import PaymentFacts
from billing.payments.models import PayerKind, PaymentAttempt, ProviderPayment
from records.access import handles
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category

SALT = "billing.receipt"
SESSION_KEY = "receipts"
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

KIND_OTHERS_FAILED = kinds.register(
    "others_payment_failed",
    subject=_("A payment on its way did not go through"),
    template="billing/payments/others_failed_email",
    category=Category.BILLS,
)


def receipt_token(attempt: PaymentAttempt) -> str:
    """The same for an attempt every time: it is part of what the provider is asked under the attempt's key."""
    return signing.Signer(salt=SALT).sign(attempt.pk.hex)


def return_path(attempt: PaymentAttempt) -> str:
    """Where the hosted page and the link of a mail lead: it looks at the provider, then shows what is so."""
    return f"{reverse('billing:payment_return')}?{urlencode({'t': receipt_token(attempt)})}"


def receipt_url(attempt: PaymentAttempt) -> str:
    """The whole address for a mail: it is good for LIFETIME."""
    return f"{settings.PORTAL_URL}{return_path(attempt)}"


def attempt_of(token: str, at: dt.datetime) -> PaymentAttempt | None:
    """The attempt a link was made for; None when the attempt is older than LIFETIME or the link is not ours."""
    try:
        pk = uuid.UUID(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature:
        return None
    return PaymentAttempt.objects.filter(pk=pk, created_at__gt=at - LIFETIME).first()


def tell_paid(*, attempt: PaymentAttempt, payment: PaymentFacts, at: dt.datetime) -> None:
    """Mails the receipt of one payment, once; only where the payer left an address. Call it when that is posted."""
    amount = money.format_in(payment.amount_cents, payment.currency)
    over = surplus.over_of(payment.ref)
    more: dict[str, str | bool] = {}
    if over.cents:
        more = {"over": money.format_cents(over.cents), "goes_back": over.goes_back}
    _tell(KIND_RECEIPT, f"payment:{payment.ref}", attempt, amount, payment.paid_at or at, at, **more)


def tell_failed(*, attempt: PaymentAttempt, at: dt.datetime) -> None:
    """Mails that a bank payment came to nothing: the payer left days ago and sees no page."""
    amount = money.format_cents(attempt.amount_cents)
    _tell(KIND_FAILED, f"attempt:{attempt.pk}", attempt, amount, attempt.created_at, at)


def tell_others_failed(*, attempt: PaymentAttempt, at: dt.datetime) -> None:
    """Tells everybody else who signs in to the account, and was shown the payment on its way, that it is not coming."""
    path = reverse("billing:account", kwargs={"account": attempt.account_id})
    others = GuarantorAccess.objects.active().filter(account=attempt.account_id).exclude(user=attempt.user)
    for access in others.select_related("user"):
        notify(
            kind=KIND_OTHERS_FAILED,
            cause=f"attempt:{attempt.pk}",
            at=at,
            user=access.user,
            context={"url": f"{settings.PORTAL_URL}{path}"},
            path=path,
        )


def tell_refunded(*, payment: ProviderPayment, cents: int, cause: str, at: dt.datetime) -> None:
    """Mails the payer that money is on its way back to how they paid. `cents` are of the payment's own currency."""
    if payment.attempt is not None:
        _tell(KIND_REFUNDED, cause, payment.attempt, money.format_in(cents, payment.currency), at, at)


def tell_returned(
    *, payment: ProviderPayment, cents: int, cause: str, at: dt.datetime, earlier_cents: int | None = None
) -> None:
    """Mails the payer that their bank took the payment back, so that it is owed again; or took less or more of it.

    Both amounts are of the payment's own currency.
    """
    if payment.attempt is not None:
        amount = money.format_in(cents, payment.currency)
        earlier = {"earlier": money.format_in(earlier_cents, payment.currency)} if earlier_cents else {}
        _tell(KIND_RETURNED, cause, payment.attempt, amount, at, at, **earlier)


def _tell(
    kind: str,
    cause: str,
    attempt: PaymentAttempt,
    amount: str,
    happened_at: dt.datetime,
    at: dt.datetime,
    **details: str | bool,
) -> None:
    if not attempt.receipt_email:
        return
    context = {
        "amount": amount,
        "date": date_format(timezone.localdate(happened_at), "M j, Y"),
        "confirmation": attempt.confirmation,
        "url": receipt_url(attempt),
    } | details
    notify(kind=kind, cause=cause, at=at, user=attempt.user, address=attempt.receipt_email, context=context)


@dataclass(frozen=True)
class Held:
    """A receipt that a browser may see; `again_url` is where it pays on this bill, empty where that is not known.

    `sees_rest` is whether it may still be told what is owed on the bill.
    """

    attempt: PaymentAttempt
    again_url: str
    sees_rest: bool


def expect(session: SessionBase, attempt: PaymentAttempt, *, again_url: str, rest_until: dt.datetime | None) -> str:
    """Lets the browser that begins to pay see the receipt later; returns its handle.

    Until `rest_until` it may be told what is left to pay; never with None.
    """
    known = _handle_of(session, attempt)
    until = rest_until.timestamp() if rest_until else 0
    held = {"attempt": str(attempt.pk), "again": again_url, "rest_until": until}
    if known is None:
        return handles.add(session, SESSION_KEY, held)
    handles.change(session, SESSION_KEY, known, held)
    return known


def admit(session: SessionBase, attempt: PaymentAttempt) -> str:
    """Lets this browser see the receipt without the token; returns its handle."""
    return _handle_of(session, attempt) or expect(session, attempt, again_url="", rest_until=None)


def address(request: HttpRequest, attempt: PaymentAttempt) -> str:
    """Where this browser sees what becomes of an attempt: on the payer's own page, or under a handle."""
    is_theirs = attempt.payer_kind == PayerKind.USER and request.user.is_authenticated
    if is_theirs and request.user.pk == attempt.user_id:
        return reverse("billing:payment", kwargs={"payment": attempt.pk})
    return reverse("billing:receipt", kwargs={"handle": admit(request.session, attempt)})


def admitted(session: SessionBase, handle: str, at: dt.datetime) -> Held | None:
    """The receipt that this browser may see under the handle."""
    held = handles.get(session, SESSION_KEY, handle)
    attempt = PaymentAttempt.objects.filter(pk=held["attempt"]).first() if held else None
    return Held(attempt, held["again"], at.timestamp() < held["rest_until"]) if attempt else None


def _handle_of(session: SessionBase, attempt: PaymentAttempt) -> str | None:
    held = handles.all_of(session, SESSION_KEY).items()
    return next((handle for handle, row in held if row["attempt"] == str(attempt.pk)), None)
