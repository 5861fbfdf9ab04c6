"""Run by `manage.py work`."""

import datetime as dt
import uuid

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from billing.payments import actions, events
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.payments.states import AttemptState, EventState


@task()
def apply_event(event_id: int) -> None:
    again_at = events.apply(event_id=event_id, at=timezone.now())
    if again_at is not None:
        apply_event.using(run_after=again_at).enqueue(event_id)


@task()
def open_page(attempt_id: str, tries: int = 1) -> None:
    again_at = actions.ask_again(attempt_id=uuid.UUID(attempt_id), tries=tries, at=timezone.now())
    if again_at is not None:
        open_page.using(run_after=again_at).enqueue(attempt_id, tries + 1)


@transaction.atomic
def go_on(*, attempt: PaymentAttempt, at: dt.datetime) -> None:
    """Has a worker go on asking for the page that the payer waits for: one, however often they press."""
    waiting = PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.CREATED, next_ask_at__isnull=True)
    if waiting.update(next_ask_at=at):
        open_page.enqueue(str(attempt.pk))


def sweep(at: dt.datetime) -> int:
    """Queues again what is long due because a worker died with it; returns how many."""
    stale = ProviderEvent.objects.filter(state=EventState.RECEIVED, next_try_at__lte=at - events.CLAIM)
    found = stale.order_by("next_try_at").values_list("pk", flat=True)[:500]
    for pk in found:
        apply_event.enqueue(pk)
    waited = PaymentAttempt.objects.filter(state=AttemptState.CREATED, next_ask_at__lte=at - actions.CLAIM)
    attempts = waited.order_by("next_ask_at").values_list("pk", flat=True)[:500]
    for attempt_id in attempts:
        open_page.enqueue(str(attempt_id))
    return len(found) + len(attempts)
