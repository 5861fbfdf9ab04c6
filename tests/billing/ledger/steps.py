"""What happens to accounts in the ledger's tests, as steps that tests put in order."""

import datetime as dt

from django.utils import timezone

from billing.ledger import paying, posting
from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.posting import Entry
from billing.models import GuarantorAccount, LedgerEntry, LedgerTransaction, VisitAccount
from tests.factories.billing import VisitFactory

DAY = dt.date(2026, 3, 1)


def post(entries: list[Entry], *, account=None, kind=TransactionKind.PAYMENT, ref="1") -> LedgerTransaction:
    return posting.post(
        kind=kind,
        source="test",
        source_ref=ref,
        account_id=account.pk if account else None,
        entries=entries,
        effective_date=DAY,
        at=timezone.now(),
    )


def post_credit(account: GuarantorAccount, cents: int, *, kind=TransactionKind.PAYMENT, ref="1") -> LedgerTransaction:
    return post([Entry(Bucket.PROCESSOR, cents), Entry(Bucket.CREDIT, -cents)], account=account, kind=kind, ref=ref)


def pay(account: GuarantorAccount, cents: int, *, chosen=None, is_guarantor=True, ref="p1") -> LedgerTransaction:
    """`chosen` names visits and what each is meant to get."""
    return paying.pay(
        account_id=account.pk,
        cents=cents,
        chosen={visit.pk: part for visit, part in (chosen or {}).items()},
        is_guarantor=is_guarantor,
        source="test",
        payment_ref=ref,
        at=timezone.now(),
        effective_date=DAY,
    )


def reverse(posted: LedgerTransaction, *, ref="r1") -> LedgerTransaction:
    return posting.reverse(posted, source="test", source_ref=ref, effective_date=DAY, at=timezone.now())


def self_pay_visit(account: GuarantorAccount, cents: int, *, day: int = 1, **fields) -> VisitAccount:
    """A visit of that day in January on which `cents` are owed, with no insurer."""
    return VisitFactory(account=account, owed_cents=cents, service_date=dt.date(2026, 1, day), **fields)


def owed(*visits: VisitAccount) -> list[int]:
    return [VisitAccount.objects.get(pk=visit.pk).patient_cents for visit in visits]


def credit(account: GuarantorAccount) -> int:
    return GuarantorAccount.objects.get(pk=account.pk).credit_cents


def in_bucket(bucket: Bucket) -> int:
    return sum(LedgerEntry.objects.filter(bucket=bucket).values_list("cents", flat=True))
