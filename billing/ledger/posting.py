"""The one way money enters the ledger: a balanced transaction, posted once, projected under lock.

Lock order everywhere: attempt → guarantor account → visit accounts in id order (design.md §4).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import GuarantorAccount, LedgerEntry, LedgerTransaction, VisitAccount


@dataclass(frozen=True)
class Entry:
    """One side: debits positive, credits negative, in cents."""

    bucket: Bucket
    cents: int
    visit_id: uuid.UUID | None = None
    payment_ref: str = ""


class Unbalanced(ValueError):
    """The entries do not add up to zero, or there are too few of them."""


class WrongVisit(ValueError):
    """An entry names a visit of another account, or none at all."""


class NotReversible(ValueError):
    """A correction is not corrected again; what it undid is posted anew."""


def lock_account(account_id: uuid.UUID) -> GuarantorAccount:
    """Locks one account; its balances may be read and relied on until the transaction ends."""
    return GuarantorAccount.objects.select_for_update().get(pk=account_id)


def lock_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, VisitAccount]:
    """Locks visit accounts in id order; call it after `lock_account`."""
    rows = VisitAccount.objects.select_for_update().filter(pk__in=set(visit_ids)).order_by("pk")
    return {visit.pk: visit for visit in rows}


def post(
    *,
    kind: TransactionKind,
    source: str,
    source_ref: str,
    account_id: uuid.UUID | None,
    entries: Sequence[Entry],
    effective_date: dt.date,
    at: dt.datetime,
    attempt_id: uuid.UUID | None = None,
    reverses: LedgerTransaction | None = None,
    is_third_party: bool = False,
    livemode: bool = False,
) -> LedgerTransaction:
    """Posts `entries` as one transaction and projects them onto the account and its visits.

    Posting the same (kind, source, source_ref) again returns the first transaction and changes nothing.
    Raises Unbalanced and WrongVisit. Entries of zero cents are left out.
    """
    kept = [entry for entry in entries if entry.cents]
    if sum(entry.cents for entry in kept) or len(kept) < 2:
        raise Unbalanced(f"{kind} {source_ref}")
    with transaction.atomic():
        account = lock_account(account_id) if account_id else None
        wanted = {entry.visit_id for entry in kept if entry.visit_id}
        visits = lock_visits(wanted)
        if wanted != visits.keys() or any(visit.account_id != account_id for visit in visits.values()):
            raise WrongVisit(f"{kind} {source_ref}")
        posted = LedgerTransaction.objects.filter(kind=kind, source=source, source_ref=source_ref).first()
        if posted is not None:
            return posted
        posted = LedgerTransaction(
            kind=kind,
            source=source,
            source_ref=source_ref,
            account=account,
            entry_count=len(kept),
            reverses=reverses,
            attempt_id=attempt_id,
            is_third_party=is_third_party,
            livemode=livemode,
            effective_date=effective_date,
            posted_at=at,
        )
        posted.save(force_insert=True)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                transaction=posted,
                bucket=entry.bucket,
                account=account,
                visit_id=entry.visit_id,
                payment_ref=entry.payment_ref,
                cents=entry.cents,
            )
            for entry in kept
        )
        _project(kept, account, visits, is_paying=is_paying(kind, reverses.kind if reverses else None))
    return posted


def reverse(
    posted: LedgerTransaction, *, source: str, source_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction:
    """Posts the exact opposite of `posted`. Raises NotReversible for what is itself a reversal."""
    if posted.kind == TransactionKind.REVERSAL:
        raise NotReversible(str(posted.pk))
    entries = [
        Entry(Bucket(entry.bucket), -entry.cents, entry.visit_id, entry.payment_ref) for entry in posted.entries.all()
    ]
    return post(
        kind=TransactionKind.REVERSAL,
        source=source,
        source_ref=source_ref,
        account_id=posted.account_id,
        entries=entries,
        effective_date=effective_date,
        at=at,
        attempt_id=posted.attempt_id,
        reverses=posted,
        is_third_party=posted.is_third_party,
        livemode=posted.livemode,
    )


# Which visit column each bucket feeds, and with which sign. What paying moves on patient_ar also feeds paid_cents.
PROJECTIONS = {
    Bucket.INSURER_AR: ("insurer_cents", 1),
    Bucket.PATIENT_AR: ("patient_cents", 1),
    Bucket.REVENUE: ("billed_cents", -1),
    Bucket.ADJUSTMENT: ("discount_cents", 1),
    Bucket.INSURANCE: ("insurance_cents", 1),
    Bucket.DEPOSIT: ("deposit_cents", -1),
}


PAYING = frozenset(
    {
        TransactionKind.PAYMENT,
        TransactionKind.PLACEMENT,
        TransactionKind.CREDIT,
        TransactionKind.CREDIT_USE,
        TransactionKind.DEPOSIT_USE,
        TransactionKind.REAPPLY,
        TransactionKind.REFUND,
        TransactionKind.CHARGEBACK_LOST,
    }
)


def is_paying(kind: str, reversed_kind: str | None) -> bool:
    """Whether a transaction moves money between payer and visit: payments, credit, their return, or their undoing."""
    return kind in PAYING or reversed_kind in PAYING


def _project(
    entries: Sequence[Entry],
    account: GuarantorAccount | None,
    visits: dict[uuid.UUID, VisitAccount],
    *,
    is_paying: bool,
) -> None:
    changed: dict[uuid.UUID, set[str]] = defaultdict(set)
    credited = sum(entry.cents for entry in entries if entry.bucket == Bucket.CREDIT)
    if account is not None and credited:
        account.credit_cents -= credited
        account.save(update_fields=["credit_cents"])
    for entry in entries:
        if entry.visit_id is None or entry.bucket not in PROJECTIONS:
            continue
        visit = visits[entry.visit_id]
        column, sign = PROJECTIONS[entry.bucket]
        setattr(visit, column, getattr(visit, column) + sign * entry.cents)
        changed[visit.pk].add(column)
        if entry.bucket == Bucket.PATIENT_AR and is_paying:
            visit.paid_cents -= entry.cents
            changed[visit.pk].add("paid_cents")
    for pk, columns in changed.items():
        visits[pk].save(update_fields=sorted(columns))
