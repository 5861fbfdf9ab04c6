"""Mail by SMTP: nothing is ever said in clear, and a server that is down, slow or refusing postpones until it is dead."""

import datetime as dt
import logging
import socket

import pytest

from messaging.cases.actions import KIND_RECEIVED
from records.notifications import actions, delivery
from records.notifications.models import Notification
from records.work.backoff import MAX_TRIES
from tests.records.notifications.fake_smtp import FakeSmtp, Mood, certificate
from tests.records.notifications.steps import smtp

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("smtp"))


@pytest.fixture
def trusted(pem, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.fixture
def queued() -> Notification:
    context = {"ref": "0" * 32, "number": "LK-AAAA-AAAA"}
    actions.notify(kind=KIND_RECEIVED, cause="case:1", at=NOW, address="ana@example.org", context=context)
    return Notification.objects.get()


def send(queued, settings, port, *, at=NOW, timeout=5.0):
    settings.MAILERS = smtp(port, timeout=timeout)
    again = delivery.deliver(notification_id=queued.pk, at=at)
    queued.refresh_from_db()
    return again


def said(server):
    return b"".join(server.clear)


def test_mail_goes_out_over_tls_alone_under_its_own_id(queued, settings, pem, trusted):
    with FakeSmtp(pem) as server:
        assert send(queued, settings, server.port) is None
    assert queued.state == "sent"
    (message,) = server.messages
    assert (message["Message-ID"], message["To"]) == (queued.message_id, "ana@example.org")
    assert b"MAIL" not in said(server) and b"STARTTLS" in said(server)


@pytest.mark.parametrize(
    ("mood", "error"),
    [(Mood.NO_STARTTLS, "SMTPNotSupportedError"), (Mood.REFUSES_TLS, "SMTPResponseException")],
    ids=["no-starttls", "refuses-tls"],
)
def test_server_without_tls_gets_nothing_in_clear_until_it_is_dead_and_staff_see_why(
    queued, settings, pem, trusted, mood, error, caplog
):
    at = NOW
    with FakeSmtp(pem, mood) as server:
        for number in range(1, MAX_TRIES + 1):
            again = send(queued, settings, server.port, at=at)
            assert (queued.tries, again is None) == (number, number == MAX_TRIES)
            at += dt.timedelta(days=1)
    assert queued.state == "dead"
    assert error in queued.error
    assert not server.messages
    for secret in (b"MAIL", b"RCPT", b"DATA", b"ana@example.org", b"LK-AAAA"):
        assert secret not in said(server)
    dead = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(dead) == 1 and "ana@example.org" not in dead[0].getMessage()


def test_server_whose_certificate_nobody_vouches_for_gets_nothing(queued, settings, pem):
    with FakeSmtp(pem) as server:
        assert send(queued, settings, server.port) == NOW + dt.timedelta(seconds=30)
    assert "certificate" in queued.error.lower()
    assert not server.messages and b"MAIL" not in said(server)


def test_server_that_is_down_postpones_and_the_next_try_goes_out(queued, settings, pem, trusted):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    again = send(queued, settings, port)
    assert again == NOW + dt.timedelta(seconds=30)
    assert (queued.state, queued.error.partition(":")[0]) == ("queued", "ConnectionRefusedError")
    with FakeSmtp(pem) as server:
        assert send(queued, settings, server.port, at=again) is None
    assert [message["Message-ID"] for message in server.messages] == [queued.message_id]


def test_server_that_says_nothing_holds_a_worker_no_longer_than_its_patience(queued, settings, pem):
    with FakeSmtp(pem, Mood.SILENT) as server:
        assert send(queued, settings, server.port, timeout=0.2) == NOW + dt.timedelta(seconds=30)
    assert queued.error.startswith(("TimeoutError", "SMTPServerDisconnected"))


def test_server_that_is_busy_is_asked_again(queued, settings, pem, trusted):
    with FakeSmtp(pem, Mood.BUSY) as server:
        again = send(queued, settings, server.port)
        assert queued.state == "queued" and "451" in queued.error
        server.mood = Mood.SOUND
        send(queued, settings, server.port, at=again)
    assert queued.state == "sent" and len(server.messages) == 1


def test_lost_answer_sends_the_same_mail_again_rather_than_none(queued, settings, pem, trusted):
    with FakeSmtp(pem, Mood.DIES_AT_THE_END) as server:
        again = send(queued, settings, server.port)
        assert queued.state == "queued"
        server.mood = Mood.SOUND
        send(queued, settings, server.port, at=again)
    assert queued.state == "sent"
    assert {message["Message-ID"] for message in server.messages} == {queued.message_id}
    assert len(server.messages) == 2
