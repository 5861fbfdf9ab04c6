"""The billing office sends money back, places payments of nobody and records denials, through the admin's pages."""

import re
import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.ledger import verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket
from billing.ledger.paying import NotPlaceable
from billing.models import ProviderEvent, ProviderPayment, Refund
from billing.payments import placing
from billing.payments.refunds import tasks
from billing.sandbox import refunds as desk
from billing.sandbox.states import RefundStatus
from records.approvals.models import Approval
from tests.billing.payments.steps import apply_notices, hear, in_bucket, open_page, owed, start
from tests.factories.billing import ProviderEventFactory, VisitFactory, decide
from tests.factories.sandbox import open_checkout, pay
from tests.staff import client_of, confirm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk() -> Client:
    return client_of("Billing office")


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


@pytest.fixture
def payment(visit) -> ProviderPayment:
    pay(open_page(start(visit)).checkout_ref)
    hear()
    return ProviderPayment.objects.get()


def _refund_url(payment) -> str:
    return f"{reverse('admin:billing_refund_add')}?payment={payment.pk}"


def test_payments_page_leads_to_the_refund(clerk, payment):
    page = clerk.get(reverse("admin:billing_providerpayment_change", args=[payment.pk])).content.decode()
    assert _refund_url(payment) in page
    assert "Place on an account" not in page


def test_review_comes_before_the_refund(clerk, payment, visit):
    form = {"amount": "30.00", "reason": "goodwill", "note": ""}
    review = clerk.post(_refund_url(payment), form).content.decode()
    assert "Is this right?" in review and "$30.00" in review and "second person" not in review
    assert not Refund.objects.exists()
    clerk.post(_refund_url(payment), form | {"change": "1"})
    assert not Refund.objects.exists()
    answer = confirm(clerk, _refund_url(payment), form, follow=True)
    assert "on its way to the payment service" in answer.content.decode()
    tasks.send_refund.func(str(Refund.objects.get().pk))
    assert owed(visit) == 30_00


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"amount": "", "reason": "goodwill"}, "Enter how much"),
        ({"amount": "abc", "reason": "goodwill"}, "like 125.50"),
        ({"amount": "125.01", "reason": "goodwill"}, "$125.00 can be sent back"),
        ({"amount": "0", "reason": "goodwill"}, "$125.00 can be sent back"),
        ({"amount": "5.00", "reason": ""}, "required"),
        ({"amount": "5.00", "reason": "outside"}, "not one of the available choices"),
        ({"amount": "5.00", "reason": "other"}, "Say which reason"),
    ],
)
def test_mistakes_are_named_and_nothing_typed_is_lost(clerk, payment, form, error):
    page = clerk.post(_refund_url(payment), form | {"note": "as agreed"} if "other" not in form["reason"] else form)
    assert error in page.content.decode()
    assert not Refund.objects.exists()


def test_large_refund_is_approved_by_somebody_else_and_not_by_who_asked(clerk, payment, visit):
    form = {"amount": "125.00", "reason": "duplicate", "note": ""}
    assert "second person" in clerk.post(_refund_url(payment), form).content.decode()
    confirm(clerk, _refund_url(payment), form)
    approval = Approval.objects.get()
    url = reverse("admin:records_approval_change", args=[approval.pk])
    decision = {"is_approved": "yes", "note": ""}
    assert clerk.post(url, decision).status_code == 403
    head = client_of("Billing office")
    assert reverse("admin:billing_refund_change", args=[approval.object_id]) in head.get(url).content.decode()
    assert head.post(url, decision).status_code == 302
    tasks.send_refund.func(approval.object_id)
    assert owed(visit) == 125_00
    assert head.post(url, decision).status_code == 403


def test_button_that_is_pressed_twice_sends_one_refund(clerk, payment):
    form = {"amount": "30.00", "reason": "goodwill", "note": ""}
    first = clerk.get(_refund_url(payment)).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', first).group(1)
    assert token in clerk.post(_refund_url(payment), form | {"token": token}).content.decode()
    for _ in range(2):
        answer = confirm(clerk, _refund_url(payment), form | {"token": token})
        assert answer.url == reverse("admin:billing_refund_change", args=[Refund.objects.get().pk])


