"""Work about money that was over: the item says whose, how much and by which way, and carries the refund as one press."""

import re
import uuid

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying, verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket
from billing.models import LedgerTransaction, ProviderPayment, Refund, WorkItem
from billing.payments import placing, putting_back
from billing.payments.refunds import tasks
from records.approvals.models import Approval
from tests.billing.payments.steps import hear, in_bucket, open_page, owed, start
from tests.factories.billing import (
    AccessFactory,
    AccountFactory,
    VisitFactory,
    WorkItemFactory,
    bill,
    decide,
    guest,
    payer_of,
)
from tests.factories.sandbox import open_checkout, pay
from tests.queries import BUDGET, cost_of
from tests.staff import client_of, confirm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk() -> Client:
    return client_of("Billing office")


@pytest.fixture
def visit():
    return VisitFactory(
        owed_cents=40_00,
        account__number="10204417",
        account__guarantor__given_name="Maya",
        account__guarantor__family_name="Alvarez",
    )


@pytest.fixture
def item(visit) -> WorkItem:
    return overpaid(visit)


def overpaid(visit, payer=None, *, cents=40_00) -> WorkItem:
    """A guest pays most of it while the hosted page of another payer is open, who then pays the whole."""
    late = open_page(start(visit, payer, cents=cents, chosen={visit.pk: cents}))
    pay(open_page(start(visit, guest(), cents=visit.patient_cents - 10_00)).checkout_ref)
    hear()
    pay(late.checkout_ref)
    hear()
    return WorkItem.objects.get(payment_ref=ProviderPayment.objects.get(attempt=late).ref)


def _page(client, item) -> str:
    return client.get(reverse("admin:billing_workitem_change", args=[item.pk])).content.decode()


def _press(client, item, cents=30_00) -> str:
    url = reverse("admin:billing_workitem_press", args=[item.pk])
    return client.post(url, {"cents": cents}, follow=True).content.decode()


def _send() -> None:
    for refund in Refund.objects.filter(state="requested"):
        tasks.send_refund.func(str(refund.pk))


def test_item_says_whose_how_much_and_by_which_way_with_links_and_no_raw_references(clerk, visit, item):
    payment = ProviderPayment.objects.get(ref=item.payment_ref)
    listed = clerk.get(reverse("admin:billing_workitem_changelist")).content.decode()
    opened = _page(clerk, item)
    for page in (listed, opened):
        for said in ("Maya Alvarez, 1020 4417", "$30.00", "A guest with the statement", "Card ending in 4242"):
            assert said in page
        assert reverse("admin:billing_guarantoraccount_change", args=[visit.account_id]) in page
        assert reverse("admin:billing_providerpayment_change", args=[payment.pk]) in page
    assert reverse("admin:billing_visitaccount_change", args=[visit.pk]) in opened
    assert payment.attempt.confirmation in opened
    assert "belongs to who paid" in opened
    assert "Send $30.00 back to the card ending in 4242" in opened
    assert payment.ref not in opened
    title = opened.split("<title>")[1].split("</title>")[0]
    assert "Alvarez" not in title and "4417" not in title


def test_one_press_asks_for_the_refund_and_marks_the_item_done(clerk, visit, item):
    assert "on its way" in _press(clerk, item)
    refund = Refund.objects.get()
    item.refresh_from_db()
    assert (refund.amount_cents, refund.requested_by, refund.reason) == (30_00, item.done_by, "overpaid")
    assert item.done_at is not None
    _send()
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, 0)
    page = _page(clerk, item)
    assert "Sent back" in page
    assert "Send $30.00 back" not in page


def test_second_press_sends_nothing_more(clerk, item):
    _press(clerk, item)
    assert "done already" in _press(clerk, item)
    assert Refund.objects.count() == 1


