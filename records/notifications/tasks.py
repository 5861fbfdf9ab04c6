"""Run by `manage.py work`."""

import datetime as dt
import uuid

from django.tasks import task
from django.utils import timezone

from records.notifications import delivery
from records.notifications.models import Notification


@task()
def deliver(notification_id: str) -> None:
    again_at = delivery.deliver(notification_id=uuid.UUID(notification_id), at=timezone.now())
    if again_at is not None:
        deliver.using(run_after=again_at).enqueue(notification_id)


def sweep(at: dt.datetime) -> int:
    """Queues again what is long due because a worker died with it; returns how many."""
    stale = Notification.objects.due(at - delivery.CLAIM).values_list("pk", flat=True)[:500]
    for pk in stale:
        deliver.enqueue(str(pk))
    return len(stale)
