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
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger.choices import RECEIVED, TransactionKind
from billing.ledger.models import LedgerEntry
from billing.payments.models import PaymentAttempt
from billing.payments.payers import Payer
from billing.payments.states import LOOKED_AFTER, UNFINISHED, AttemptState


@dataclass(frozen=True)
class Alike:
    """A payment that the one at hand may repeat: `ref` tells it from others, `text` says it without naming anybody."""

    ref: str
    text: str


def alikes(
    *, account_id: uuid.UUID, payer: Payer, cents: int, at: dt.datetime, together: Collection[uuid.UUID] = ()
) -> list[Alike]:
    """Payments of the same amount within DUPLICATE_DAYS that we still hold, and those that are under way; newest first.

    The payer's own unfinished attempt of this amount is left out, since it is only reopened; so are attempts of
    `together`, the refs of those who share one sum with the payer.
    """
    rows = _paid(account_id, cents, at).union(_underway(account_id, payer, cents), all=True)
    return [
        _alike(ref, state, payer_ref == payer.ref, amount, date)
        for ref, date, amount, state, payer_ref in sorted(rows, key=lambda row: row[1], reverse=True)
        if payer_ref not in together
    ]


def fingerprint(found: Sequence[Alike]) -> str:
    """Changes when there is something else to warn of: a tick counts for the warning that it stood under."""
    return hashlib.sha256(" ".join(sorted(alike.ref for alike in found)).encode()).hexdigest()[:16]


def _paid(account_id: uuid.UUID, cents: int, at: dt.datetime) -> QuerySet[Any, Any]:
    """Also what was paid elsewhere, as at the front desk; without what went back since."""
    processor = LedgerEntry.objects.filter(bucket__in=RECEIVED).order_by()
    held = processor.filter(payment_ref=OuterRef("payment_ref")).values("payment_ref").annotate(sum=Sum("cents"))
    attempt = PaymentAttempt.objects.filter(pk=OuterRef("transaction__attempt_id"))
    same = processor.filter(
        cents=cents,
        transaction__kind=TransactionKind.PAYMENT,
        transaction__account=account_id,
        transaction__reversed_by__isnull=True,
        transaction__effective_date__gte=timezone.localdate(at) - dt.timedelta(days=settings.DUPLICATE_DAYS),
    )
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


def _underway(account_id: uuid.UUID, payer: Payer, cents: int) -> QuerySet[Any, Any]:
    reopened = Q(payer_ref=payer.ref, amount_cents=cents, state__in=UNFINISHED)
    attempts = PaymentAttempt.objects.filter(account=account_id, state__in=LOOKED_AFTER).exclude(reopened).order_by()
    return attempts.values_list("pk", TruncDate("created_at"), "amount_cents", "state", "payer_ref")


# State → words when it is the payer's own, and when it is anybody else's.
_WORDS: dict[str, tuple[Promise, Promise]] = {
    AttemptState.PAID: (
        gettext_lazy("You paid %(amount)s on %(date)s."),
        gettext_lazy("%(amount)s was paid on this account on %(date)s."),
    ),
    AttemptState.PROCESSING: (
        gettext_lazy("Your payment of %(amount)s from %(date)s is still on its way from your bank."),
        gettext_lazy("A payment of %(amount)s from %(date)s is still on its way from a bank."),
    ),
    AttemptState.OPEN: (
        gettext_lazy("You began to pay %(amount)s on %(date)s and have not finished."),
        gettext_lazy("A payment of %(amount)s was begun on %(date)s and may still be finished."),
    ),
}


def _alike(ref: uuid.UUID, state: str, is_own: bool, cents: int, date: dt.date) -> Alike:
    own, other = _WORDS[AttemptState.OPEN if state == AttemptState.CREATED else state]
    said = {"amount": money.format_cents(cents), "date": date_format(date, "M j, Y")}
    return Alike(f"{ref}:{state}", str(own if is_own else other) % said)