def test_two_who_press_at_once_ask_for_one_refund(item):
    """Both have read that the button is there before either has pressed."""
    staff = client_of("Billing office")
    first, second = WorkItem.objects.get(pk=item.pk), WorkItem.objects.get(pk=item.pk)
    by = staff.session["_auth_user_id"]
    user = WorkItem._meta.get_field("done_by").related_model.objects.get(pk=by)
    for button in (first.details.press, second.details.press):
        button.act(user, 30_00, timezone.now())
    assert Refund.objects.count() == 1


def test_nothing_is_sent_when_another_amount_waits_than_the_page_showed(clerk, visit, item):
    bill(visit, owed_cents=10_00)
    put_back(item, visit, 10_00)
    assert "The amount has changed" in _press(clerk, item, 30_00)
    assert not Refund.objects.exists()
    item.refresh_from_db()
    assert item.done_at is None
    _press(clerk, item, 20_00)
    assert Refund.objects.get().amount_cents == 20_00


def put_back(item, visit, cents, token=None):
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    putting_back.move(
        posted_id=posted.pk, visit_id=visit.pk, cents=cents, token=token or uuid.uuid4(), at=timezone.now()
    )


def test_more_than_the_limit_waits_for_a_second_person_as_the_page_said_before(clerk):
    visit = VisitFactory(owed_cents=130_00)
    item = overpaid(visit, cents=130_00)
    assert "a second person has to agree" in _page(clerk, item)
    assert "second person has agreed" in _press(clerk, item, 120_00)
    assert "Waiting for a second person" in _page(clerk, item)
    head = client_of("Billing office")
    head.post(reverse("admin:records_approval_change", args=[Approval.objects.get().pk]), {"is_approved": "yes"})
    _send()
    assert in_bucket(Bucket.REFUNDABLE) == 0


def test_what_a_second_person_declined_is_work_again(clerk):
    item = overpaid(VisitFactory(owed_cents=130_00), cents=130_00)
    _press(clerk, item, 120_00)
    head = client_of("Billing office")
    head.post(
        reverse("admin:records_approval_change", args=[Approval.objects.get().pk]),
        {"is_approved": "no", "note": "Not ours"},
    )
    again = WorkItem.objects.get(done_at__isnull=True)
    assert (again.kind, again.amount_cents, again.payment_ref) == ("overpayment", 120_00, item.payment_ref)
    assert "Send $120.00 back" in _page(clerk, again)


def test_guarantors_unspent_credit_can_be_sent_back_and_spent_credit_cannot(clerk, visit):
    item = overpaid(visit, payer_of(AccessFactory(account=visit.account)))
    assert "guarantor’s credit" in _page(clerk, item)
    bill(visit, owed_cents=25_00)
    paying.use_credit(
        account_id=visit.account_id,
        cents=25_00,
        source="test",
        source_ref="u",
        effective_date=timezone.localdate(),
        at=timezone.now(),
    )
    assert "Send $5.00 back" in _page(clerk, item)
    _press(clerk, item, 5_00)
    _send()
    visit.refresh_from_db()
    assert (visit.patient_cents, visit.account.credit_cents) == (0, 0)


def test_who_may_not_refund_reads_the_item_without_its_button(clerk, item):
    group = Group.objects.get(name="Billing office")
    group.permissions.remove(*Permission.objects.filter(codename="add_refund"))
    assert "Send $30.00 back" not in _page(clerk, item)
    assert clerk.post(reverse("admin:billing_workitem_press", args=[item.pk]), {"cents": 30_00}).status_code == 403
    nurse = client_of("Nurse")
    assert nurse.post(reverse("admin:billing_workitem_press", args=[item.pk]), {"cents": 30_00}).status_code == 403
    assert nurse.post(reverse("admin:billing_workitem_done", args=[item.pk])).status_code == 403


def test_item_is_marked_done_on_its_own_page(clerk, item):
    clerk.post(reverse("admin:billing_workitem_done", args=[item.pk]))
    item.refresh_from_db()
    assert item.done_at is not None
    assert not Refund.objects.exists()


