"""One comparison with the provider, step by step; each step and each item stands alone."""

import datetime as dt

from django.db.models import F, Q
from django.utils import timezone

from billing.payments.gateways.registry import gateway, is_open
from billing.payments.reconciliation import attempts, disputes, events, orphans, refunds, totals
from billing.payments.reconciliation.models import DailyTotal, ReconciliationRun
from billing.payments.reconciliation.report import is_answering, isolated

# Providers list what happened late: each run looks again at this much before the last whole one.
OVERLAP = dt.timedelta(minutes=15)
# A provider keeps its list of events for 30 days (payments.md §6).
FARTHEST = dt.timedelta(days=30)
DAYS_BACK = 7
# How soon a day that differs is compared again.
AGAIN_AFTER = dt.timedelta(hours=1)
KEEP = dt.timedelta(days=30)


def reconcile(at: dt.datetime) -> ReconciliationRun | None:
    """Compares everything that can be out of step, mends it, and keeps a report; None when nothing is payable."""
    if not is_open():
        return None
    run = ReconciliationRun(provider=gateway().code, started_at=at)
    since = _since(run.provider, at)
    attempts.look(run, at)
    refunds.look(run, at)
    disputes.look(run, at)
    failed_before = run.failed
    with isolated(run, "the list of notices"):
        events.look(run, since, at)
    with isolated(run, "the list of checkouts"):
        orphans.look_at_pages(run, since, at)
    run.is_whole = run.failed == failed_before
    orphans.look_at_payments(run, at)
    _compare_days(run, at)
    run.save()
    ReconciliationRun.objects.filter(started_at__lt=at - KEEP).delete()
    return run


def _since(provider: str, at: dt.datetime) -> dt.datetime:
    runs = ReconciliationRun.objects.filter(provider=provider, is_whole=True)
    last = runs.values_list("started_at", flat=True).first()
    return max(last - OVERLAP, at - FARTHEST) if last else at - FARTHEST


def _compare_days(run: ReconciliationRun, at: dt.datetime) -> None:
    """Each whole day until it agrees, a few days late at most when nobody ran in between.

    A refund that a bank takes days to confirm is posted on the day on which the provider took it.
    """
    today = timezone.localdate(at)
    days = {today - dt.timedelta(days=back) for back in range(1, DAYS_BACK + 1)}
    done = DailyTotal.objects.filter(provider=run.provider, day__in=days)
    done = done.filter(Q(provider_cents=F("ledger_cents")) | Q(compared_at__gt=at - AGAIN_AFTER))
    for day in sorted(days - set(done.values_list("day", flat=True))):
        if not is_answering(run):
            break
        with isolated(run, f"the total of {day}"):
            totals.compare(day, at)