def test_payment_that_comes_back_out_of_a_refund_can_be_placed_after_the_rest(visit):
    pay(open_checkout().ref)
    hear()
    payment = ProviderPayment.objects.get()
    desk.refund_at_desk(payment_ref=payment.ref, amount_cents=25_00, at=timezone.now())
    hear()
    placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now())
    assert (owed(visit), in_bucket(Bucket.SUSPENSE)) == (25_00, 0)
    desk.decide_refund(ref=Refund.objects.get().ref, status=RefundStatus.FAILED, at=timezone.now())
    hear()
    assert in_bucket(Bucket.SUSPENSE) == -25_00
    with pytest.raises(NotPlaceable):
        placing.move(payment_id=payment.pk, account_id=VisitFactory().account_id, at=timezone.now())
    placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now())
    assert (owed(visit), in_bucket(Bucket.SUSPENSE)) == (0, 0)
    call_command("verify_ledger", "--offline")


def test_refund_without_the_permission_is_refused(payment):
    client = client_of("Nurse")
    assert client.get(_refund_url(payment)).status_code == 403
    assert client.get(reverse("admin:billing_providerpayment_place", args=[payment.pk])).status_code == 403


def test_refund_begins_at_a_payment(clerk):
    assert clerk.get(reverse("admin:billing_refund_add")).status_code == 403
    assert clerk.get(reverse("admin:billing_refund_add") + "?payment=x").status_code == 404


def test_payment_of_nobody_is_placed_after_a_review(clerk, visit):
    pay(open_checkout().ref)
    hear()
    payment = ProviderPayment.objects.get()
    url = reverse("admin:billing_providerpayment_place", args=[payment.pk])
    assert url in clerk.get(reverse("admin:billing_providerpayment_change", args=[payment.pk])).content.decode()
    assert "no guarantor account" in clerk.post(url, {"account": "99999999"}).content.decode()
    number = str(visit.account.account_number)
    review = clerk.post(url, {"account": number}).content.decode()
    assert "Is this right?" in review and in_bucket(Bucket.SUSPENSE) == -125_00
    confirm(clerk, url, {"account": number})
    assert (owed(visit), in_bucket(Bucket.SUSPENSE)) == (0, 0)
    assert LogEntry.objects.get().change_message == f"placed on account {visit.account_id}"
    again = confirm(clerk, url, {"account": number}, follow=True).content.decode()
    assert "Nothing of this payment waits for this account" in again


@pytest.mark.parametrize(
    ("denial", "waiting", "owed_cents"), [("contractual", 0, 0), ("patient", 0, 80_00), ("appealed", 80_00, 0)]
)
def test_denial_is_recorded_after_a_review(clerk, denial, waiting, owed_cents):
    visit = VisitFactory(pending_cents=80_00)
    charge = visit.charges.get()
    url = reverse("admin:billing_charge_deny", args=[charge.pk])
    assert url in clerk.get(reverse("admin:billing_charge_change", args=[charge.pk])).content.decode()
    assert "$80.00" in clerk.post(url, {"denial": denial}).content.decode()
    visit.refresh_from_db()
    assert visit.insurer_cents == 80_00
    confirm(clerk, url, {"denial": denial})
    visit.refresh_from_db()
    assert (visit.insurer_cents, visit.patient_cents) == (waiting, owed_cents)
    assert LogEntry.objects.get().change_message == f"denied: {denial}"
    again = confirm(clerk, url, {"denial": denial}, follow=True).content.decode()
    assert ("Nothing of this charge waits" in again) == (denial != "appealed")


