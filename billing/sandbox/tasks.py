"""Run by `manage.py work`."""

from django.tasks import task
from django.utils import timezone

from billing.sandbox import delivery


@task()
def deliver(event_id: int) -> None:
    again_at = delivery.deliver(event_id=event_id, at=timezone.now())
    if again_at is not None:
        deliver.using(run_after=again_at).enqueue(event_id)
