"""What looks like paying twice, said before anything is charged (portals.md §3).

Nobody is locked out: two who pay at once are both recorded, and what is over is kept for whose money it is.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger.choices import RECEIVED, Bucket, TransactionKind
from billing.ledger.models import LedgerEntry
from billing.payments.models import AttemptAllocation, PaymentAttempt
from billing.payments.payers import Payer
from billing.payments.states import UNFINISHED, AttemptState


@dataclass(frozen=True)
class Alike:
    """A payment that the one at hand may repeat: `ref` tells it from others, `text` says it without naming anybody."""

    ref: str
    text: str


def alikes(
    *,
    account_id: uuid.UUID,
    payer: Payer,
    cents: int,
    at: dt.datetime,
    chosen: Collection[uuid.UUID] = (),
    together: Collection[uuid.UUID] = (),
    only: uuid.UUID | None = None,
) -> list[Alike]:
    """Payments that may really come, or came, for the same thing; newest first.

    That is one of the same amount within DUPLICATE_DAYS that we still hold, a debit on its way, and an attempt whose
    payer came back while the provider did not answer. The same thing: with `chosen` visits what paid, or
    may pay, one of them, else the whole account. The payer's own debit counts if it is of the same amount, since it
    lowers what they may pay; their own unfinished attempt never does, since it is reopened or closed. Attempts of
    `together`, the refs of those who share one sum with the payer, are left out. A payer who sees one visit `only`
    reads no amounts of what is for others too.
    """
    coming = _coming(account_id, payer, cents, chosen)
    rows = [(*row, None) for row in _paid(account_id, cents, at, chosen)] + _with_their_visits(coming, only)
    return [
        _alike(ref, state, payer_ref == payer.ref, None if is_hidden else amount, date)
        for ref, date, amount, state, payer_ref, is_hidden in sorted(rows, key=lambda row: row[1], reverse=True)
        if payer_ref not in together
    ]


def fingerprint(found: Sequence[Alike]) -> str:
    """Changes when there is something else to warn of: a tick counts for the warning that it stood under."""
    return hashlib.sha256(" ".join(sorted(alike.ref for alike in found)).encode()).hexdigest()[:16]


def _paid(account_id: uuid.UUID, cents: int, at: dt.datetime, chosen: Collection[uuid.UUID]) -> QuerySet[Any, Any]:
    """Also what was paid elsewhere, as at the front desk; without what went back since."""
    received = LedgerEntry.objects.filter(bucket__in=RECEIVED).order_by()
    held = received.filter(payment_ref=OuterRef("payment_ref")).values("payment_ref").annotate(sum=Sum("cents"))
    attempt = PaymentAttempt.objects.filter(pk=OuterRef("transaction__attempt_id"))
    same = received.filter(
        cents=cents,
        transaction__kind=TransactionKind.PAYMENT,
        transaction__account=account_id,
        transaction__reversed_by__isnull=True,
        transaction__effective_date__gte=timezone.localdate(at) - dt.timedelta(days=settings.DUPLICATE_DAYS),
    )
    if chosen:
        went_to = LedgerEntry.objects.filter(transaction=OuterRef("transaction"), bucket=Bucket.PATIENT_AR)
        same = same.filter(Exists(went_to.filter(visit__in=chosen)))
    return (
        same.annotate(held=Subquery(held.values("sum")))
        .filter(held__gt=0)
        .values_list(
            F("transaction_id"),
            F("transaction__effective_date"),
            F("cents"),
            Value(AttemptState.PAID.value),
            Subquery(attempt.values("payer_ref")[:1]),
        )
    )


def _coming(account_id: uuid.UUID, payer: Payer, cents: int, chosen: Collection[uuid.UUID]) -> QuerySet[PaymentAttempt]:
    """Attempts of which money may still come; nobody pays on a page that they left by its way back."""
    is_unknown = Q(state__in=UNFINISHED, unanswered_at__isnull=False) & ~Q(payer_ref=payer.ref)
    is_on_its_way = Q(state=AttemptState.PROCESSING) & (~Q(payer_ref=payer.ref) | Q(amount_cents=cents))
    attempts = PaymentAttempt.objects.filter(is_unknown | is_on_its_way, account=account_id)
    if chosen:
        meant = AttemptAllocation.objects.filter(attempt=OuterRef("pk"))
        attempts = attempts.filter(Exists(meant.filter(visit__in=chosen)) | ~Exists(meant))
    return attempts.order_by()


def _with_their_visits(attempts: QuerySet[PaymentAttempt], only: uuid.UUID | None) -> list[tuple[Any, ...]]:
    """As rows like those of `_paid`, each with whether its amount speaks of more than the visit `only`."""
    elsewhere = AttemptAllocation.objects.filter(attempt=OuterRef("pk"), visit=only)
    whole = ~Q(amount_cents=Coalesce(Subquery(elsewhere.values("cents")[:1]), 0)) if only else Q(pk__in=[])
    shown = attempts.annotate(is_hidden=Case(When(whole, then=True), default=False, output_field=BooleanField()))
    return list(shown.values_list("pk", TruncDate("created_at"), "amount_cents", "state", "payer_ref", "is_hidden"))


# In which state, and to whom: the payer's own, anybody else's, and one whose amount is not for this payer.
_WORDS: dict[tuple[str, str], Promise] = {
    (AttemptState.PAID, "own"): gettext_lazy("You paid %(amount)s on %(date)s."),
    (AttemptState.PAID, "other"): gettext_lazy("%(amount)s was paid on this account on %(date)s."),
    (AttemptState.PROCESSING, "own"): gettext_lazy(
        "Your payment of %(amount)s from %(date)s is still on its way from your bank."
    ),
    (AttemptState.PROCESSING, "other"): gettext_lazy(
        "A payment of %(amount)s from %(date)s is still on its way from a bank."
    ),
    (AttemptState.PROCESSING, "hidden"): gettext_lazy(
        "A payment from %(date)s, maybe for this visit too, is still on its way from a bank."
    ),
    (AttemptState.OPEN, "other"): gettext_lazy(
        "Somebody paid %(amount)s on %(date)s, and the payment service has not told us yet whether it went through."
    ),
    (AttemptState.OPEN, "hidden"): gettext_lazy(
        "Somebody paid on %(date)s, maybe for this visit too. The payment service has not told us yet "
        "whether it went through."
    ),
}


def _alike(ref: uuid.UUID, state: str, is_own: bool, cents: int | None, date: dt.date) -> Alike:
    whose = "hidden" if cents is None else "own" if is_own else "other"
    words = _WORDS[AttemptState.OPEN if state == AttemptState.CREATED else AttemptState(state), whose]
    said = {"amount": money.format_cents(cents or 0), "date": date_format(date, "M j, Y")}
    return Alike(f"{ref}:{state}", str(words) % said)
