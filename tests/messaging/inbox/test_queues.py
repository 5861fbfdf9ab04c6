"""A conversation becomes work of another queue: once, by who may, and seen by staff alone."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from billing.ledger.work import WorkItem
from messaging.conversations.states import EventKind
from messaging.inbox import queues
from messaging.inbox.queues import QUEUES
from records.access.models import AccessLogEntry
from tests.factories.billing import VisitFactory
from tests.messaging.inbox.conftest import asked
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk(office):
    user = staff_in("Billing office", full_name="Bea Clerk")
    office.pool.members.add(user)
    return user


@pytest.fixture
def question(office):
    """A question about a visit's bill, asked by its owner."""
    visit = VisitFactory()
    return asked(
        office.pool, patient=None, owner=office.patient_user, topic="billing", account=visit.account, visit=visit
    )


def url(conversation, button="queue"):
    return reverse(f"admin:messaging_conversation_{button}", args=[conversation.pk])


def test_question_about_a_bill_becomes_billing_work_once(client, clerk, question):
    client.force_login(clerk)
    assert "Put it there" in client.get(url(question, "change")).text
    for _press in range(2):
        assert client.post(url(question), {"queue": "billing", "note": "Look at line 3"}).status_code == 302
    item = WorkItem.objects.get()
    assert (item.kind, item.account, item.visit) == ("question", question.account, question.visit)
    assert item.note == f"{question.number} Look at line 3"
    event = question.events.get(kind=EventKind.QUEUED)
    assert (event.by, event.detail) == (clerk, "billing")
    page = client.get(url(question, "change")).text
    assert "Became work elsewhere, Bea Clerk (billing)" in page
    assert "Put it there" not in page


def test_work_that_is_done_is_not_opened_again(clerk, question):
    now = timezone.now()
    assert queues.put(conversation_id=question.pk, queue=QUEUES["billing"], note="", by=clerk, at=now)
    WorkItem.objects.update(done_at=now, done_by=clerk)
    assert not queues.put(conversation_id=question.pk, queue=QUEUES["billing"], note="", by=clerk, at=now)
    assert WorkItem.objects.count() == 1


def test_who_may_not_do_the_work_cannot_hand_it_out(nurse_client, question):
    assert "Put it there" not in nurse_client.get(url(question, "change")).text
    assert nurse_client.post(url(question), {"queue": "billing"}).status_code == 403
    assert not WorkItem.objects.exists()


def test_who_may_only_read_messages_cannot_either(client, clerk, question):
    clerk.groups.clear()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_conversation", "change_workitem"]))
    client.force_login(clerk)
    assert "Put it there" not in client.get(url(question, "change")).text
    assert client.post(url(question), {"queue": "billing"}).status_code == 403


def test_conversation_of_another_pool_is_not_found(client, clerk, office, question):
    office.pool.members.remove(clerk)
    client.force_login(clerk)
    assert client.post(url(question), {"queue": "billing"}).status_code == 404


def test_what_is_about_no_bill_is_not_offered_and_refused(client, clerk, office):
    client.force_login(clerk)
    assert "Put it there" not in client.get(url(office.conversation, "change")).text
    with pytest.raises(PermissionDenied):
        queues.put(
            conversation_id=office.conversation.pk, queue=QUEUES["billing"], note="", by=clerk, at=timezone.now()
        )
    assert not WorkItem.objects.exists()


@pytest.mark.parametrize("data", [{}, {"queue": "nowhere"}, {"queue": "\0"}])
def test_queue_that_does_not_exist_is_not_found(client, clerk, question, data):
    client.force_login(clerk)
    assert client.post(url(question), data).status_code == 404


def test_note_that_is_too_long_is_refused_with_words(client, clerk, question):
    client.force_login(clerk)
    response = client.post(url(question), {"queue": "billing", "note": "x" * 401})
    assert response.status_code == 422
    assert not WorkItem.objects.exists()


def test_whoever_asked_sees_nothing_of_it(client, clerk, office, question):
    queues.put(conversation_id=question.pk, queue=QUEUES["billing"], note="CANARY-NOTE", by=clerk, at=timezone.now())
    client.force_login(office.patient_user)
    page = client.get(reverse("messaging:own_thread", kwargs={"conversation": question.pk})).text
    assert "My knee hurts." in page
    for secret in ("CANARY-NOTE", "work elsewhere", "Bea Clerk"):
        assert secret not in page


def test_it_is_logged_as_a_change(client, clerk, question):
    client.force_login(clerk)
    client.post(url(question), {"queue": "billing"})
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.actor_id, entry.verb, entry.object_id) == (clerk.pk, "change", f"conversation:{question.pk}")
