"""What providers report: returned mail, and what became of texts."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import urllib.parse
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.utils import timezone

from records.management.commands.read_bounces import read
from records.notifications import bounces
from records.notifications.models import Notification, Suppression
from records.notifications.sms import twilio
from records.notifications.sms.protocol import SmsRefused
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def _report(status="5.1.1", action="failed", recipient="ana@example.org") -> bytes:
    """A delivery report as mail servers write it (RFC 3464)."""
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report.attach(MIMEText("Your message could not be delivered."))
    status_part = EmailMessage()
    status_part["Content-Type"] = "message/delivery-status"
    raw = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 no such user\n"
    )
    head, _blank, rest = report.as_string().rpartition(f"--{report.get_boundary()}--")
    return f"{head}--{report.get_boundary()}\n{raw}\n--{report.get_boundary()}--{rest}".encode()


def test_permanent_failure_is_read_from_the_report():
    (found,) = bounces.from_mail(_report())
    assert (found.address, found.reason) == ("ana@example.org", "5.1.1 smtp; 550 no such user")


@pytest.mark.parametrize(
    "raw", [_report(status="4.2.2"), _report(action="delayed"), b"Subject: hi\n\nhello", b"", b"\xff\xfe"]
)
def test_other_mail_is_no_failure(raw):
    assert bounces.from_mail(raw) == []


class Mailbox:
    """A mailbox with one report and one letter, as imaplib answers."""

    def __init__(self) -> None:
        self.mails = {b"1": _report(), b"2": b"Subject: hi\n\nhello"}
        self.seen: list[bytes] = []

    def search(self, *_criteria):
        return "OK", [b" ".join(self.mails)]

    def fetch(self, number, _what):
        return "OK", [(b"", self.mails[number])]

    def store(self, number, _flags, _value):
        self.seen.append(number)


def test_mailbox_is_read_once_and_stops_the_address():
    mailbox = Mailbox()
    assert read(mailbox) == (2, 1)
    assert read(mailbox) == (2, 0)
    assert mailbox.seen == [b"1", b"2"] * 2
    assert Suppression.objects.get().address == "ana@example.org"


def _post(client, body: bytes, key: str = "secret"):
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return client.post("/webhooks/mail/", body, content_type="application/json", headers={"X-Signature": signature})


def test_signed_report_stops_mail(client, settings):
    settings.MAIL_WEBHOOK_KEY = "secret"
    UserFactory(email="ana@example.org")
    body = json.dumps([{"address": "Ana@example.org", "type": "bounce"}, {"address": "b@x.org", "type": "open"}])
    assert _post(client, body.encode()).status_code == 200
    assert list(Suppression.objects.values_list("address", flat=True)) == ["ana@example.org"]
    assert Notification.objects.filter(channel="portal").count() == 1


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"a": 1}', b"[1]", b"\xff", b'[{"type": "bounce"}]'])
def test_forged_and_broken_reports_are_refused(client, settings, body):
    settings.MAIL_WEBHOOK_KEY = "secret"
    assert _post(client, body, key="other").status_code == 400
    assert _post(client, body).status_code == (200 if body == b"[]" else 400)
    settings.MAIL_WEBHOOK_KEY = ""
    assert _post(client, body, key="").status_code == 400


# Twilio


@pytest.fixture
def fake_twilio(settings):
    """A small server that answers as Twilio's does, and keeps what it was sent."""
    kept: list[tuple[str, dict[str, str]]] = []
    answer = {"status": 201, "body": {"sid": "SM123"}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
            kept.append((self.headers["Authorization"], form))
            body = json.dumps(answer["body"]).encode()
            self.send_response(answer["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{server.server_port}"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "token"
    settings.TWILIO_FROM = "+18605550100"
    yield kept, answer
    server.shutdown()
    thread.join()
    server.server_close()


def test_text_is_handed_over_with_the_accounts_credentials(fake_twilio):
    kept, _answer = fake_twilio
    assert twilio.TwilioSms().send(to="+18605550142", body="hello") == "SM123"
    ((authorization, form),) = kept
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"AC1:token"
    assert (form["To"], form["From"], form["Body"]) == ("+18605550142", "+18605550100", "hello")
    assert form["StatusCallback"].endswith("/webhooks/sms/")


@pytest.mark.parametrize(
    ("status", "body", "error", "is_opt_out"),
    [
        (400, {"code": 21610}, SmsRefused, True),
        (400, {"code": 21211}, SmsRefused, False),
        (401, {}, SmsRefused, False),
        (429, {}, OSError, None),
        (503, {}, OSError, None),
        (201, {"no": "sid"}, OSError, None),
    ],
)
def test_refusal_is_final_and_trouble_is_tried_again(fake_twilio, status, body, error, is_opt_out):
    _kept, answer = fake_twilio
    answer |= {"status": status, "body": body}
    with pytest.raises(error) as raised:
        twilio.TwilioSms().send(to="+18605550142", body="hello")
    if is_opt_out is not None:
        assert raised.value.is_opt_out is is_opt_out


def _callback(client, settings, form: dict[str, str], token: str = "token"):
    url = settings.PORTAL_URL + "/webhooks/sms/"
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return client.post(
        "/webhooks/sms/", form, headers={"X-Twilio-Signature": base64.b64encode(digest).decode()}
    ).status_code


@pytest.mark.parametrize(("code", "is_stopped"), [("30005", True), ("21610", True), ("30008", False)])
def test_callback_notes_what_became_of_a_text(client, settings, code, is_stopped):
    settings.TWILIO_AUTH_TOKEN = "token"
    now = timezone.now()
    sent = Notification.objects.create(
        kind="message", cause="c", channel="sms", address="+18605550142", state="sent", provider_ref="SM1",
        next_try_at=now, created_at=now, sent_at=now,
    )  # fmt: skip
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": code}
    assert _callback(client, settings, form, token="forged") == 400
    assert _callback(client, settings, form) == 200
    sent.refresh_from_db()
    assert (sent.error, Suppression.objects.exists()) == (f"twilio: {code}", is_stopped)


def test_callback_is_refused_where_no_texts_are_sent(client, settings):
    settings.TWILIO_AUTH_TOKEN = ""
    assert _callback(client, settings, {"MessageSid": "SM1"}, token="") == 400


def test_signature_of_strange_letters_is_refused_like_any_other(client, settings):
    settings.MAIL_WEBHOOK_KEY = settings.TWILIO_AUTH_TOKEN = "secret"
    strange = {"HTTP_X_SIGNATURE": "é", "HTTP_X_TWILIO_SIGNATURE": "é"}
    mail = client.post("/webhooks/mail/", b"[]", content_type="application/json", **strange)
    assert (mail.status_code, client.post("/webhooks/sms/", {}, **strange).status_code) == (400, 400)
