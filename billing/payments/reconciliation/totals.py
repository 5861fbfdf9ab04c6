"""The provider's total of a day against the ledger's (payments.md §6)."""

import datetime as dt

from django.db.models import Sum
from django.utils import timezone

from billing import money
from billing.ledger.choices import Bucket, WorkKind
from billing.ledger.models import LedgerEntry
from billing.ledger.work import open_work_item
from billing.payments.gateways.registry import gateway
from billing.payments.reconciliation.models import DailyTotal


def compare(day: dt.date, at: dt.datetime) -> DailyTotal:
    """Asks the provider, sums the ledger, and keeps both; a difference becomes a work item. Raises GatewayError."""
    provider = gateway().code
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    total, _made = DailyTotal.objects.update_or_create(
        provider=provider,
        day=day,
        defaults={
            "provider_cents": gateway().net_between(start, end),
            "ledger_cents": ledger_total(provider, day),
            "compared_at": at,
        },
    )
    if total.difference_cents:
        theirs, ours = money.format_cents(total.provider_cents), money.format_cents(total.ledger_cents)
        note = f"{day}: provider {theirs}, ledger {ours}."
        open_work_item(kind=WorkKind.TOTALS_DIFFER, cause=f"{provider}:{day}", at=at, note=note)
    return total


def ledger_total(provider: str, day: dt.date) -> int:
    """Cents that the ledger says the provider's balance gained on that day."""
    entries = LedgerEntry.objects.filter(
        bucket=Bucket.PROCESSOR, transaction__source=provider, transaction__effective_date=day
    )
    return entries.aggregate(sum=Sum("cents"))["sum"] or 0
