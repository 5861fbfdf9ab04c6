"""Handing a notice to the merchant until it is taken in, at least once.

The sink is named by a setting and called in place of an HTTP request, so that demo and tests need no port.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F
from django.utils.module_loading import import_string

from billing.payments.gateways.protocol import GatewayError
from billing.sandbox import faults, notices
from billing.sandbox.models import Event, Fault
from records.work.backoff import MAX_TRIES, wait_after

# How long a worker may take before another one believes that it died.
CLAIM = dt.timedelta(minutes=1)


def deliver(*, event_id: int, at: dt.datetime) -> dt.datetime | None:
    """Sends one notice that is due; returns when to try again, or None when nothing is left to do."""
    due = Event.objects.filter(pk=event_id, delivered_at__isnull=True, due_at__lte=at)
    if not due.update(due_at=at + CLAIM, tries=F("tries") + 1):
        return None
    event = Event.objects.get(pk=event_id)
    try:
        for _ in range(2 if faults.met(Fault.Kind.NOTICE_TWICE) else 1):
            _send(event, at)
    except (GatewayError, DatabaseError):
        event.due_at = at + wait_after(event.tries) if event.tries < MAX_TRIES else None
    else:
        event.delivered_at = at
    event.save(update_fields=["due_at", "delivered_at"])
    return event.due_at if event.delivered_at is None else None


def deliver_due(at: dt.datetime) -> int:
    """Sends what no worker has sent in time; returns how many. A periodic job."""
    stale = list(Event.objects.filter(delivered_at__isnull=True, due_at__lte=at - CLAIM).values_list("pk", flat=True))
    for pk in stale:
        deliver(event_id=pk, at=at)
    return len(stale)


def _send(event: Event, at: dt.datetime) -> None:
    sink: Callable[..., object] = import_string(settings.SANDBOX_NOTICE_SINK)
    raw = notices.body_of(event)
    sink(raw=raw, headers=notices.sign(raw, at), at=at)