@pytest.mark.parametrize(("payer", "credit", "refundable"), [("guarantor", 5_00, 0), ("other", 0, -5_00)])
def test_copay_at_the_desk_waits_for_the_decision_and_is_taken_down_once(clerk, payer, credit, refundable):
    visit = VisitFactory(pending_cents=80_00)
    url = reverse("admin:billing_visitaccount_deposit", args=[visit.pk])
    assert url in clerk.get(reverse("admin:billing_visitaccount_change", args=[visit.pk])).content.decode()
    form = {"amount": "25.00", "payer": payer, "way": "check", "token": str(uuid.uuid4())}
    review = clerk.post(url, form).content.decode()
    assert "Is this right?" in review and "$25.00" in review
    assert in_bucket(Bucket.DEPOSIT) == 0
    for _ in range(2):
        confirm(clerk, url, form)
    visit.refresh_from_db()
    assert (visit.deposit_cents, visit.insurer_cents, visit.patient_cents) == (25_00, 80_00, 0)
    decide(visit.charges.get(), Decision(insurance_cents=60_00, copay_cents=20_00))
    visit.refresh_from_db()
    assert (visit.deposit_cents, visit.patient_cents, visit.paid_cents) == (0, 0, 20_00)
    visit.account.refresh_from_db()
    assert (visit.account.credit_cents, in_bucket(Bucket.REFUNDABLE)) == (credit, refundable)
    assert verification.faults() == []


@pytest.mark.parametrize("amount", ["0", "-1", "80.01", "lots", ""])
def test_copay_that_cannot_be_is_refused_and_nothing_typed_is_lost(clerk, amount):
    visit = VisitFactory(pending_cents=80_00)
    form = {"amount": amount, "payer": "other", "way": "cash", "token": str(uuid.uuid4())}
    page = clerk.post(reverse("admin:billing_visitaccount_deposit", args=[visit.pk]), form)
    (error,) = page.context["form"].errors["amount"]
    assert error in page.content.decode()
    assert page.context["form"]["payer"].value() == "other"
    assert in_bucket(Bucket.DEPOSIT) == 0


def test_copay_after_the_decision_is_settled_at_once(clerk):
    visit = VisitFactory(pending_cents=80_00)
    form = {"amount": "25.00", "payer": "guarantor", "way": "cash", "token": str(uuid.uuid4())}
    url = reverse("admin:billing_visitaccount_deposit", args=[visit.pk])
    clerk.post(url, form)
    decide(visit.charges.get(), Decision(insurance_cents=40_00, copay_cents=20_00))  # half of it, meanwhile
    confirm(clerk, url, form | {"amount": "20.00"})
    visit.refresh_from_db()
    assert (visit.deposit_cents, visit.patient_cents, visit.paid_cents) == (0, 0, 20_00)


def test_review_that_reads_otherwise_by_the_time_of_the_press_is_shown_again_and_nothing_is_done(clerk):
    visit = VisitFactory(pending_cents=80_00)
    form = {"amount": "25.00", "payer": "guarantor", "way": "cash", "token": str(uuid.uuid4())}
    url = reverse("admin:billing_visitaccount_deposit", args=[visit.pk])
    shown = re.search(r'name="shown" value="(\w+)"', clerk.post(url, form).content.decode())
    assert shown is not None
    decide(visit.charges.get(), Decision(insurance_cents=10_00))  # less waits than the review said
    page = clerk.post(url, form | {"confirm": "1", "shown": shown[1]}).content.decode()
    assert "Something has changed since you looked. Nothing was done" in page and "$70.00" in page
    assert in_bucket(Bucket.DEPOSIT) == 0
    confirm(clerk, url, form)
    assert in_bucket(Bucket.DEPOSIT) == -25_00


def test_nurse_takes_no_copay_down():
    client = client_of("Nurse")
    visit = VisitFactory(pending_cents=80_00)
    assert client.get(reverse("admin:billing_visitaccount_deposit", args=[visit.pk])).status_code == 403


def test_dead_notice_is_tried_again(clerk, visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    dead = ProviderEventFactory(checkout_ref=attempt.checkout_ref, state="dead", tries=10)
    clerk.post(
        reverse("admin:billing_providerevent_changelist"), {"action": "try_again", "_selected_action": [dead.pk]}
    )
    apply_notices()
    assert (ProviderEvent.objects.get(pk=dead.pk).state, owed(visit)) == ("done", 0)
