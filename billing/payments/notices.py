"""What the provider tells us: checked, stored once, answered at once; a worker does the rest (events.py)."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from billing.payments import tasks
from billing.payments.gateways.protocol import BadNotice, Notice
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderEvent
from billing.payments.states import EventState


def ingest(*, raw: bytes, headers: Mapping[str, str], at: dt.datetime) -> bool:
    """Stores a notice and queues its work; False when it was known already. Raises BadNotice."""
    notice = gateway().authenticate_notice(raw, headers, at)
    if notice.livemode != gateway().livemode:
        raise BadNotice("mode")
    return keep(notice=notice, at=at)[1]


@transaction.atomic
def keep(*, notice: Notice, at: dt.datetime) -> tuple[ProviderEvent, bool]:
    """The row of a notice, and whether it is new; a new one is queued to be worked."""
    event, is_new = ProviderEvent.objects.get_or_create(
        provider=gateway().code,
        event_id=notice.event_id,
        defaults={
            "type": notice.type[:100],
            "checkout_ref": notice.checkout_ref,
            "payment_ref": notice.payment_ref,
            "livemode": notice.livemode,
            "received_at": at,
            "next_try_at": at,
        },
    )
    if is_new:
        tasks.apply_event.enqueue(event.pk)
    return event, is_new


@transaction.atomic
def revive(*, events: QuerySet[ProviderEvent], at: dt.datetime) -> int:
    """Queues notices that were given up once more, as if they had just come; returns how many."""
    dead = list(events.filter(state=EventState.DEAD).select_for_update())
    for event in dead:
        event.state, event.tries, event.next_try_at = EventState.RECEIVED, 0, at
        event.save(update_fields=["state", "tries", "next_try_at"])
        tasks.apply_event.enqueue(event.pk)
    return len(dead)
