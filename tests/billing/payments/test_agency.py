"""A bill that goes to the agency while the hosted page is open: staff hear of the payment, and the agency."""

import pytest
from django.utils import timezone

from billing.ledger.choices import Hold, Standing
from billing.models import GuarantorAccount, ProviderPayment, VisitAccount, WorkItem
from billing.payments import settling
from records.notifications import delivery
from records.notifications.models import Notification
from tests.billing.payments.steps import hear, open_page, owed, start
from tests.factories.billing import VisitFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(
        owed_cents=125_00,
        account__number="10204417",
        account__guarantor__family_name="Quartermaine",
        patient__family="Quartermaine",
    )


def hand_over(visit, *, whole=True):
    """The agency gets the account, or the one visit."""
    if whole:
        GuarantorAccount.objects.filter(pk=visit.account_id).update(standing=Standing.AGENCY)
    else:
        VisitAccount.objects.filter(pk=visit.pk).update(hold=Hold.AGENCY)


def _work():
    return list(WorkItem.objects.filter(kind="agency_payment").values_list("account", "amount_cents", "payment_ref"))


@pytest.mark.parametrize("whole", [True, False])
def test_bill_that_went_to_the_agency_meanwhile_is_work_for_staff(visit, whole):
    attempt = open_page(start(visit, chosen={visit.pk: 125_00}))
    hand_over(visit, whole=whole)
    pay(attempt.checkout_ref)
    hear()
    assert owed(visit) == 0
    assert _work() == [(visit.account_id, 125_00, ProviderPayment.objects.get().ref)]


def test_agencys_contact_gets_amount_date_confirmation_and_last_digits(visit, settings, mailoutbox):
    settings.AGENCY_EMAIL = "desk@harbor.example"
    attempt = open_page(start(visit))
    hand_over(visit)
    pay(attempt.checkout_ref)
    hear()
    told = Notification.objects.get(kind="agency_payment")
    delivery.deliver(notification_id=told.pk, at=timezone.now())
    (mail,) = mailoutbox
    assert mail.to == ["desk@harbor.example"]
    for body in (mail.body, mail.alternatives[0].content):
        for said in ("$125.00", attempt.confirmation, "4417", settings.SERVICE_PHONE):
            assert said in body
        for kept in ("Quartermaine", "10204417", visit.title):
            assert kept not in body


def test_nobody_is_mailed_where_no_contact_is_set(visit):
    attempt = open_page(start(visit))
    hand_over(visit)
    pay(attempt.checkout_ref)
    hear()
    assert len(_work()) == 1
    assert not Notification.objects.filter(kind="agency_payment").exists()


def test_payment_is_not_told_when_the_account_goes_there_later(visit, settings):
    settings.AGENCY_EMAIL = "desk@harbor.example"
    attempt = open_page(start(visit, cents=25_00))
    pay(attempt.checkout_ref)
    hear()
    hand_over(visit)
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert (_work(), Notification.objects.count()) == ([], 0)


def test_payment_that_is_looked_at_again_is_told_once(visit, settings):
    settings.AGENCY_EMAIL = "desk@harbor.example"
    attempt = open_page(start(visit))
    hand_over(visit)
    pay(attempt.checkout_ref)
    for _ in range(2):
        settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert (len(_work()), Notification.objects.count()) == (1, 1)