def test_list_and_page_of_work_items_stay_within_their_queries(clerk, visit, item):
    for _ in range(3):
        overpaid(VisitFactory(owed_cents=40_00))
    clerk.get(reverse("admin:billing_workitem_changelist"))
    assert cost_of(lambda: clerk.get(reverse("admin:billing_workitem_changelist"))) <= BUDGET
    assert cost_of(lambda: _page(clerk, item)) <= BUDGET


def test_pages_of_waiting_money_stay_within_their_queries(clerk, visit, item):
    bill(visit, owed_cents=10_00)
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    payment = ProviderPayment.objects.get(ref=item.payment_ref)
    for url in (
        reverse("admin:billing_providerpayment_change", args=[payment.pk]),
        reverse("admin:billing_ledgertransaction_change", args=[posted.pk]),
        _put_back_url(posted),
    ):
        clerk.get(url)
        assert cost_of(lambda url=url: clerk.get(url)) <= BUDGET


# Money that waits


def _put_back_url(posted) -> str:
    return reverse("admin:billing_ledgertransaction_put_back", args=[posted.pk])


def test_guests_money_is_put_back_on_the_visit_after_a_review(clerk, visit, item):
    bill(visit, owed_cents=12_00)
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    url = _put_back_url(posted)
    payment = ProviderPayment.objects.get(ref=item.payment_ref)
    for name, pk in (("workitem", item.pk), ("providerpayment", payment.pk), ("ledgertransaction", posted.pk)):
        assert url in clerk.get(reverse(f"admin:billing_{name}_change", args=[pk])).content.decode()
    first = clerk.get(url).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', first).group(1)
    assert 'value="12.00"' in first
    form = {"visit": str(visit.pk), "amount": "12.00", "token": token}
    assert "Is this right?" in clerk.post(url, form).content.decode()
    assert owed(visit) == 12_00
    for _ in range(2):
        confirm(clerk, url, form)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, -18_00)
    assert verification.faults() == []


@pytest.mark.parametrize("amount", ["0", "12.01", "lots", ""])
def test_more_than_the_visit_owes_is_refused_and_nothing_typed_is_lost(clerk, visit, item, amount):
    bill(visit, owed_cents=12_00)
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    form = {"visit": str(visit.pk), "amount": amount, "token": str(uuid.uuid4())}
    page = clerk.post(_put_back_url(posted), form)
    assert page.context["form"].errors["amount"]
    assert page.context["form"]["visit"].value() == str(visit.pk)
    assert in_bucket(Bucket.REFUNDABLE) == -30_00


def test_money_on_its_way_back_to_the_payer_is_not_put_on_a_visit(clerk, visit, item):
    bill(visit, owed_cents=12_00)
    _press(clerk, item)
    with pytest.raises(paying.NotOver):
        put_back(item, visit, 12_00)
    _send()
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (12_00, 0)


def test_same_press_puts_money_back_once_though_nothing_is_left(visit, item):
    bill(visit, owed_cents=30_00)
    token = uuid.uuid4()
    for _ in range(2):
        put_back(item, visit, 30_00, token)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == (0, 0)


def _at_the_desk(clerk, *, payer="other"):
    """$25.00 paid in cash at the desk; the insurer left a share of $5.00."""
    visit = VisitFactory(pending_cents=80_00)
    form = {"amount": "25.00", "payer": payer, "way": "cash", "token": str(uuid.uuid4())}
    confirm(clerk, reverse("admin:billing_visitaccount_deposit", args=[visit.pk]), form)
    decide(visit.charges.get(), Decision(insurance_cents=75_00, copay_cents=5_00))
    return visit, LedgerTransaction.objects.get(kind="payment")


def test_desk_deposit_that_was_too_much_is_put_on_another_visit(clerk):
    visit, posted = _at_the_desk(clerk)
    later = VisitFactory(account=visit.account, owed_cents=50_00)
    item = WorkItem.objects.get(kind="overpayment")
    page = _page(clerk, item)
    assert "Cash at the desk" in page and _put_back_url(posted) in page
    form = {"visit": str(later.pk), "amount": "20.00", "token": str(uuid.uuid4())}
    confirm(clerk, _put_back_url(posted), form)
    assert (owed(later), in_bucket(Bucket.REFUNDABLE), in_bucket(Bucket.CASH)) == (30_00, 0, 25_00)


