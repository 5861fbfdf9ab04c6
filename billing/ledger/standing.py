"""Where the money of a payment stands now, as its entries say."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Sum

from billing.ledger.choices import Bucket
from billing.ledger.models import GuarantorAccount, LedgerEntry


def standing_of(payment_ref: str) -> dict[tuple[str, uuid.UUID | None], int]:
    """By bucket and visit, the cents of a payment that stand there now; what came in is negative."""
    grouped = LedgerEntry.objects.filter(payment_ref=payment_ref).order_by().values_list("bucket", "visit")
    found: dict[tuple[str, uuid.UUID | None], int] = defaultdict(int)
    for bucket, visit_id, sum_cents in grouped.annotate(Sum("cents")):
        found[bucket, visit_id] = -sum_cents
    return found


def unused_of(payment_ref: str, account: GuarantorAccount | None) -> dict[Bucket, int]:
    """The cents of a payment that pay for nothing now: what waits to go back, and credit that nobody has used."""
    return unused_in(standing_of(payment_ref), account)


def unused_in(
    standing: Mapping[tuple[str, uuid.UUID | None], int], account: GuarantorAccount | None
) -> dict[Bucket, int]:
    """The same, of a payment that is known to stand so."""
    credit_cents = min(standing[Bucket.CREDIT, None], account.credit_cents) if account else 0
    return {
        Bucket.REFUNDABLE: max(standing[Bucket.REFUNDABLE, None], 0),
        Bucket.CREDIT: max(credit_cents, 0),
    }


def waiting_in(*buckets: Bucket) -> QuerySet[LedgerEntry, Any]:
    """The references of payments of which something stands in one of these buckets, for a subquery."""
    entries = LedgerEntry.objects.filter(bucket__in=buckets).exclude(payment_ref="").order_by()
    summed = entries.values("payment_ref", "bucket").annotate(sum=Sum("cents"))
    return summed.exclude(sum=0).values("payment_ref")
