"""Money that comes in: payments spread over visits, what is over, and credit that is used (payments.md §4).

Every entry names its payment, so that `returns` can find later where that money stands.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet, Sum

from billing.ledger import posting
from billing.ledger.choices import Bucket, Hold, TransactionKind, WorkKind
from billing.ledger.models import GuarantorAccount, LedgerEntry, LedgerTransaction, VisitAccount
from billing.ledger.posting import Entry
from billing.ledger.standing import unused_of
from billing.ledger.work import open_work_item


class NoCredit(ValueError):
    """The account holds less credit than is to be used, or owes nothing that it could be used for."""


class NotPlaceable(ValueError):
    """The payment does not wait in suspense."""


class NotOver(ValueError):
    """More than pays for nothing of a payment, than the visit owes, or a visit of somebody else's account."""


@transaction.atomic
def pay(
    *,
    account_id: uuid.UUID,
    cents: int,
    chosen: Mapping[uuid.UUID, int],
    is_guarantor: bool,
    source: str,
    payment_ref: str,
    at: dt.datetime,
    effective_date: dt.date,
    attempt_id: uuid.UUID | None = None,
    livemode: bool = False,
) -> LedgerTransaction:
    """Posts captured money and spreads it over visits under lock.

    `chosen` names visits and how much each was meant to get; empty means oldest first over the account.
    Nothing goes to a visit beyond what is owed on it now, nor to visits the payer did not choose: what is
    over becomes the guarantor's credit, or waits to go back to a third party's card (payments.md §4),
    with a work item. Raises ValueError for anything but a positive amount.
    """
    if cents <= 0:
        raise ValueError("a payment is more than nothing")
    account = posting.lock_account(account_id)
    posted = payment_of(source, payment_ref)
    if posted is not None:
        return posted
    spread = _spread(account, cents, chosen, payment_ref)
    over = _over(cents + sum(entry.cents for entry in spread), is_guarantor, payment_ref)
    visit = VisitAccount.objects.filter(account=account, pk__in=chosen).first() if over and len(chosen) == 1 else None
    _show_over(over, cause=f"{source}:{payment_ref}", at=at, account=account, visit=visit)
    return posting.post(
        kind=TransactionKind.PAYMENT,
        source=source,
        source_ref=payment_ref,
        account_id=account_id,
        entries=[Entry(Bucket.PROCESSOR, cents, payment_ref=payment_ref), *spread, *over],
        effective_date=effective_date,
        at=at,
        attempt_id=attempt_id,
        is_third_party=not is_guarantor,
        livemode=livemode,
    )


@transaction.atomic
def deposit(
    *,
    visit_id: uuid.UUID,
    cents: int,
    is_guarantor: bool,
    source: str,
    payment_ref: str,
    at: dt.datetime,
    effective_date: dt.date,
    into: Bucket = Bucket.PROCESSOR,
    attempt_id: uuid.UUID | None = None,
    livemode: bool = False,
) -> LedgerTransaction:
    """Posts money taken for a visit before the insurer decided, as a copay at check-in; a decision uses it.

    `into` says where the money lies. What is owed already, and what a decision that came first left over, is
    settled at once.
    """
    visit = VisitAccount.objects.get(pk=visit_id)
    posting.lock_account(visit.account_id)
    posted = posting.post(
        kind=TransactionKind.PAYMENT,
        source=source,
        source_ref=payment_ref,
        account_id=visit.account_id,
        entries=[
            Entry(into, cents, payment_ref=payment_ref),
            Entry(Bucket.DEPOSIT, -cents, visit.pk, payment_ref),
        ],
        effective_date=effective_date,
        at=at,
        attempt_id=attempt_id,
        is_third_party=not is_guarantor,
        livemode=livemode,
    )
    use_deposit(visit_id=visit_id, source=source, source_ref=payment_ref, effective_date=effective_date, at=at)
    return posted


