"""What was paid on accounts and visits, as the ledger has it.

The guarantor sees every payment on the account; somebody else who may pay sees their own.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField, Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.ledger.access import PayerScope, payer_scope_for
from billing.ledger.choices import RECEIVED, Bucket, TransactionKind
from billing.ledger.models import LedgerEntry, LedgerTransaction, VisitAccount
from billing.payments.models import PaymentAttempt
from billing.payments.readers import Reader
from billing.payments.words import payer_words
from records.access.models import User

MOST = 24


@dataclass(frozen=True)
class Paid:
    """One payment, or money of one that went back: then `cents` is negative and `kind` says how.

    `attempt_id` opens the receipt, None where it was not made in the portal; `by` says who paid, where it was
    somebody else than the reader.
    """

    cents: int
    date: dt.date
    confirmation: str = ""
    attempt_id: uuid.UUID | None = None
    by: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Moved:
    """What money did to what is owed on one visit: negative when it paid that off. `label` says what it was."""

    cents: int
    date: dt.date
    label: Promise | str
    confirmation: str


_REST = {Bucket.CREDIT: _("Kept as your credit"), Bucket.REFUNDABLE: _("More than was owed: it goes back")}
_MOVES = {
    TransactionKind.PAYMENT: _("Paid"),
    TransactionKind.PLACEMENT: _("Paid"),
    TransactionKind.DEPOSIT_USE: _("Paid in advance"),
    TransactionKind.REAPPLY: _("Paid"),
    TransactionKind.CREDIT_USE: _("Paid with your credit"),
    TransactionKind.CREDIT: _("Paid too much, moved off this visit"),
    TransactionKind.REFUND: _("Sent back to the payer"),
    TransactionKind.CHARGEBACK_LOST: _("Taken back by the payer’s bank"),
}
_WENT_BACK = (TransactionKind.REFUND, TransactionKind.CHARGEBACK_LOST)


def last_on(scopes: Sequence[PayerScope]) -> dict[uuid.UUID, Paid]:
    """By account, the newest payment that its payer may see."""
    newest_first = [F("effective_date").desc(), F("posted_at").desc()]
    ranked = _visible(scopes).annotate(rank=Window(RowNumber(), partition_by=[F("account")], order_by=newest_first))
    rows = ranked.filter(rank=1).values_list("account", "cents", "effective_date")
    return {account: Paid(cents, date) for account, cents, date in rows}


def history(scope: PayerScope) -> list[Paid]:
    """The newest MOST payments on one account, and what of them went back, newest first."""
    attempt = PaymentAttempt.objects.filter(pk=OuterRef("attempt_id"))
    rows = _visible([scope], TransactionKind.PAYMENT, *_WENT_BACK).annotate(
        confirmation=_confirmation(),
        payer=Subquery(attempt.values("user")[:1], output_field=UUIDField()),
        payer_kind=Subquery(attempt.values("payer_kind")[:1]),
        payer_name=Subquery(attempt.values("payer_name")[:1]),
    )
    return [
        Paid(
            cents=row.cents,
            date=row.effective_date,
            confirmation=row.confirmation or "",
            attempt_id=row.attempt_id,
            by=payer_words(row.payer_kind, row.payer_name) if row.payer_kind and row.payer != scope.user.pk else "",
            kind=str(_MOVES[row.kind]) if row.kind in _WENT_BACK else "",
        )
        for row in rows.order_by("-effective_date", "-posted_at")[:MOST]
    ]


def on_visit(visit: VisitAccount) -> list[Moved]:
    """What money did to one visit, oldest first; corrections show as such."""
    kinds = Q(transaction__kind__in=_MOVES) | Q(transaction__reverses__kind__in=_MOVES)
    entries = LedgerEntry.objects.filter(kinds, visit=visit, bucket=Bucket.PATIENT_AR).select_related("transaction")
    confirmation = _confirmation("transaction__attempt_id")
    entries = entries.annotate(confirmation=confirmation).order_by("transaction__effective_date", "pk")
    return [
        Moved(
            cents=entry.cents,
            date=entry.transaction.effective_date,
            label=_MOVES.get(TransactionKind(entry.transaction.kind), _("Taken back")),
            confirmation=entry.confirmation or "",
        )
        for entry in entries
    ]


def attempt_for(user: User, attempt_id: uuid.UUID) -> tuple[PaymentAttempt, PayerScope | None]:
    """An attempt whose receipt the user may open: their own, or any on an account they are the guarantor of.

    With it comes what they may see of the account now, if anything. Raises Http404.
    """
    attempt = PaymentAttempt.objects.filter(pk=attempt_id).first()
    scope = payer_scope_for(user, attempt.account_id) if attempt else None
    if attempt is None or not (attempt.user_id == user.pk or (scope is not None and scope.is_guarantor)):
        raise Http404
    return attempt, scope


def spread_of(attempt: PaymentAttempt, reader: Reader) -> list[tuple[str, int]]:
    """How the money of an attempt was spread: (visit, cents), and what became of the rest."""
    entries = LedgerEntry.objects.filter(transaction__attempt_id=attempt.pk, transaction__kind=TransactionKind.PAYMENT)
    spread = entries.filter(bucket__in=[Bucket.PATIENT_AR, Bucket.DEPOSIT, *_REST]).select_related("visit__patient")
    spread = spread.order_by(F("visit__service_date").asc(nulls_last=True), "pk")
    return [
        (reader.label(entry.visit) if entry.visit else str(_REST[Bucket(entry.bucket)]), -entry.cents)
        for entry in spread
    ]


def _visible(scopes: Sequence[PayerScope], *kinds: TransactionKind) -> QuerySet[LedgerTransaction, Any]:
    """Transactions of these kinds (payments unless told otherwise), as their payers may see them, with `cents`."""
    as_guarantor = [scope.account.pk for scope in scopes if scope.is_guarantor]
    as_payer = [scope.account.pk for scope in scopes if not scope.is_guarantor]
    user = scopes[0].user if scopes else None
    own = PaymentAttempt.objects.filter(user=user).values("pk")
    wanted = kinds or (TransactionKind.PAYMENT,)
    payments = LedgerTransaction.objects.filter(kind__in=wanted, reversed_by__isnull=True)
    held = LedgerEntry.objects.filter(
        transaction=OuterRef("pk"), bucket__in=RECEIVED | {Bucket.DISPUTE_HOLD}
    ).order_by()
    cents = Subquery(held.values("transaction").annotate(sum=Sum("cents")).values("sum"))
    seen = Q(account__in=as_guarantor) | Q(account__in=as_payer, attempt_id__in=own)
    return payments.filter(seen).annotate(cents=cents).order_by()


def _confirmation(attempt: str = "attempt_id") -> Subquery:
    return Subquery(PaymentAttempt.objects.filter(pk=OuterRef(attempt)).values("confirmation")[:1])
