"""Re-sums the whole ledger and says where it does not add up."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from billing.ledger.charges import Adjudication, Charge
from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import (
    Guarantor,
    GuarantorAccount,
    GuarantorNameKey,
    LedgerEntry,
    LedgerTransaction,
    VisitAccount,
)
from billing.ledger.names import name_key
from billing.ledger.posting import PROJECTIONS, is_paying

# Where a payment's money can stand until it goes back.
HOLDING = frozenset({Bucket.PATIENT_AR, Bucket.DEPOSIT, Bucket.CREDIT, Bucket.REFUNDABLE})
# Which charge an entry was posted for.
_POSTED = "transaction__source_ref"


def faults() -> list[str]:
    """Every way in which balances differ from the entries, and who cannot be found; empty when all is sound."""
    return [*_transactions(), *_visits(), *_accounts(), *_payments(), *_charges(), *_adjudications(), *_names()]


def _transactions() -> Iterator[str]:
    summed = LedgerTransaction.objects.annotate(total=Sum("entries__cents"), entries_found=Count("entries"))
    for row in summed.filter(~Q(total=0) | ~Q(entries_found=F("entry_count")) | Q(total__isnull=True)).iterator():
        yield (f"Transaction {row.pk} sums to {row.total} cents with {row.entries_found} of {row.entry_count} entries.")


def _visits() -> Iterator[str]:
    sums: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    grouped = LedgerEntry.objects.filter(visit__isnull=False).values_list(
        "visit", "bucket", "transaction__kind", "transaction__reverses__kind"
    )
    for visit_id, bucket, kind, reversed_kind, cents in grouped.annotate(Sum("cents")).iterator():
        if bucket in PROJECTIONS:
            column, sign = PROJECTIONS[Bucket(bucket)]
            sums[visit_id][column] += sign * cents
        if bucket == Bucket.PATIENT_AR and is_paying(kind, reversed_kind):
            sums[visit_id]["paid_cents"] -= cents
    columns = [*(column for column, _sign in PROJECTIONS.values()), "paid_cents"]
    for visit in VisitAccount.objects.only("pk", *columns).iterator():
        for column in columns:
            stored, summed = getattr(visit, column), sums[visit.pk][column]
            if stored != summed:
                yield f"Visit account {visit.pk} says {column} {stored}, its entries say {summed}."


def _accounts() -> Iterator[str]:
    credits = dict(
        LedgerEntry.objects.filter(bucket=Bucket.CREDIT).values_list("account").annotate(Sum("cents")).iterator()
    )
    for account in GuarantorAccount.objects.only("pk", "credit_cents").iterator():
        summed = -credits.get(account.pk, 0)
        if account.credit_cents != summed:
            yield f"Guarantor account {account.pk} says a credit of {account.credit_cents}, its entries say {summed}."


def _payments() -> Iterator[str]:
    """Whose money it is: what a payment brought stands somewhere until it goes back, and nothing else does.

    A bank can ask back what was refunded already: then PROCESSOR is below nothing, and what no visit had any more
    waits in SUSPENSE, before staff.
    """
    grouped = LedgerEntry.objects.exclude(payment_ref="").order_by().values_list("payment_ref", "bucket", "visit")
    sums: dict[str, int] = defaultdict(int)
    for ref, bucket, visit_id, cents in grouped.annotate(Sum("cents")).iterator():
        sums[ref] += cents
        if bucket in HOLDING and cents > 0:
            yield f"Payment {ref} has {cents} cents in {bucket}{f' of visit account {visit_id}' if visit_id else ''}."
        if bucket == Bucket.DISPUTE_HOLD and cents < 0:
            yield f"Payment {ref} lost more to chargebacks than was withheld: {cents} cents."
    for ref, cents in sums.items():
        if cents:
            yield f"Payment {ref} stands for {cents} cents that another payment brought or lost."


def _charges() -> Iterator[str]:
    """Each charge is posted once, for what it says and on its visit; and each posted charge is there."""
    revenue = LedgerEntry.objects.filter(transaction__kind=TransactionKind.CHARGE, bucket=Bucket.REVENUE)
    posted = {ref: (-cents, visit) for ref, cents, visit in revenue.values_list(_POSTED, "cents", "visit").iterator()}
    for pk, cents, visit_id in Charge.objects.values_list("pk", "cents", "visit").iterator():
        posted_cents, posted_visit = posted.pop(str(pk), (0, visit_id))
        if posted_cents != cents:
            yield f"Charge {pk} says {cents} cents, its entries say {posted_cents}."
        if posted_visit != visit_id:
            yield f"Charge {pk} is of visit account {visit_id}, posted on {posted_visit}."
    for ref, (cents, _visit) in posted.items():
        yield f"{cents} cents are posted for charge {ref}, which is not there."


def _adjudications() -> Iterator[str]:
    """Each decision's transaction moves what the decision says; and each posted decision is there."""
    buckets = (Bucket.INSURANCE, Bucket.ADJUSTMENT, Bucket.PATIENT_AR)
    sums: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entries = LedgerEntry.objects.filter(transaction__kind=TransactionKind.ADJUDICATION, bucket__in=buckets)
    for transaction_id, bucket, cents in entries.values_list("transaction", "bucket", "cents").iterator():
        sums[transaction_id][bucket] += cents
    for row in Adjudication.objects.iterator():
        said = [row.insurance_cents, row.discount_cents, row.patient_cents]
        moved = [sums[row.transaction_id][bucket] for bucket in buckets]
        if said != moved:
            yield f"Adjudication {row.pk} says {said} cents, its entries say {moved}."
    posted = LedgerTransaction.objects.filter(kind=TransactionKind.ADJUDICATION)
    for pk in posted.filter(adjudication__isnull=True).values_list("pk", flat=True).iterator():
        yield f"Transaction {pk} posts a decision, which is not there."
    nothing = LedgerTransaction.objects.filter(adjudication__isnull=False).exclude(kind=TransactionKind.ADJUDICATION)
    for pk, kind in nothing.values_list("adjudication", "kind").iterator():
        yield f"Adjudication {pk} names a transaction that posts no decision but a {kind}."


def _names() -> Iterator[str]:
    """Each guarantor is found by the last name that statements print, where anything of it can be typed."""
    known = set(GuarantorNameKey.objects.values_list("guarantor", "key").iterator())
    for pk, name in Guarantor.objects.values_list("pk", "family_name").iterator():
        if (key := name_key(name)) and (pk, key) not in known:
            yield f"Guarantor {pk} cannot be found by the last name they have."
