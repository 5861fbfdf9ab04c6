"""Reads the provider's own list of what it told us, and works the notices that never arrived or never ended."""

import datetime as dt

from billing.payments import events, notices
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderEvent
from billing.payments.reconciliation.models import ReconciliationRun
from billing.payments.reconciliation.report import isolated

MOST = 5_000


def look(run: ReconciliationRun, since: dt.datetime, at: dt.datetime) -> None:
    """Stores and works every notice since `since` that is not known."""
    known = set(
        ProviderEvent.objects.filter(provider=run.provider, received_at__gte=since).values_list("event_id", flat=True)
    )
    unknown = (notice for notice in gateway().notices_since(since) if notice.event_id not in known)
    for number, notice in enumerate(unknown):
        if number >= MOST:
            raise RuntimeError("more lost notices than one run works; the next one goes on")
        with isolated(run, f"notice {notice.event_id}"):
            event, is_new = notices.keep(notice=notice, at=at)
            run.notices += is_new
            events.apply(event_id=event.pk, at=at)
