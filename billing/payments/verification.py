"""Whether what the provider took and gave back, and what the ledger says of it, are the same."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import LedgerEntry, LedgerTransaction
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
    providers = ProviderPayment.objects.values("provider")
    posted = LedgerTransaction.objects.filter(kind=TransactionKind.PAYMENT, source__in=providers)
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
    refunds = Refund.objects.filter(payment__currency=CURRENCY)
    for refund in refunds.filter(~Exists(posted), state=RefundState.SUCCEEDED).iterator():
        yield f"Refund {refund.pk} succeeded and is not posted."
    for refund in refunds.filter(Exists(posted.filter(reversed_by__isnull=True))).exclude(state=RefundState.SUCCEEDED):
        yield f"Refund {refund.pk} is {refund.state} and still posted."
    gone = Refund.objects.filter(payment=OuterRef("pk")).counted().order_by().values("payment")
    refunded = ProviderPayment.objects.annotate(gone=Coalesce(gone.annotate(sum=Sum("amount_cents")).values("sum"), 0))
    refunded = refunded.filter(gone__gt=F("amount_cents"))
    for ref, cents, gone_cents in refunded.values_list("ref", "amount_cents", "gone").iterator():
        yield f"Payment {ref} of {cents} cents has refunds of {gone_cents}."


def _disputes() -> Iterator[str]:
    rounds = Q(source_ref=OuterRef("ref")) | Q(source_ref__startswith=Concat(OuterRef("ref"), Value("#")))
    standing = LedgerTransaction.objects.filter(rounds, source=OuterRef("payment__provider"), reversed_by__isnull=True)
    withheld = standing.filter(kind=TransactionKind.CHARGEBACK)
    lost = standing.filter(kind=TransactionKind.CHARGEBACK_LOST)
    disputes = Dispute.objects.filter(payment__currency=CURRENCY)
    for dispute in disputes.filter(~Exists(withheld), is_withdrawn=True).iterator():
        yield f"Chargeback {dispute.ref} took money and is not posted."
    for dispute in disputes.filter(Exists(withheld), is_withdrawn=False).iterator():
        yield f"Chargeback {dispute.ref} keeps no money and is still posted."
    for dispute in disputes.filter(~Exists(lost), state=DisputeState.LOST).iterator():
        yield f"Chargeback {dispute.ref} is lost, and its loss is not posted."