def test_desk_deposit_is_paid_back_at_the_desk_after_a_review_and_once(clerk):
    visit, posted = _at_the_desk(clerk)
    url = reverse("admin:billing_ledgertransaction_pay_back", args=[posted.pk])
    assert url in clerk.get(reverse("admin:billing_ledgertransaction_change", args=[posted.pk])).content.decode()
    assert 'value="20.00"' in clerk.get(url).content.decode()
    form = {"amount": "20.00", "token": str(uuid.uuid4())}
    review = clerk.post(url, form).content.decode()
    assert "Is this right?" in review and "Cash at the desk" in review
    for _ in range(2):
        confirm(clerk, url, form)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE), in_bucket(Bucket.CASH)) == (0, 0, 5_00)
    assert verification.faults() == []


@pytest.mark.parametrize("amount", ["25.01", "0", "", "lots"])
def test_no_more_is_paid_back_at_the_desk_than_was_paid_there(clerk, amount):
    _visit, posted = _at_the_desk(clerk)
    form = {"amount": amount, "token": str(uuid.uuid4())}
    page = clerk.post(reverse("admin:billing_ledgertransaction_pay_back", args=[posted.pk]), form)
    assert page.context["form"].errors["amount"]
    assert in_bucket(Bucket.CASH) == 25_00


def test_payment_of_the_provider_is_not_paid_back_at_the_desk(clerk, item):
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    form = {"amount": "5.00", "token": str(uuid.uuid4())}
    page = clerk.post(reverse("admin:billing_ledgertransaction_pay_back", args=[posted.pk]), form)
    assert page.context["form"].errors["amount"]


def test_staff_find_the_payments_of_which_money_waits(clerk, item):
    pay(open_checkout().ref)  # of nobody
    hear()
    nobodys = ProviderPayment.objects.get(attempt=None)
    over = ProviderPayment.objects.get(ref=item.payment_ref)
    for model, of in (
        ("providerpayment", lambda payment: payment.pk),
        ("ledgertransaction", lambda payment: LedgerTransaction.objects.get(source_ref=payment.ref, kind="payment").pk),
    ):
        url = reverse(f"admin:billing_{model}_changelist")
        for waiting, payment in (("refundable", over), ("suspense", nobodys)):
            page = clerk.get(url, {"waiting": waiting})
            assert [row.pk for row in page.context["cl"].result_list] == [of(payment)]
        assert cost_of(lambda url=url: clerk.get(url, {"waiting": "refundable"})) <= BUDGET


def test_pages_of_waiting_money_are_for_the_billing_office(item):
    posted = LedgerTransaction.objects.get(kind="payment", source_ref=item.payment_ref)
    nurse = client_of("Nurse")
    assert nurse.get(_put_back_url(posted)).status_code == 403
    assert nurse.get(reverse("admin:billing_ledgertransaction_pay_back", args=[posted.pk])).status_code == 403


def test_payment_of_nobody_that_is_more_than_the_account_owes_is_work_once_it_is_placed(clerk, visit):
    pay(open_checkout().ref)
    hear()
    payment = ProviderPayment.objects.get()
    placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now())
    item = WorkItem.objects.get(kind="overpayment")
    assert (item.account, item.amount_cents, item.payment_ref) == (visit.account, 85_00, payment.ref)
    assert "Send $85.00 back" in _page(clerk, item)


def test_item_without_a_payment_or_a_guarantor_is_shown_as_far_as_it_is_known(clerk):
    account = AccountFactory(guarantor=None, standing="guarantor_needed", number="10204417")
    item = WorkItemFactory(account=account)
    page = _page(clerk, item)
    assert ">1020 4417</a>" in page
    assert "Look at the account" in page
