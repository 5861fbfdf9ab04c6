"""The pages of being told, the bell, and the link that turns mail off."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from records.notifications import actions, delivery, kinds, unsubscribing
from records.notifications.choices import Category, Channel, Mode
from records.notifications.models import ChannelChoice, Notification, Preferences
from records.notifications.preferences import wishes_of
from tests.factories.records import GrantFactory, UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

KIND = kinds.register(
    "test_page", subject="Page news", template="records/notifications/digest_email", category=Category.RESULTS
)
PREFERENCES = "/settings/notifications/"


@pytest.fixture
def user():
    return GrantFactory().user


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def _notify(user, number=1, path="/billing/") -> None:
    for index in range(number):
        actions.notify(kind=KIND, cause=f"c{index}", at=timezone.now(), user=user, path=path)


def _bell(client) -> int:
    page = client.get(reverse("portal:settings")).content.decode()
    return int(page.split('<span class="count">')[1].split("<")[0]) if '<span class="count">' in page else 0


def test_bell_home_and_list_agree_to_the_item(signed_in, user):
    assert _bell(signed_in) == 0
    _notify(user, 3)
    _notify(UserFactory(), 2)
    home = signed_in.get(reverse("portal:home")).content.decode()
    listed = signed_in.get("/notifications/").content.decode()
    assert _bell(signed_in) == 3
    assert "3 things are new" in home
    assert listed.count(">New<") == 3


def test_what_can_still_be_taken_back_is_not_counted_yet(signed_in, user):
    later = timezone.now() + dt.timedelta(minutes=1)
    actions.notify(kind=KIND, cause="later", at=later, user=user, path="/billing/")
    assert _bell(signed_in) == 0
    assert "Nothing yet" in signed_in.get("/notifications/").content.decode()


def test_opening_one_reads_it_and_leads_there(signed_in, user):
    _notify(user, 2)
    first = Notification.objects.filter(channel="portal").first()
    answer = signed_in.post(reverse("records:notification_open", args=[first.pk]))
    assert (answer.status_code, answer.url, _bell(signed_in)) == (302, "/billing/", 1)
    assert signed_in.get(reverse("records:notification_open", args=[first.pk])).status_code == 405


def test_somebody_elses_line_is_not_opened(signed_in):
    _notify(UserFactory())
    other = Notification.objects.get(channel="portal")
    assert signed_in.post(reverse("records:notification_open", args=[other.pk])).url == "/notifications/"
    other.refresh_from_db()
    assert other.read_at is None


def test_all_are_read_at_once(signed_in, user):
    _notify(user, 3)
    signed_in.post(reverse("records:notifications_read"))
    assert _bell(signed_in) == 0


def test_list_costs_the_same_for_some_and_for_many(signed_in, user):
    _notify(user, 3)
    some = cost_of(lambda: signed_in.get("/notifications/"))
    _notify(user, 60)
    assert cost_of(lambda: signed_in.get("/notifications/")) <= some + 1 <= BUDGET


def _form(page) -> dict[str, str]:
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_choices_are_kept(signed_in, user):
    page = signed_in.get(PREFERENCES)
    assert "Page news" not in page.content.decode() and "New test results" in page.content.decode()
    changed = _form(page) | {"results.email": "off", "quiet_from": "22:00", "quiet_until": "07:00"}
    answer = signed_in.post(PREFERENCES, changed, follow=True).content.decode()
    assert "Saved." in answer
    wishes = wishes_of(user)
    assert wishes.mode(Category.RESULTS, Channel.EMAIL) == Mode.OFF
    assert wishes.quiet == (dt.time(22), dt.time(7))


def test_half_of_the_quiet_hours_is_a_mistake_and_nothing_is_lost(signed_in, user):
    page = signed_in.get(PREFERENCES)
    answer = signed_in.post(PREFERENCES, _form(page) | {"results.email": "off", "quiet_from": "22:00"})
    assert "Choose both hours, or neither." in answer.content.decode()
    assert answer.context["form"]["results.email"].value() == "off"
    assert not ChannelChoice.objects.exists()


def test_text_messages_need_a_provider_and_a_proved_number(signed_in, user, settings):
    settings.SMS_PROVIDER = ""
    assert "does not send text messages yet" in signed_in.get(PREFERENCES).content.decode()
    assert signed_in.get(PREFERENCES + "phone/").status_code == 302
    settings.SMS_PROVIDER = "tests"
    assert "results.sms" not in signed_in.get(PREFERENCES).content.decode()
    wrong = signed_in.post(PREFERENCES + "phone/", {"phone": "12"}).content.decode()
    assert "not a phone number" in wrong
    signed_in.post(PREFERENCES + "phone/", {"phone": "860-555-0142"})
    assert "not the code" in signed_in.post(PREFERENCES + "phone/code/", {"code": "1"}).content.decode()
    Preferences.objects.create(user=user, phone="+18605550142")
    assert "results.sms" in signed_in.get(PREFERENCES).content.decode()
    signed_in.post(PREFERENCES + "phone/forget/")
    assert wishes_of(user).phone == ""


def test_mails_carry_the_link_that_turns_them_off_with_one_press(client, user):
    _notify(user, path="")
    delivery.deliver(notification_id=Notification.objects.get(channel="email").pk, at=timezone.now())
    (message,) = mail.outbox
    address = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in message.body
    path = "/unsubscribe/" + address.partition("/unsubscribe/")[2]
    assert "Turn off these e-mails?" in client.get(path).content.decode()
    assert wishes_of(user).mode(Category.RESULTS, Channel.EMAIL) == Mode.NOW
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wishes_of(user).mode(Category.RESULTS, Channel.EMAIL) == Mode.OFF


@pytest.mark.parametrize("token", ["", "x", "a.b:c"])
def test_forged_link_turns_nothing_off(client, token):
    assert client.post("/unsubscribe/", {}, query_params={"t": token}).status_code == 404
    assert unsubscribing.read(token) is None
