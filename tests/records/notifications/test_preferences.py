"""People are told as they chose: by which channel, when, once a day or never."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.utils import timezone

from records.notifications import actions, delivery, digests, kinds, phones, suppression
from records.notifications.choices import Category, Channel, Mode
from records.notifications.models import Notification, Preferences, Suppression
from records.notifications.preferences import choose, keep_quiet
from records.notifications.sms import registry
from records.notifications.sms.protocol import SmsRefused
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

KIND = kinds.register(
    "test_chosen",
    subject="You have news",
    template="records/notifications/digest_email",
    category=Category.MESSAGES,
)
URGENT = kinds.register("test_always", subject="Your code", template="records/notifications/digest_email")
NOON = timezone.make_aware(dt.datetime(2026, 3, 2, 12))  # noqa: DTZ001 (made aware here)


class Texts:
    """A provider that keeps what it was given."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.sent: list[tuple[str, str]] = []
        self.refusal = refusal

    def send(self, *, to: str, body: str) -> str:
        if self.refusal:
            raise self.refusal
        self.sent.append((to, body))
        return "SM1"


@pytest.fixture
def user():
    return UserFactory(email="ana@example.org")


@pytest.fixture
def texts(monkeypatch, settings) -> Texts:
    kept = Texts()
    monkeypatch.setattr(delivery, "provider", lambda: kept)
    settings.SMS_PROVIDER = "tests"
    return kept


def _notify(user, *, cause="c1", kind=KIND, at=NOON, path="/messages/"):
    actions.notify(kind=kind, cause=cause, at=at, user=user, path=path)


def _rows(channel: Channel) -> list[tuple[str, dt.datetime]]:
    rows = Notification.objects.filter(channel=channel).order_by("cause")
    return list(rows.values_list("state", "next_try_at"))


def _deliver_all(at=NOON) -> None:
    for pk in Notification.objects.filter(state="queued").values_list("pk", flat=True):
        delivery.deliver(notification_id=pk, at=at)


def test_everybody_begins_with_mail_and_the_portals_list(user):
    _notify(user)
    _notify(user)
    assert (_rows(Channel.EMAIL), _rows(Channel.SMS)) == ([("queued", NOON)], [])
    assert Notification.objects.unread_of(user, NOON).count() == 1


@pytest.mark.parametrize(("mode", "states"), [(Mode.NOW, ["queued"]), (Mode.DIGEST, ["held"]), (Mode.OFF, [])])
def test_channel_follows_the_choice(user, mode, states):
    choose(user=user, category=Category.MESSAGES, channel=Channel.EMAIL, mode=mode)
    _notify(user)
    assert [state for state, _at in _rows(Channel.EMAIL)] == states
    assert Notification.objects.unread_of(user, NOON).count() == 1


def test_what_nobody_can_turn_off_comes_whatever_was_chosen(user):
    choose(user=user, category=Category.MESSAGES, channel=Channel.EMAIL, mode=Mode.OFF)
    keep_quiet(user=user, begin=dt.time(8), end=dt.time(20))
    _notify(user, kind=URGENT, path="")
    assert _rows(Channel.EMAIL) == [("queued", NOON)]


@pytest.mark.parametrize(
    ("begin", "end", "hour", "due"),
    [
        (22, 7, 23, dt.datetime(2026, 3, 3, 7)),  # noqa: DTZ001
        (22, 7, 3, dt.datetime(2026, 3, 2, 7)),  # noqa: DTZ001
        (22, 7, 7, dt.datetime(2026, 3, 2, 7)),  # noqa: DTZ001
        (12, 14, 13, dt.datetime(2026, 3, 2, 14)),  # noqa: DTZ001
        (12, 14, 14, dt.datetime(2026, 3, 2, 14)),  # noqa: DTZ001
    ],
)
def test_quiet_hours_are_waited_for(user, begin, end, hour, due):
    keep_quiet(user=user, begin=dt.time(begin), end=dt.time(end))
    at = NOON.replace(hour=hour)
    _notify(user, at=at)
    assert _rows(Channel.EMAIL) == [("queued", timezone.make_aware(due))]
    assert delivery.deliver(notification_id=Notification.objects.get(channel="email").pk, at=at) is None
    assert len(mail.outbox) == (1 if timezone.make_aware(due) == at else 0)


def test_text_says_that_something_is_there_and_nothing_more(user, texts):
    Preferences.objects.create(user=user, phone="+18605550142")
    choose(user=user, category=Category.MESSAGES, channel=Channel.SMS, mode=Mode.NOW)
    _notify(user)
    _deliver_all()
    ((to, body),) = texts.sent
    assert to == "+18605550142"
    assert "You have news" in body and "STOP" in body and user.full_name not in body


