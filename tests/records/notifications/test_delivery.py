import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from records.notifications import actions, delivery, kinds, tasks
from records.notifications.models import Notification
from records.work.backoff import MAX_TRIES
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KIND = kinds.register("test", subject="You have news", template="notifications/test")


class DownServer(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise smtplib.SMTPServerDisconnected("connection lost")


class PickyServer(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise ValueError("Invalid address")


@pytest.fixture(autouse=True)
def templates(settings, tmp_path):
    folder = tmp_path / "notifications" / "test"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("Open the portal.")
    (folder / "body.html").write_text("<p>Open the portal.</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


@pytest.fixture
def queued() -> Notification:
    actions.notify(kind=KIND, cause="test:1", at=NOW, address="ana@example.org")
    return Notification.objects.get()


def test_message_is_sent_once_under_its_own_id(queued):
    assert delivery.deliver(notification_id=queued.pk, at=NOW) is None
    assert delivery.deliver(notification_id=queued.pk, at=NOW + dt.timedelta(days=1)) is None
    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    assert message.extra_headers["Message-ID"] == queued.message_id
    queued.refresh_from_db()
    assert (queued.state, queued.sent_at) == ("sent", NOW)


def test_same_cause_tells_the_same_person_once(queued):
    actions.notify(kind=KIND, cause="test:1", at=NOW, user=UserFactory(email="ana@example.org"))
    actions.notify(kind=KIND, cause="test:1", at=NOW, address="bea@example.org")
    assert sorted(Notification.objects.values_list("address", flat=True)) == ["ana@example.org", "bea@example.org"]
    assert DBTaskResult.objects.count() == 2


def test_mail_server_that_is_down_postpones(queued, settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.DownServer"}}
    again = delivery.deliver(notification_id=queued.pk, at=NOW)
    assert again == NOW + dt.timedelta(seconds=30)
    queued.refresh_from_db()
    assert (queued.state, queued.tries) == ("queued", 1)
    assert queued.error == "SMTPServerDisconnected: connection lost"


def test_after_the_last_try_it_is_dead_and_staff_see_why(queued, settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.DownServer"}}
    at = NOW
    for _ in range(MAX_TRIES):
        at += dt.timedelta(days=1)
        again = delivery.deliver(notification_id=queued.pk, at=at)
    queued.refresh_from_db()
    assert again is None
    assert (queued.state, queued.tries) == ("dead", MAX_TRIES)


def test_claimed_message_is_left_to_its_worker(queued):
    Notification.objects.update(next_try_at=NOW + delivery.CLAIM)
    assert delivery.deliver(notification_id=queued.pk, at=NOW) is None
    assert not mail.outbox


def test_message_of_a_worker_that_died_is_swept_up(queued):
    before = DBTaskResult.objects.count()
    assert tasks.sweep(NOW + dt.timedelta(minutes=1)) == 0
    assert tasks.sweep(NOW + delivery.CLAIM) == 1
    assert DBTaskResult.objects.count() == before + 1


def test_nothing_is_told_when_the_cause_rolls_back():
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        actions.notify(kind=KIND, cause="test:2", at=timezone.now(), address="ana@example.org")
        raise ValueError("no")
    assert not Notification.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        actions.notify(kind="nonsense", cause="test:1", at=NOW, address="ana@example.org")


def test_message_that_no_worker_survives_is_given_up_at_last(queued):
    Notification.objects.update(tries=MAX_TRIES)
    assert delivery.deliver(notification_id=queued.pk, at=NOW) is None
    queued.refresh_from_db()
    assert queued.state == "dead"
    assert "ended without an answer" in queued.error
    assert not mail.outbox


def test_address_that_no_mail_can_have_is_given_up_and_not_tried_for_ever(settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.PickyServer"}}
    actions.notify(kind=KIND, cause="test:3", at=NOW, address="ana@example.org")
    queued, at = Notification.objects.get(), NOW
    for _ in range(MAX_TRIES):
        with pytest.raises(ValueError, match="Invalid address"):
            delivery.deliver(notification_id=queued.pk, at=at)
        at += delivery.CLAIM
    assert delivery.deliver(notification_id=queued.pk, at=at) is None
    queued.refresh_from_db()
    assert queued.state == "dead"
