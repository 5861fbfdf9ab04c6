"""A worker dies while it delivers: the mail goes out at least once, never not at all, and always under one Message-ID."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from messaging.cases.actions import KIND_RECEIVED
from records.notifications import actions, delivery, tasks
from records.notifications.models import Notification
from tests.records.notifications.fake_smtp import FakeSmtp, Mood, certificate
from tests.records.notifications.steps import smtp

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DIED = -signal.SIGKILL


@pytest.fixture
def pem(tmp_path, monkeypatch):
    """A certificate that the workers trust."""
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@pytest.fixture
def queued() -> Notification:
    context = {"ref": "0" * 32, "number": "LK-AAAA-AAAA"}
    actions.notify(kind=KIND_RECEIVED, cause="case:1", at=timezone.now(), address="ana@example.org", context=context)
    return Notification.objects.get()


def worker(point: str, queued: Notification, port: int) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    where = f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    return subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.records.notifications.dying", point, str(queued.pk), str(port)],
        cwd=django_settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": where, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        stderr=subprocess.PIPE,
    )


def followed_up(queued: Notification, settings, port: int) -> None:
    """Another worker comes by when the dead one's claim is over."""
    settings.MAILERS = smtp(port, timeout=5)
    later = timezone.now() + 2 * delivery.CLAIM + dt.timedelta(seconds=1)
    waiting = DBTaskResult.objects.count()
    if tasks.sweep(later):
        assert DBTaskResult.objects.count() == waiting + 1
    delivery.deliver(notification_id=queued.pk, at=later)
    delivery.deliver(notification_id=queued.pk, at=later + dt.timedelta(days=1))
    queued.refresh_from_db()


@pytest.mark.parametrize(
    ("point", "copies"),
    [
        ("before the mail server is asked", 1),
        ("after the mail server took it", 2),
        ("after it was noted", 1),
    ],
    ids=["before", "taken", "noted"],
)
def test_mail_of_a_worker_that_dies_goes_out_under_one_id(queued, settings, pem, point, copies):
    with FakeSmtp(pem) as server:
        process = worker(point, queued, server.port)
        _out, error = process.communicate(timeout=60)
        assert process.returncode == DIED, error.decode()[-2000:]
        followed_up(queued, settings, server.port)
    assert [message["Message-ID"] for message in server.messages] == [queued.message_id] * copies
    assert queued.state == "sent"


def test_worker_that_is_killed_as_it_waits_for_the_answer_is_followed_by_another(queued, settings, pem):
    with FakeSmtp(pem, Mood.HANGS_AT_THE_END) as server:
        process = worker("as it waits for the answer", queued, server.port)
        assert server.got_message.wait(timeout=60)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == DIED
        queued.refresh_from_db()
        assert (queued.state, queued.tries) == ("queued", 1)
        assert delivery.deliver(notification_id=queued.pk, at=timezone.now()) is None  # still the dead one's
        assert len(server.messages) == 1
        server.mood = Mood.SOUND
        followed_up(queued, settings, server.port)
    assert {message["Message-ID"] for message in server.messages} == {queued.message_id}
    assert len(server.messages) == 2
    assert queued.state == "sent"
