import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.ledger.actions import Decision
from billing.models import (
    Charge,
    ExpectedCopay,
    LedgerTransaction,
    PaymentAttempt,
    ProviderPayment,
    VisitAccount,
    WorkItem,
)
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.states import RefundReason
from billing.sandbox import disputes
from records.access.log import AccessLogEntry
from tests.billing.ledger.steps import pay as pay_at_the_desk
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.appointments import AppointmentFactory
from tests.factories.billing import (
    AccessFactory,
    InvitationFactory,
    PayLinkFactory,
    VisitFactory,
    WorkItemFactory,
    decide,
    issue_statement,
)
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay
from tests.queries import cost_of
from tests.staff import client_of, staff_in

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "billing"]
READ_ONLY = {
    "accountnumber", "adjudication", "charge", "dailytotal", "dispute", "guarantoraccess", "ledgerentry",
    "ledgertransaction", "payerinvitation", "paylink", "paymentattempt", "providerevent", "providerpayment",
    "reconciliationrun", "refund", "statement", "statementlink",
}  # fmt: skip


@pytest.fixture
def clerk():
    """Somebody of the billing office, with that role and nothing else."""
    return staff_in("Billing office")


@pytest.fixture
def staff(client: Client, clerk) -> Client:
    client.force_login(clerk)
    return client


@pytest.fixture
def paid() -> VisitAccount:
    """A visit with everything: charges, a decision, a payment by its guarantor, and too much of it."""
    visit = VisitFactory(
        owed_cents=125_00,
        pending_cents=80_00,
        number="7000213305",
        account__number="10204417",
        account__guarantor__family_name="Quartermaine",
    )
    decide(visit.charges.get(cents=80_00), Decision(insurance_cents=50_00, discount_cents=10_00, copay_cents=20_00))
    issue_statement(visit.account)
    AccessFactory(account=visit.account)
    InvitationFactory(account=visit.account)
    ExpectedCopay.objects.create(appointment=AppointmentFactory(), amount_cents=25_00)
    PayLinkFactory(account=visit.account)
    attempt = open_page(start(visit, chosen={visit.pk: visit.patient_cents}))
    pay_at_the_desk(visit.account, 55_00)
    pay(attempt.checkout_ref)
    hear()
    _back_and_forth(ProviderPayment.objects.get())
    visit.refresh_from_db()
    return visit


def _back_and_forth(payment: ProviderPayment) -> None:
    """Some of it is refunded, some charged back, and reconciliation has looked."""
    asked = refunds.request(
        payment_id=payment.pk,
        amount_cents=10_00,
        reason=RefundReason.GOODWILL,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    sending.send(refund_id=asked.pk, at=timezone.now())
    disputes.open_dispute(payment_ref=payment.ref, amount_cents=20_00, at=timezone.now())
    reconcile(timezone.now())


def _url(model, page, *args):
    return reverse(f"admin:billing_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_billing_office_lists_and_opens_everything(staff, paid, model):
    assert staff.get(_url(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    page = staff.get(_url(model, "change", row.pk)).content.decode()
    title = page.split("<title>")[1].split("</title>")[0]
    guarantor = paid.account.guarantor
    assert guarantor.family_name not in title
    assert str(paid.account.account_number.number) not in title


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_search_answers(staff, paid, model):
    assert staff.get(_url(model, "changelist"), {"q": "10204417"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nothing_about_money_is_deleted(staff, paid, model):
    row = model._default_manager.first()
    assert staff.post(_url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_ledger_and_payments_are_not_typed_even_by_a_superuser(client, paid, model):
    client.force_login(staff_in("Billing office", is_superuser=True))
    row = model._default_manager.first()
    may_change = client.post(_url(model, "change", row.pk), {}).status_code != 403
    assert may_change is (model._meta.model_name not in READ_ONLY)


def test_account_leads_to_visits_and_visits_to_the_transactions_behind_them(staff, paid):
    account = staff.get(_url(type(paid.account), "change", paid.account.pk)).content.decode()
    assert _url(VisitAccount, "change", paid.pk) in account
    visit = staff.get(_url(VisitAccount, "change", paid.pk)).content.decode()
    payment = LedgerTransaction.objects.get(kind="payment", source="sandbox")
    assert _url(LedgerTransaction, "change", payment.pk) in visit
    assert _url(Charge, "change", paid.charges.first().pk) in visit
    transaction = staff.get(_url(LedgerTransaction, "change", payment.pk)).content.decode()
    assert "−$90.00" in transaction
    assert "−$55.00" in transaction
    assert _url(VisitAccount, "change", paid.pk) in transaction


def test_payment_is_found_by_the_confirmation_number_a_payer_reads_out(staff, paid):
    attempt = PaymentAttempt.objects.get()
    found = staff.get(_url(PaymentAttempt, "changelist"), {"q": attempt.confirmation}).content.decode()
    assert _url(PaymentAttempt, "change", attempt.pk) in found
    page = staff.get(_url(PaymentAttempt, "change", attempt.pk)).content.decode()
    assert "4242" in page
    assert attempt.page_url not in page


def test_hold_is_for_staff_to_say_and_balances_are_not(staff, paid):
    inlines = ("account_number", "charges", "entries")
    no_rows = {f"{prefix}-{name}_FORMS": "0" for prefix in inlines for name in ("TOTAL", "INITIAL")}
    data = no_rows | {"title": paid.title, "place": paid.place, "hold": "contested", "patient_cents": "0"}
    assert staff.post(_url(VisitAccount, "change", paid.pk), data).status_code == 302
    before = paid.patient_cents
    paid.refresh_from_db()
    assert (paid.hold, paid.patient_cents) == ("contested", before)


def test_opening_a_bill_is_in_the_patients_access_log(staff, paid):
    for model in (VisitAccount, Charge):
        row = model.objects.first()
        staff.get(_url(model, "change", row.pk))
        entry = AccessLogEntry.objects.order_by("number").last()
        assert (entry.patient_id, entry.object_id) == (paid.patient_id, f"{model._meta.model_name}:{row.pk}")


def test_work_is_marked_done_by_who_did_it_and_once(staff, clerk, paid):
    item, done = WorkItem.objects.get(kind="overpayment"), WorkItemFactory()
    colleague = UserFactory(is_staff=True)
    WorkItem.objects.filter(pk=done.pk).update(done_at=done.created_at, done_by=colleague)
    data = {"action": "mark_done", "_selected_action": [str(item.pk), str(done.pk)]}
    staff.post(_url(WorkItem, "changelist"), data)
    item.refresh_from_db()
    done.refresh_from_db()
    assert item.done_at is not None
    assert (item.done_by, done.done_by) == (clerk, colleague)


def test_other_staff_see_no_bills(client, paid):
    staff = client_of("Nurse")
    assert staff.get(_url(VisitAccount, "changelist")).status_code == 403
    assert staff.get(_url(VisitAccount, "change", paid.pk)).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_lists_cost_the_same_with_more_rows(staff, paid, model):
    url = _url(model, "changelist")
    staff.get(url)
    few = cost_of(lambda: staff.get(url))
    for _ in range(3):
        visit = VisitFactory(owed_cents=10_00)
        AccessFactory(account=visit.account)
        InvitationFactory(account=visit.account)
        PayLinkFactory(account=visit.account)
        pay(open_page(start(visit)).checkout_ref)
        WorkItemFactory(account=visit.account, visit=visit)
    hear()
    assert cost_of(lambda: staff.get(url)) <= few
