"""What happens to visits: charges, insurers' decisions, and their taking back. Money is in paying.py and returns.py."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from billing.ledger import paying, posting
from billing.ledger.charges import Adjudication, Charge
from billing.ledger.choices import Bucket, Denial, TransactionKind, WorkKind
from billing.ledger.models import LedgerTransaction
from billing.ledger.posting import Entry
from billing.ledger.work import open_work_item


@dataclass(frozen=True)
class Decision:
    """What the insurer decided about one charge, in cents; the parts add up to what is decided."""

    insurance_cents: int = 0
    discount_cents: int = 0
    deductible_cents: int = 0
    copay_cents: int = 0
    coinsurance_cents: int = 0
    not_covered_cents: int = 0

    @property
    def patient_cents(self) -> int:
        return self.deductible_cents + self.copay_cents + self.coinsurance_cents + self.not_covered_cents

    @property
    def total_cents(self) -> int:
        return self.insurance_cents + self.discount_cents + self.patient_cents


class OverDecided(ValueError):
    """A decision about more than the charge still has waiting for the insurer."""


@transaction.atomic
def charge(*, charge: Charge, at: dt.datetime) -> LedgerTransaction:
    """Posts a saved charge: to the insurer's side when the visit is covered, else to the patient's."""
    visit = charge.visit
    side = Bucket.INSURER_AR if visit.is_covered else Bucket.PATIENT_AR
    return posting.post(
        kind=TransactionKind.CHARGE,
        source="charge",
        source_ref=str(charge.pk),
        account_id=visit.account_id,
        entries=[
            Entry(side, charge.cents, visit.pk),
            Entry(Bucket.REVENUE, -charge.cents, visit.pk),
        ],
        effective_date=charge.service_date,
        at=at,
    )


@transaction.atomic
def adjudicate(
    *,
    charge: Charge,
    decision: Decision,
    payer_name: str,
    source: str,
    source_ref: str,
    decided_date: dt.date,
    at: dt.datetime,
) -> Adjudication:
    """Empties what waits for the insurer into its payment, the discount and the patient's share.

    What the decision leaves over goes on waiting, for a second insurer or for staff. Deciding again under the
    same `source_ref` changes nothing. Raises posting.Unbalanced when the decision covers nothing, and
    OverDecided.
    """
    visit = charge.visit
    posting.lock_account(visit.account_id)
    if not Adjudication.objects.filter(transaction__source=source, transaction__source_ref=source_ref).exists():
        _check_left(charge, decision)
    posted = posting.post(
        kind=TransactionKind.ADJUDICATION,
        source=source,
        source_ref=source_ref,
        account_id=visit.account_id,
        entries=[
            Entry(Bucket.INSURANCE, decision.insurance_cents, visit.pk),
            Entry(Bucket.ADJUSTMENT, decision.discount_cents, visit.pk),
            Entry(Bucket.PATIENT_AR, decision.patient_cents, visit.pk),
            Entry(Bucket.INSURER_AR, -decision.total_cents, visit.pk),
        ],
        effective_date=decided_date,
        at=at,
    )
    known = Adjudication.objects.filter(transaction=posted).first()
    if known is not None:
        return known
    paying.use_deposit(
        visit_id=visit.pk, source="decision", source_ref=str(posted.pk), effective_date=decided_date, at=at
    )
    return Adjudication.objects.create(
        charge=charge,
        payer_name=payer_name,
        decided_date=decided_date,
        insurance_cents=decision.insurance_cents,
        discount_cents=decision.discount_cents,
        deductible_cents=decision.deductible_cents,
        copay_cents=decision.copay_cents,
        coinsurance_cents=decision.coinsurance_cents,
        not_covered_cents=decision.not_covered_cents,
        transaction=posted,
    )


@transaction.atomic
def take_back(*, adjudication: Adjudication, effective_date: dt.date, at: dt.datetime) -> LedgerTransaction:
    """Undoes an insurer's decision, so that the charge waits for the insurer again.

    The visit may be overpaid until the next decision; call `paying.credit_overpaid` after that one.
    """
    posted = adjudication.transaction
    return posting.reverse(
        posted, source=posted.source, source_ref=posted.source_ref, effective_date=effective_date, at=at
    )


@transaction.atomic
def deny(
    *,
    charge: Charge,
    denial: Denial,
    payer_name: str,
    source: str,
    source_ref: str,
    decided_date: dt.date,
    at: dt.datetime,
) -> Adjudication | None:
    """What follows when the insurer pays nothing for what still waits of a charge (payments.md §4).

    By contract it is written off as a discount, or the patient owes it; while we appeal it goes on waiting,
    with a work item and None. Raises posting.Unbalanced when nothing waits.
    """
    account = posting.lock_account(charge.visit.account_id)
    if denial == Denial.APPEALED:
        open_work_item(kind=WorkKind.APPEAL, cause=str(charge.pk), at=at, account=account, visit=charge.visit)
        return None
    left = waiting_cents(charge)
    is_contract = denial == Denial.CONTRACTUAL
    return adjudicate(
        charge=charge,
        decision=Decision(discount_cents=left) if is_contract else Decision(not_covered_cents=left),
        payer_name=payer_name,
        source=source,
        source_ref=source_ref,
        decided_date=decided_date,
        at=at,
    )


def waiting_cents(charge: Charge) -> int:
    """What of a charge no insurer has decided yet."""
    if not charge.visit.is_covered:
        return 0
    return charge.cents - sum(earlier.total_cents for earlier in charge.adjudications.in_force())


def _check_left(charge: Charge, decision: Decision) -> None:
    """Under the account's lock: whether the charge, and its visit, still wait for as much as is decided."""
    waiting = posting.lock_visits([charge.visit_id])[charge.visit_id].insurer_cents
    if decision.total_cents > min(waiting_cents(charge), waiting):
        raise OverDecided(str(charge.pk))
