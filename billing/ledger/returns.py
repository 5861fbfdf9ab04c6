"""Money that goes back: refunds and chargebacks, taken from where the payment stands now (payments.md §4).

The order is: what was never placed, what waits to go back, the payment's own unspent credit, deposits, then visits,
the newest first. What other payments brought is never touched.
"""

import datetime as dt
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models import Q, Sum

from billing.ledger import paying, posting
from billing.ledger.choices import RECEIVED, Bucket, TransactionKind, WorkKind
from billing.ledger.models import GuarantorAccount, LedgerEntry, LedgerTransaction, VisitAccount
from billing.ledger.posting import Entry
from billing.ledger.standing import standing_of
from billing.ledger.work import open_work_item


class UnknownPayment(ValueError):
    """The payment was never posted here."""


def refund(
    *, source: str, payment_ref: str, cents: int, refund_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction:
    """Posts money that was sent back out of where the payment came in. Raises UnknownPayment."""
    came_into = came_into_of(_payment(source, payment_ref))
    return _take_back(TransactionKind.REFUND, came_into, source, payment_ref, cents, refund_ref, effective_date, at)


@transaction.atomic
def lose(
    *,
    source: str,
    payment_ref: str,
    cents: int,
    dispute_ref: str,
    effective_date: dt.date,
    at: dt.datetime,
    instead_of: LedgerTransaction | None = None,
) -> LedgerTransaction:
    """Posts a lost chargeback: what the payment had paid is owed again. Raises UnknownPayment.

    `instead_of` is what was said to be lost before, of another amount: only the difference changes what is owed.
    """
    if instead_of is not None:
        _reverse(instead_of, undo_ref(instead_of), effective_date, at)
    posted = _take_back(
        TransactionKind.CHARGEBACK_LOST,
        Bucket.DISPUTE_HOLD,
        source,
        payment_ref,
        cents,
        dispute_ref,
        effective_date,
        at,
    )
    if instead_of is not None:
        _credit_overpaid(instead_of, undo_ref(instead_of), effective_date, at)
    return posted


def withhold(
    *, source: str, payment_ref: str, cents: int, dispute_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction:
    """Posts that the provider took disputed money; balances wait for the outcome. Raises UnknownPayment."""
    payment = _payment(source, payment_ref)
    return posting.post(
        kind=TransactionKind.CHARGEBACK,
        source=source,
        source_ref=dispute_ref,
        account_id=paying.home_of(payment),
        entries=[
            Entry(Bucket.DISPUTE_HOLD, cents, payment_ref=payment_ref),
            Entry(Bucket.PROCESSOR, -cents, payment_ref=payment_ref),
        ],
        effective_date=effective_date,
        at=at,
        attempt_id=payment.attempt_id,
        is_third_party=payment.is_third_party,
        livemode=payment.livemode,
    )


@transaction.atomic
def undo(*, posted: LedgerTransaction, source_ref: str, effective_date: dt.date, at: dt.datetime) -> None:
    """Reverses a refund or a loss whose money came back; what was paid again meanwhile is taken off the visits."""
    _reverse(posted, source_ref, effective_date, at)
    _credit_overpaid(posted, source_ref, effective_date, at)


def undo_ref(lost: LedgerTransaction) -> str:
    """The reference under which a loss is undone: the one without a suffix undoes what was withheld for it."""
    return f"{lost.source_ref}:lost"


def _reverse(posted: LedgerTransaction, source_ref: str, effective_date: dt.date, at: dt.datetime) -> None:
    posting.reverse(posted, source=posted.source, source_ref=source_ref, effective_date=effective_date, at=at)


def _credit_overpaid(posted: LedgerTransaction, source_ref: str, effective_date: dt.date, at: dt.datetime) -> None:
    for visit in VisitAccount.objects.filter(entries__transaction=posted, patient_cents__lt=0).distinct():
        paying.credit_overpaid(
            visit=visit,
            source=posted.source,
            source_ref=f"{source_ref}:{visit.pk}",
            effective_date=effective_date,
            at=at,
        )


@transaction.atomic
def _take_back(
    kind: TransactionKind,
    to: Bucket,
    source: str,
    payment_ref: str,
    cents: int,
    source_ref: str,
    effective_date: dt.date,
    at: dt.datetime,
) -> LedgerTransaction:
    payment = _payment(source, payment_ref)
    account_id = paying.home_of(payment)
    account = posting.lock_account(account_id) if account_id else None
    known = LedgerTransaction.objects.filter(kind=kind, source=source, source_ref=source_ref).first()
    if known is not None:
        return known
    taken = _from_where_it_stands(payment, account, cents)
    rest = cents - sum(entry.cents for entry in taken)
    if rest:
        note = f"{kind.label}: {source_ref}"
        cause = f"{source}:{source_ref}"
        open_work_item(
            kind=WorkKind.MONEY_LEFT_OVER,
            cause=cause,
            at=at,
            account=account,
            note=note,
            amount_cents=rest,
            payment_ref=payment_ref,
        )
    return posting.post(
        kind=kind,
        source=source,
        source_ref=source_ref,
        account_id=account_id,
        entries=[
            *taken,
            Entry(Bucket.SUSPENSE, rest, payment_ref=payment_ref),
            Entry(to, -cents, payment_ref=payment_ref),
        ],
        effective_date=effective_date,
        at=at,
        attempt_id=payment.attempt_id,
        is_third_party=payment.is_third_party,
        livemode=payment.livemode,
    )


def _from_where_it_stands(payment: LedgerTransaction, account: GuarantorAccount | None, cents: int) -> list[Entry]:
    ref = payment.source_ref
    standing = standing_of(ref)
    entries: list[Entry] = []

    def take(bucket: Bucket, available: int, visit_id: uuid.UUID | None = None, payment_ref: str = ref) -> int:
        part = max(min(available, cents - sum(entry.cents for entry in entries)), 0)
        if part:
            entries.append(Entry(bucket, part, visit_id, payment_ref))
        return part

    take(Bucket.SUSPENSE, standing[Bucket.SUSPENSE, None])
    take(Bucket.REFUNDABLE, standing[Bucket.REFUNDABLE, None])
    if account is None:
        return entries
    over = standing[Bucket.CREDIT, None]
    over -= take(Bucket.CREDIT, min(over, account.credit_cents))
    visits = _visits_newest_first(account)
    for bucket, visit_id in list(standing):
        if bucket == Bucket.DEPOSIT:
            take(Bucket.DEPOSIT, standing[bucket, visit_id], visit_id)
    for visit in visits:
        take(Bucket.PATIENT_AR, standing[Bucket.PATIENT_AR, visit.pk], visit.pk)
    # Credit that came out of this payment may since have paid visits: that use of it is undone.
    used = _paid_by_credit(visits)
    for visit in visits:
        part = take(Bucket.PATIENT_AR, min(over, used[visit.pk]), visit.pk, "")
        entries += [Entry(Bucket.CREDIT, -part), Entry(Bucket.CREDIT, part, payment_ref=ref)]
        over -= part
    return entries


def _paid_by_credit(visits: list[VisitAccount]) -> dict[uuid.UUID, int]:
    """By visit, the cents that credit has paid: they name no payment."""
    entries = LedgerEntry.objects.filter(visit__in=visits, bucket=Bucket.PATIENT_AR, payment_ref="")
    moved = entries.filter(Q(transaction__kind__in=posting.PAYING) | Q(transaction__reverses__kind__in=posting.PAYING))
    found: dict[uuid.UUID, int] = defaultdict(int)
    for visit_id, sum_cents in moved.order_by().values_list("visit").annotate(Sum("cents")):
        found[visit_id] = -sum_cents
    return found


def _visits_newest_first(account: GuarantorAccount) -> list[VisitAccount]:
    paid = VisitAccount.objects.filter(account=account, paid_cents__gt=0).values_list("pk", flat=True)
    locked = posting.lock_visits(paid).values()
    return sorted(locked, key=lambda visit: (visit.service_date, visit.pk), reverse=True)


def came_into_of(payment: LedgerTransaction) -> Bucket:
    """Where the money of a payment lies: with the provider, or as cash or a check at the desk."""
    return Bucket(payment.entries.filter(bucket__in=RECEIVED).values_list("bucket", flat=True)[0])


def _payment(source: str, payment_ref: str) -> LedgerTransaction:
    payment = paying.payment_of(source, payment_ref)
    if payment is None:
        raise UnknownPayment(payment_ref)
    return payment
