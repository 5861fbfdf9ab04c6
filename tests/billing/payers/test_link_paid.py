"""Who made a pay link is told when it is paid: once for each payment, while the bill is theirs."""

import pytest
from django.core import mail
from django.utils import timezone

from billing.models import GuarantorAccess
from billing.payments import settling
from records.notifications import delivery
from records.notifications.choices import Category, Channel, Mode
from records.notifications.models import Notification
from records.notifications.preferences import choose
from tests.billing.payers.steps import begin, finish, make_link, opened, url
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]

KIND = "pay_link_paid"


def told() -> list[str]:
    return sorted(Notification.objects.filter(kind=KIND).values_list("channel", flat=True))


def paid(link, amount: str = "40"):
    browser = opened(link)
    attempt = begin(browser, how="other", amount=amount)
    finish(browser, attempt)
    return attempt


def test_maker_is_told_by_mail_and_in_the_portals_list_which_lead_to_the_link(family, maya):
    link = make_link(family)
    paid(link)
    assert told() == ["email", "portal"]
    assert {row.user for row in Notification.objects.filter(kind=KIND)} == {family.user}
    listed = Notification.objects.get(kind=KIND, channel=Channel.PORTAL)
    assert listed.path == url("pay_link", family.account, link=link.pk)
    assert "Somebody paid with your link" in maya.get("/notifications/").content.decode()


def test_mail_names_nobody_and_says_no_amount(family):
    link = make_link(family)
    paid(link)
    delivery.deliver(notification_id=Notification.objects.get(kind=KIND, channel="email").pk, at=timezone.now())
    (message,) = mail.outbox
    said = f"{message.subject} {message.body} {message.alternatives[0].content}"
    assert message.to == ["maya@example.org"]
    assert f"/links/{link.pk}/" in message.body
    for secret in ("Maya", "Alvarez", "Leo", "4417", "$", "40.00", "Larkspur Hospital"):
        assert secret not in said


def test_each_payment_is_told_once_however_often_it_is_read(family):
    link = make_link(family)
    attempt = paid(link)
    hear()
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert told() == ["email", "portal"]
    paid(link, "20")
    assert told() == ["email", "email", "portal", "portal"]


def test_mail_that_was_turned_on_later_does_not_tell_of_earlier_payments(family):
    choose(user=family.user, category=Category.BILLS, channel=Channel.EMAIL, mode=Mode.OFF)
    attempt = paid(make_link(family))
    assert told() == ["portal"]
    choose(user=family.user, category=Category.BILLS, channel=Channel.EMAIL, mode=Mode.NOW)
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert told() == ["portal"]


def test_payment_of_long_ago_that_is_read_again_is_no_news(family):
    attempt = paid(make_link(family))
    Notification.objects.all().delete()
    settling.settle_payment(ref=attempt.payments.get().ref, at=timezone.now())
    assert told() == []


@pytest.mark.parametrize("ending", ["revoked", "another role", "inactive"])
def test_whose_bill_it_is_no_longer_is_told_nothing(family, ending):
    link = make_link(family)
    browser = opened(link)
    attempt = begin(browser, how="other", amount="40")
    if ending == "revoked":
        GuarantorAccess.objects.update(revoked_at=timezone.now(), revoked_by=family.user)
    elif ending == "another role":
        GuarantorAccess.objects.update(role=GuarantorAccess.Role.PAYER_AMOUNTS)
    else:
        type(family.user).objects.update(is_active=False)
    finish(browser, attempt)
    assert told() == []


def test_payments_by_other_ways_tell_no_maker(family):
    make_link(family)
    pay(open_page(start(family.emergency)).checkout_ref)
    hear()
    assert told() == []


def test_payment_that_is_not_finished_tells_nobody(family):
    begin(opened(make_link(family)), how="other", amount="40")
    assert told() == []
