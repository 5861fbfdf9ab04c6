"""Run by `manage.py work`."""

import datetime as dt

from django.tasks import task
from django.utils import timezone

from billing.payments import events
from billing.payments.models import ProviderEvent
from billing.payments.states import EventState


@task()
def apply_event(event_id: int) -> None:
    again_at = events.apply(event_id=event_id, at=timezone.now())
    if again_at is not None:
        apply_event.using(run_after=again_at).enqueue(event_id)


def sweep(at: dt.datetime) -> int:
    """Queues again what is long due because a worker died with it; returns how many."""
    stale = ProviderEvent.objects.filter(state=EventState.RECEIVED, next_try_at__lte=at - events.CLAIM)
    found = stale.order_by("next_try_at").values_list("pk", flat=True)[:500]
    for pk in found:
        apply_event.enqueue(pk)
    return len(found)