@transaction.atomic
def use_deposit(
    *, visit_id: uuid.UUID, source: str, source_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction | None:
    """Pays what is owed on a visit out of its deposits; when no insurer is waited for, what is over leaves the visit.

    None when there is nothing to do. Call it after a decision, with the account locked.
    """
    visit = posting.lock_visits([visit_id])[visit_id]
    is_final = visit.insurer_cents == 0
    owed, entries = max(visit.patient_cents, 0), []
    for ref, held in _payments_on(visit, Bucket.DEPOSIT):
        part = min(owed, held)
        over = held - part if is_final else 0
        owed -= part
        entries += [Entry(Bucket.DEPOSIT, part + over, visit.pk, ref), Entry(Bucket.PATIENT_AR, -part, visit.pk, ref)]
        entries += _over(over, _is_guarantors(ref), ref)
    if not any(entry.cents for entry in entries):
        return None
    _show_over(entries, cause=f"{source}:{source_ref}", at=at, account=visit.account, visit=visit)
    return posting.post(
        kind=TransactionKind.DEPOSIT_USE,
        source=source,
        source_ref=source_ref,
        account_id=visit.account_id,
        entries=entries,
        effective_date=effective_date,
        at=at,
    )


def suspend(
    *, cents: int, source: str, payment_ref: str, at: dt.datetime, effective_date: dt.date, livemode: bool = False
) -> LedgerTransaction:
    """Posts captured money that belongs to no account we know; staff place it or send it back."""
    return posting.post(
        kind=TransactionKind.PAYMENT,
        source=source,
        source_ref=payment_ref,
        account_id=None,
        entries=[
            Entry(Bucket.PROCESSOR, cents, payment_ref=payment_ref),
            Entry(Bucket.SUSPENSE, -cents, payment_ref=payment_ref),
        ],
        effective_date=effective_date,
        at=at,
        is_third_party=True,
        livemode=livemode,
    )


@transaction.atomic
def place(
    *, payment: LedgerTransaction, account_id: uuid.UUID, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction:
    """Moves a payment out of suspense onto an account, oldest visit first; what is over stays its payer's, with work.

    Call it with the payment's own row locked. Raises NotPlaceable when nothing of it waits, or when a part of it
    is on another account already: what comes back from a refund that failed follows the first part.
    """
    ref = payment.source_ref
    earlier = placements_of(payment).values_list("account", flat=True)
    if any(home != account_id for home in earlier):
        raise NotPlaceable(ref)
    account = posting.lock_account(account_id)
    waiting = LedgerEntry.objects.filter(payment_ref=ref, bucket=Bucket.SUSPENSE).aggregate(sum=Sum("cents"))["sum"]
    if not waiting or waiting > 0:
        raise NotPlaceable(ref)
    spread = _spread(account, -waiting, {}, ref)
    over = _over(-waiting + sum(entry.cents for entry in spread), False, ref)
    source_ref = f"{ref}:{len(earlier) + 1}" if earlier else ref
    _show_over(over, cause=f"{payment.source}:{source_ref}", at=at, account=account)
    return posting.post(
        kind=TransactionKind.PLACEMENT,
        source=payment.source,
        source_ref=source_ref,
        account_id=account_id,
        entries=[Entry(Bucket.SUSPENSE, -waiting, payment_ref=ref), *spread, *over],
        effective_date=effective_date,
        at=at,
        is_third_party=True,
        livemode=payment.livemode,
    )


@transaction.atomic
def use_credit(
    *, account_id: uuid.UUID, cents: int, source: str, source_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction:
    """Pays visits, the oldest first, out of the guarantor's credit. Raises NoCredit; nothing is used in part."""
    account = posting.lock_account(account_id)
    known = LedgerTransaction.objects.filter(kind=TransactionKind.CREDIT_USE, source=source, source_ref=source_ref)
    posted = known.first()
    if posted is not None:
        return posted
    spread = _spread(account, cents, {}, "")
    if not 0 < cents <= account.credit_cents or cents + sum(entry.cents for entry in spread):
        raise NoCredit(str(account_id))
    return posting.post(
        kind=TransactionKind.CREDIT_USE,
        source=source,
        source_ref=source_ref,
        account_id=account_id,
        entries=[Entry(Bucket.CREDIT, cents), *spread],
        effective_date=effective_date,
        at=at,
    )


@transaction.atomic
def credit_overpaid(
    *, visit: VisitAccount, source: str, source_ref: str, effective_date: dt.date, at: dt.datetime
) -> LedgerTransaction | None:
    """Takes off a visit what was paid over the patient's share, after a new decision: the last payment first.

    A guarantor's becomes credit; a third party's waits to go back to their card. Opens a work item for each
    payment; None when nothing is over.
    """
    account = posting.lock_account(visit.account_id)
    over_cents = -posting.lock_visits([visit.pk])[visit.pk].patient_cents
    if over_cents <= 0:
        return None
    entries = _spill(visit, over_cents)
    _show_over(entries, cause=f"{source}:{source_ref}", at=at, account=account, visit=visit)
    return posting.post(
        kind=TransactionKind.CREDIT,
        source=source,
        source_ref=source_ref,
        account_id=account.pk,
        entries=entries,
        effective_date=effective_date,
        at=at,
    )


@transaction.atomic
def put_back(
    *,
    payment: LedgerTransaction,
    visit_id: uuid.UUID,
    cents: int,
    source_ref: str,
    effective_date: dt.date,
    at: dt.datetime,
) -> LedgerTransaction:
    """Pays a visit out of what was over of a payment: first what waits to go back, then its unspent credit.

    For a visit that owes again, as when a decision that left too much paid was taken back. Once per `source_ref`.
    Raises NotOver; nothing is put back in part.
    """
    ref, account_id = payment.source_ref, home_of(payment)
    if account_id is None:
        raise NotOver(ref)
    account = posting.lock_account(account_id)
    known = LedgerTransaction.objects.filter(
        kind=TransactionKind.REAPPLY, source=payment.source, source_ref=source_ref
    ).first()
    if known is not None:
        return known
    visits = VisitAccount.objects.filter(pk=visit_id, account=account).on_the_bill().unpaid()
    visit = posting.lock_visits(visits.values_list("pk", flat=True)).get(visit_id)
    over = unused_of(ref, account)
    if visit is None or not 0 < cents <= min(sum(over.values()), visit.patient_cents):
        raise NotOver(ref)
    waiting = min(cents, over[Bucket.REFUNDABLE])
    return posting.post(
        kind=TransactionKind.REAPPLY,
        source=payment.source,
        source_ref=source_ref,
        account_id=account_id,
        entries=[
            Entry(Bucket.REFUNDABLE, waiting, payment_ref=ref),
            Entry(Bucket.CREDIT, cents - waiting, payment_ref=ref),
            Entry(Bucket.PATIENT_AR, -cents, visit.pk, ref),
        ],
        effective_date=effective_date,
        at=at,
        attempt_id=payment.attempt_id,
        is_third_party=payment.is_third_party,
        livemode=payment.livemode,
    )


def home_of(payment: LedgerTransaction) -> uuid.UUID | None:
    """The account a payment is on: its own, or the one that it was placed on out of suspense."""
    if payment.account_id is not None:
        return payment.account_id
    return placements_of(payment).values_list("account", flat=True).first()


def payment_of(source: str, payment_ref: str) -> LedgerTransaction | None:
    """The transaction by which that payment came in."""
    payments = LedgerTransaction.objects.filter(kind=TransactionKind.PAYMENT, source=source, source_ref=payment_ref)
    return payments.first()


def placements_of(payment: LedgerTransaction) -> QuerySet[LedgerTransaction]:
    """How a payment came out of suspense onto an account, all of them onto one."""
    ref = payment.source_ref
    placed = LedgerTransaction.objects.filter(kind=TransactionKind.PLACEMENT, source=payment.source)
    return placed.filter(entries__bucket=Bucket.SUSPENSE, entries__payment_ref=ref)


def _spread(account: GuarantorAccount, cents: int, chosen: Mapping[uuid.UUID, int], payment_ref: str) -> list[Entry]:
    """Credits of patient_ar that take up `cents` as far as visits owe it; call it with the account locked."""
    candidates = VisitAccount.objects.filter(account=account).on_the_bill().unpaid()
    candidates = candidates.filter(pk__in=chosen) if chosen else candidates.filter(hold=Hold.NONE)
    visits = posting.lock_visits(candidates.values_list("pk", flat=True))
    entries, rest = [], cents
    for visit in sorted(visits.values(), key=lambda visit: (visit.service_date, visit.pk)):
        part = min(rest, visit.patient_cents, chosen.get(visit.pk, rest) if chosen else rest)
        if part > 0:
            entries.append(Entry(Bucket.PATIENT_AR, -part, visit.pk, payment_ref))
            rest -= part
    return entries


def _over(cents: int, is_guarantor: bool, payment_ref: str) -> list[Entry]:
    bucket = Bucket.CREDIT if is_guarantor else Bucket.REFUNDABLE
    return [Entry(bucket, -cents, payment_ref=payment_ref)] if cents else []


def _show_over(
    entries: Iterable[Entry],
    *,
    cause: str,
    at: dt.datetime,
    account: GuarantorAccount,
    visit: VisitAccount | None = None,
) -> None:
    """A work item for each payment of which these entries leave something over."""
    over = [entry for entry in entries if entry.bucket in (Bucket.CREDIT, Bucket.REFUNDABLE)]
    for number, entry in enumerate(over):
        open_work_item(
            kind=WorkKind.OVERPAYMENT,
            cause=f"{cause}:{entry.payment_ref}" if number else cause,
            at=at,
            account=account,
            visit=visit,
            amount_cents=-entry.cents,
            payment_ref=entry.payment_ref,
        )


def _spill(visit: VisitAccount, over_cents: int) -> list[Entry]:
    """What leaves the visit, payment by payment, the last one first; what no payment names is the guarantor's."""
    entries, rest = [], over_cents
    for ref, paid_cents in _payments_on(visit, Bucket.PATIENT_AR):
        part = min(rest, paid_cents)
        if part > 0:
            entries += [Entry(Bucket.PATIENT_AR, part, visit.pk, ref), *_over(part, _is_guarantors(ref), ref)]
            rest -= part
    if rest:
        entries += [Entry(Bucket.PATIENT_AR, rest, visit.pk), Entry(Bucket.CREDIT, -rest)]
    return entries


def _is_guarantors(payment_ref: str) -> bool:
    payments = LedgerTransaction.objects.filter(kind=TransactionKind.PAYMENT, source_ref=payment_ref)
    return not payments.filter(is_third_party=True).exists()


def _payments_on(visit: VisitAccount, bucket: Bucket) -> list[tuple[str, int]]:
    """Each payment's cents that stand in a bucket of the visit now, the newest first."""
    standing: dict[str, int] = {}
    entries = LedgerEntry.objects.filter(visit=visit, bucket=bucket).exclude(payment_ref="")
    for ref, cents in entries.order_by("pk").values_list("payment_ref", "cents"):
        standing[ref] = standing.get(ref, 0) - cents
    return list(reversed(standing.items()))
