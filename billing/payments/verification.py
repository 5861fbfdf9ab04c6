"""Whether what the provider took and gave back, and what the ledger says of it, are the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import LedgerEntry, LedgerTransaction
from billing.payments import dollars
from billing.payments.disputes.models import Dispute, DisputeState
from billing.payments.models import CURRENCY, PaymentAttempt, ProviderPayment
from billing.payments.reconciliation import totals
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundState
from billing.payments.states import AttemptState

DAYS = 7


def faults() -> Iterator[str]:
    """Every payment, refund, chargeback and attempt that the ledger tells otherwise."""
    yield from _payments()
    yield from _attempts()
    yield from _refunds()
    yield from _disputes()


def differing_days(at: dt.datetime) -> Iterator[str]:
    """The last whole days on which the provider's total is not the ledger's. Raises GatewayError."""
    today = timezone.localdate(at)
    for back in range(DAYS, 0, -1):
        total = totals.compare(today - dt.timedelta(days=back), at)
        if total.difference_cents:
            yield f"On {total.day} the provider gained {total.provider_cents} cents, the ledger {total.ledger_cents}."


def _payments() -> Iterator[str]:
    for payment in ProviderPayment.objects.unposted().iterator():
        yield f"Payment {payment.ref} succeeded and is not posted."
    posted = _of_providers(TransactionKind.PAYMENT)
    ours = ProviderPayment.objects.filter(provider=OuterRef("source"), ref=OuterRef("source_ref"))
    for orphan in posted.filter(~Exists(ours)).iterator():
        yield f"Transaction {orphan.pk} posts payment {orphan.source_ref}, which no provider payment shows."
    processor = LedgerEntry.objects.filter(
        transaction__kind=TransactionKind.PAYMENT, bucket=Bucket.PROCESSOR, transaction__source=OuterRef("provider")
    )
    posted_cents = processor.filter(payment_ref=OuterRef("ref")).order_by().values("cents")[:1]
    differing = ProviderPayment.objects.filter(currency=CURRENCY).annotate(posted_cents=posted_cents)
    differing = differing.exclude(posted_cents__isnull=True).exclude(posted_cents=F("amount_cents"))
    for ref, cents, posted_as in differing.values_list("ref", "amount_cents", "posted_cents").iterator():
        yield f"Payment {ref} is {cents} cents, posted as {posted_as}."


def _attempts() -> Iterator[str]:
    paid = PaymentAttempt.objects.filter(state=AttemptState.PAID)
    money = ProviderPayment.objects.filter(attempt=OuterRef("pk"), status="succeeded")
    for attempt in paid.filter(~Exists(money)).iterator():
        yield f"Attempt {attempt.pk} is paid, and no payment shows it."
    unpaid = PaymentAttempt.objects.exclude(state=AttemptState.PAID)
    for attempt in unpaid.filter(Exists(money)).iterator():
        yield f"Attempt {attempt.pk} is {attempt.state} though a payment succeeded."
    meant = PaymentAttempt.objects.annotate(meant=Sum("allocations__cents"), visits=Count("allocations"))
    for attempt in meant.filter(~Q(meant=F("amount_cents")), visits__gt=0).iterator():
        yield f"Attempt {attempt.pk} is for {attempt.amount_cents} cents and allocates {attempt.meant}."


def _refunds() -> Iterator[str]:
    posted = LedgerTransaction.objects.filter(
        kind=TransactionKind.REFUND, source=OuterRef("payment__provider"), source_ref=OuterRef("ref")
    )
    in_dollars = Refund.objects.filter(payment__currency=CURRENCY)
    for refund in in_dollars.filter(~Exists(posted), state=RefundState.SUCCEEDED).iterator():
        yield f"Refund {refund.pk} succeeded and is not posted."
    standing = Refund.objects.filter(Exists(posted.filter(reversed_by__isnull=True)))
    for refund in standing.exclude(state=RefundState.SUCCEEDED):
        yield f"Refund {refund.pk} is {refund.state} and still posted."
    moved = _moved(TransactionKind.REFUND, Bucket.PROCESSOR)
    for refund in standing.select_related("payment").iterator():
        cents, sent = dollars.of(refund.payment, refund.amount_cents), moved[refund.payment.provider, str(refund.ref)]
        if sent != cents:
            yield f"Refund {refund.pk} is {cents} cents, posted as {sent}."
    ours = Refund.objects.filter(payment__provider=OuterRef("source"), ref=OuterRef("source_ref"))
    orphans = _of_providers(TransactionKind.REFUND).filter(~Exists(ours))
    for orphan in orphans.iterator():
        yield f"Transaction {orphan.pk} posts refund {orphan.source_ref}, which is not there."
    gone = Refund.objects.filter(payment=OuterRef("pk")).counted().order_by().values("payment")
    refunded = ProviderPayment.objects.annotate(gone=Coalesce(gone.annotate(sum=Sum("amount_cents")).values("sum"), 0))
    refunded = refunded.filter(gone__gt=F("amount_cents"))
    for ref, cents, gone_cents in refunded.values_list("ref", "amount_cents", "gone").iterator():
        yield f"Payment {ref} of {cents} cents has refunds of {gone_cents}."


def _disputes() -> Iterator[str]:
    """What is withheld and what is lost stands for the amount that the bank asks for, and for nothing else."""
    taken = _moved(TransactionKind.CHARGEBACK, Bucket.DISPUTE_HOLD)
    lost = _moved(TransactionKind.CHARGEBACK_LOST, Bucket.DISPUTE_HOLD)
    for dispute in Dispute.objects.select_related("payment").iterator():
        key = dispute.payment.provider, dispute.ref
        withheld, loss = taken.pop(key, 0), lost.pop(key, 0)
        cents = dollars.of(dispute.payment, dispute.amount_cents)
        if dispute.is_withdrawn and cents and not withheld:
            yield f"Chargeback {dispute.ref} took money and is not posted."
        elif dispute.is_withdrawn and withheld != cents:
            yield f"Chargeback {dispute.ref} is about {cents} cents, and {withheld} are withheld."
        if withheld and not dispute.is_withdrawn:
            yield f"Chargeback {dispute.ref} keeps no money and is still posted."
        if dispute.state == DisputeState.LOST and cents and not loss:
            yield f"Chargeback {dispute.ref} is lost, and its loss is not posted."
        elif loss and loss != (cents if dispute.is_withdrawn else 0):
            yield f"Chargeback {dispute.ref} is about {cents} cents, and {loss} are posted as lost."
    for _provider, ref in {**taken, **lost}:
        yield f"Chargeback {ref} is posted, and is not there."


def _moved(kind: TransactionKind, bucket: Bucket) -> dict[tuple[str, str], int]:
    """By provider and its reference, whatever the round, the cents that were posted and not undone."""
    standing = _of_providers(kind).filter(reversed_by__isnull=True, entries__bucket=bucket)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for source, ref, cents in standing.values_list("source", "source_ref", "entries__cents").iterator():
        found[source, ref.partition("#")[0]] += abs(cents)
    return found


def _of_providers(kind: TransactionKind) -> QuerySet[LedgerTransaction]:
    """Transactions of a kind that payment providers brought about, and not the desk."""
    providers = ProviderPayment.objects.values("provider")
    return LedgerTransaction.objects.filter(kind=kind, source__in=providers)