def test_number_is_proved_by_its_code_within_five_tries(user, texts):
    proof = phones.ask(user=user, phone="+18605550142", at=NOON)
    _deliver_all()
    code = phones.code_of(proof.pk)
    assert code in texts.sent[0][1]
    assert code not in str(Notification.objects.get().context)
    prove = {"user": user, "proof_id": proof.pk, "at": NOON}
    assert not phones.prove(**prove, typed="000000" if code != "000000" else "111111")
    assert not phones.prove(user=UserFactory(), proof_id=proof.pk, typed=code, at=NOON)
    assert not phones.prove(**(prove | {"at": NOON + dt.timedelta(minutes=16)}), typed=code)
    assert phones.prove(**prove, typed=f"{code[:3]} {code[3:]}")
    assert not phones.prove(**prove, typed=code)
    assert Preferences.objects.get().phone == "+18605550142"


def test_sixth_try_is_too_many(user):
    proof = phones.ask(user=user, phone="+18605550142", at=NOON)
    code = phones.code_of(proof.pk)
    for _ in range(5):
        phones.prove(user=user, proof_id=proof.pk, typed="x", at=NOON)
    assert not phones.prove(user=user, proof_id=proof.pk, typed=code, at=NOON)
    assert not phones.prove(user=user, proof_id=uuid.uuid4(), typed=code, at=NOON)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("860-555-0142", "+18605550142"),
        ("(860) 555 0142", "+18605550142"),
        ("1 860 555 0142", "+18605550142"),
        ("+34 600 123 456", "+34600123456"),
        ("555-0142", ""),
        ("+0123456789", ""),
        ("call me", ""),
        ("+1٨٦٠٥٥٥٠١٤٢", ""),
    ],
)
def test_numbers_are_understood(typed, number):
    assert phones.normalize(typed) == number


def test_owner_who_answers_stop_gets_no_more_texts_and_is_told_in_the_portal(user, monkeypatch):
    Preferences.objects.create(user=user, phone="+18605550142")
    choose(user=user, category=Category.MESSAGES, channel=Channel.SMS, mode=Mode.NOW)
    monkeypatch.setattr(delivery, "provider", lambda: Texts(SmsRefused("21610", is_opt_out=True)))
    _notify(user, path="")
    _deliver_all()
    assert Suppression.objects.get().address == "+18605550142"
    assert Notification.objects.filter(channel="portal", kind=suppression.KIND_BOUNCED, user=user).exists()
    _notify(user, cause="c2", path="")
    assert [state for state, _at in _rows(Channel.SMS)] == ["dead"]


def test_address_that_gave_mail_back_gets_none_until_its_owner_says_so(user):
    _notify(user)
    suppression.suppress(channel=Channel.EMAIL, address="Ana@Example.org", reason="5.1.1", at=NOON)
    _deliver_all()
    assert (mail.outbox, [state for state, _at in _rows(Channel.EMAIL)]) == ([], ["suppressed"])
    suppression.lift(channel=Channel.EMAIL, address="ana@example.org")
    _notify(user, cause="c2")
    _deliver_all()
    assert len(mail.outbox) == 1


def test_summary_of_the_day_counts_and_comes_once(user, settings):
    settings.DIGEST_HOUR = 17
    choose(user=user, category=Category.MESSAGES, channel=Channel.EMAIL, mode=Mode.DIGEST)
    for cause in ("c1", "c2"):
        _notify(user, cause=cause)
    assert digests.send_due(NOON) == 0
    evening = NOON.replace(hour=17)
    assert digests.send_due(evening) == 1
    assert digests.send_due(evening) == 0
    _deliver_all(evening)
    (message,) = mail.outbox
    assert "You have news: 2" in message.body


def test_what_comes_in_the_hour_of_summaries_is_in_tomorrows(user, settings):
    settings.DIGEST_HOUR = 17
    choose(user=user, category=Category.MESSAGES, channel=Channel.EMAIL, mode=Mode.DIGEST)
    evening = NOON.replace(hour=17)
    _notify(user, cause="c1")
    assert digests.send_due(evening) == 1
    _notify(user, cause="c2", at=evening + dt.timedelta(minutes=5))
    assert digests.send_due(evening + dt.timedelta(minutes=10)) == 0
    assert Notification.objects.get(cause="c2", channel="email").state == "held"
    tomorrow = evening + dt.timedelta(days=1)
    assert digests.send_due(tomorrow) == 1
    _deliver_all(tomorrow)
    assert [message.body.count("You have news: 1") for message in mail.outbox] == [1, 1]


def test_kind_of_an_older_release_does_not_keep_others_from_their_summary(user, settings):
    settings.DIGEST_HOUR = 17
    choose(user=user, category=Category.MESSAGES, channel=Channel.EMAIL, mode=Mode.DIGEST)
    for cause in ("c1", "c2"):
        _notify(user, cause=cause)
    Notification.objects.filter(cause="c1").update(kind="of_long_ago")
    assert digests.send_due(NOON.replace(hour=17)) == 1
    _deliver_all(NOON.replace(hour=17))
    assert "You have news: 1" in mail.outbox[0].body


def test_texts_are_not_offered_without_a_provider(settings):
    settings.SMS_PROVIDER = ""
    assert not registry.is_offered()
