import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing.ledger.choices import Bucket
from billing.payments import events, tasks
from billing.payments.gateways.registry import gateway
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.payments.reconciliation import run as reconciliation
from billing.sandbox import actions as sandbox
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault
from records.work.backoff import MAX_TRIES
from tests.billing.payments.steps import (
    apply_notices,
    hear,
    in_bucket,
    open_page,
    owed,
    posted,
    send_notices,
    start,
    work,
)
from tests.factories.billing import ProviderEventFactory, VisitFactory
from tests.factories.sandbox import open_checkout, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def _state(attempt):
    return PaymentAttempt.objects.get(pk=attempt.pk).state


def test_notice_settles_the_attempt_it_points_at(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    hear()
    assert (_state(attempt), owed(visit)) == ("paid", 0)
    assert ProviderEvent.objects.get().state == "done"


def test_notice_that_comes_twice_posts_once(visit):
    Fault.objects.create(kind=Fault.Kind.NOTICE_TWICE)
    pay(open_page(start(visit)).checkout_ref)
    hear()
    hear()
    assert (ProviderEvent.objects.count(), posted()) == (1, 1)


@pytest.mark.parametrize("backwards", [False, True])
def test_order_of_notices_does_not_matter(visit, backwards):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.DECLINED)
    pay(attempt.checkout_ref, Method.BANK)
    sandbox.decide_banks(timezone.now())
    send_notices()
    found = ProviderEvent.objects.order_by("-pk" if backwards else "pk")
    assert found.count() == 3
    for event in found:
        events.apply(event_id=event.pk, at=timezone.now())
    assert (_state(attempt), owed(visit), posted()) == ("paid", 0, 1)


def test_notice_after_expiry_posts_the_late_payment(visit):
    attempt = open_page(start(visit))
    sandbox.close(ref=attempt.checkout_ref, at=timezone.now())
    hear()
    assert _state(attempt) == "expired"
    Checkout.objects.update(status="open")
    pay(attempt.checkout_ref)
    hear()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.is_late, owed(visit)) == ("paid", True, 0)


def test_page_whose_opening_was_never_stored_is_found_by_its_attempt(visit):
    attempt = start(visit)
    pay(open_checkout(attempt_id=attempt.pk).ref)
    hear()
    assert (_state(attempt), owed(visit), posted()) == ("paid", 0, 1)


def test_bank_payment_on_such_a_page_is_looked_after_from_then_on(visit):
    attempt = start(visit)
    pay(open_checkout(attempt_id=attempt.pk).ref, Method.BANK)
    hear()
    assert _state(attempt) == "processing"
    Fault.objects.create(kind=Fault.Kind.NOTICE_LOST)
    sandbox.decide_banks(timezone.now())
    reconciliation.reconcile(timezone.now())
    assert (_state(attempt), owed(visit)) == ("paid", 0)


def test_end_of_a_page_that_was_never_stored_leaves_the_open_one_alone(visit):
    attempt = open_page(start(visit))
    lost = open_checkout(attempt_id=attempt.pk)
    sandbox.close(ref=lost.ref, at=timezone.now())
    hear()
    assert _state(attempt) == "open"
    pay(attempt.checkout_ref)
    hear()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.is_late) == ("paid", False)


def test_payment_of_an_unknown_attempt_waits_in_suspense_and_goes_before_staff():
    pay(open_checkout().ref)
    hear()
    hear()
    assert (work(), posted(), in_bucket(Bucket.SUSPENSE)) == (["unknown_payment"], 1, -125_00)
    assert ProviderEvent.objects.get().state == "done"


def test_unknown_page_that_nobody_paid_needs_no_one():
    sandbox.close(ref=open_checkout().ref, at=timezone.now())
    hear()
    assert work() == []
    assert ProviderEvent.objects.get().state == "ignored"


def test_notice_that_points_nowhere_is_ignored():
    event = ProviderEventFactory(checkout_ref="")
    assert events.apply(event_id=event.pk, at=timezone.now()) is None
    event.refresh_from_db()
    assert event.state == "ignored"


def test_provider_that_does_not_answer_postpones_the_notice(visit):
    pay(open_page(start(visit)).checkout_ref)
    send_notices()
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_checkout")
    event, now = ProviderEvent.objects.get(), timezone.now()
    again = events.apply(event_id=event.pk, at=now)
    assert again == now + dt.timedelta(seconds=30)
    event.refresh_from_db()
    assert (event.state, event.tries, event.error[:7]) == ("received", 1, "NotSent")
    assert events.apply(event_id=event.pk, at=now) is None  # not due yet
    assert events.apply(event_id=event.pk, at=again) is None
    event.refresh_from_db()
    assert (event.state, event.error, owed(visit)) == ("done", "", 0)


def test_notice_is_given_up_in_the_end():
    event = ProviderEventFactory(checkout_ref="sbx_cs_gone", tries=MAX_TRIES - 1)
    assert events.apply(event_id=event.pk, at=timezone.now()) is None
    event.refresh_from_db()
    assert (event.state, event.tries) == ("dead", MAX_TRIES)


class Confused(SandboxGateway):
    """Answers with something that trips our own code."""

    def read_checkout(self, ref):
        raise KeyError("John Doe")


def test_notice_that_trips_our_own_code_is_given_up_too_and_names_nobody(settings, caplog):
    settings.PAYMENT_GATEWAY = f"{__name__}.Confused"
    gateway.cache_clear()
    event = ProviderEventFactory(checkout_ref="sbx_cs_1", tries=MAX_TRIES - 2)
    again_at = events.apply(event_id=event.pk, at=timezone.now())
    assert again_at is not None
    assert events.apply(event_id=event.pk, at=again_at) is None
    event.refresh_from_db()
    gateway.cache_clear()
    assert (event.state, event.error, work()) == ("dead", "KeyError", ["dead_notice"])
    assert "John Doe" not in caplog.text


def test_two_workers_do_not_apply_the_same_notice():
    event, now = ProviderEventFactory(checkout_ref=""), timezone.now()
    ProviderEvent.objects.update(next_try_at=now + events.CLAIM)  # as the other worker's claim left it
    events.apply(event_id=event.pk, at=now)
    event.refresh_from_db()
    assert (event.state, event.tries) == ("received", 0)


def test_task_queues_itself_again_for_later():
    event = ProviderEventFactory(checkout_ref="sbx_cs_gone")
    tasks.apply_event.call(event.pk)
    assert DBTaskResult.objects.get().run_after > timezone.now()


def test_sweep_queues_what_a_worker_left_lying():
    event = ProviderEventFactory()
    ProviderEventFactory(state="done")
    assert tasks.sweep(event.received_at) == 0
    assert tasks.sweep(event.received_at + events.CLAIM) == 1
    assert DBTaskResult.objects.count() == 1
    apply_notices()
    assert tasks.sweep(event.received_at + events.CLAIM) == 0


@pytest.mark.django_db(transaction=True)
def test_worker_carries_a_payment_from_the_providers_page_into_the_ledger(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    call_command("work", once=True)
    assert (_state(attempt), owed(visit), posted()) == ("paid", 0, 1)
