import datetime as dt

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing.payments.gateways.protocol import BadNotice
from billing.sandbox import actions, delivery, tasks
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.models import Event, Fault
from records.work.backoff import MAX_TRIES
from tests.factories.sandbox import open_checkout, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

received: list[str] = []


def sink(*, raw, headers, at):
    received.append(SandboxGateway().authenticate_notice(raw, headers, at).event_id)


def closed_door(*, raw, headers, at):
    raise BadNotice("closed")


@pytest.fixture(autouse=True)
def merchant(settings):
    received.clear()
    settings.SANDBOX_NOTICE_SINK = f"{__name__}.sink"


def _event(*faults) -> Event:
    for kind in faults:
        Fault.objects.create(kind=kind)
    pay(open_checkout().ref)
    return Event.objects.get()


def test_event_is_queued_and_delivered_once():
    event = _event()
    assert DBTaskResult.objects.count() == 1
    now = timezone.now()
    assert delivery.deliver(event_id=event.pk, at=now) is None
    assert delivery.deliver(event_id=event.pk, at=now + dt.timedelta(hours=1)) is None
    assert received == [event.ref]


def test_notice_that_is_not_taken_in_is_sent_again_until_it_is(settings):
    settings.SANDBOX_NOTICE_SINK = f"{__name__}.closed_door"
    event = _event()
    now = timezone.now()
    again = delivery.deliver(event_id=event.pk, at=now)
    assert again == now + dt.timedelta(seconds=30)
    settings.SANDBOX_NOTICE_SINK = f"{__name__}.sink"
    assert delivery.deliver(event_id=event.pk, at=now) is None  # not due yet
    assert received == []
    delivery.deliver(event_id=event.pk, at=again)
    assert received == [event.ref]


def test_notice_is_given_up_in_the_end(settings):
    settings.SANDBOX_NOTICE_SINK = f"{__name__}.closed_door"
    event = _event()
    Event.objects.update(tries=MAX_TRIES - 1)
    assert delivery.deliver(event_id=event.pk, at=timezone.now()) is None
    event.refresh_from_db()
    assert (event.due_at, event.delivered_at) == (None, None)


def test_task_queues_itself_again_for_later(settings):
    settings.SANDBOX_NOTICE_SINK = f"{__name__}.closed_door"
    tasks.deliver.call(_event().pk)
    now = timezone.now()
    assert DBTaskResult.objects.filter(run_after__range=(now, now + dt.timedelta(minutes=1))).count() == 1


def test_job_delivers_what_a_worker_left_lying():
    event = _event()
    assert delivery.deliver_due(event.created_at) == 0
    assert delivery.deliver_due(event.created_at + delivery.CLAIM) == 1
    assert received == [event.ref]


def test_notice_can_be_lost():
    event = _event(Fault.Kind.NOTICE_LOST)
    assert not DBTaskResult.objects.exists()
    assert delivery.deliver(event_id=event.pk, at=timezone.now()) is None
    assert delivery.deliver_due(timezone.now() + dt.timedelta(days=1)) == 0
    assert received == []


def test_notice_can_come_twice():
    event = _event(Fault.Kind.NOTICE_TWICE)
    delivery.deliver(event_id=event.pk, at=timezone.now())
    assert received == [event.ref, event.ref]


def test_notice_can_be_overtaken_by_a_later_one():
    Fault.objects.create(kind=Fault.Kind.NOTICE_LATE)
    late_checkout, checkout = open_checkout(), open_checkout()
    pay(late_checkout.ref)
    actions.close(ref=checkout.ref, at=timezone.now())
    now = timezone.now() + delivery.CLAIM
    delivery.deliver_due(now)
    delivery.deliver_due(now + dt.timedelta(minutes=10))
    late, early = Event.objects.order_by("pk")
    assert received == [early.ref, late.ref]
