"""A guarantor pays with credit; and money that went back is shown where it was paid."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import returns
from billing.models import GuarantorAccount, LedgerTransaction, VisitAccount
from tests.billing.ledger.steps import pay
from tests.factories.billing import AccessFactory, VisitFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def access():
    return AccessFactory()


@pytest.fixture
def visit(access) -> VisitAccount:
    """$80.00 owed, beside a credit of $50.00."""
    pay(access.account, 50_00)
    return VisitFactory(account=access.account, owed_cents=80_00)


@pytest.fixture
def signed_in(client, access):
    client.force_login(access.user)
    return client


def _url(name: str, account: GuarantorAccount) -> str:
    return reverse(f"billing:{name}", kwargs={"account": account.pk})


def _left(visit) -> tuple[int, int]:
    visit.refresh_from_db()
    return visit.patient_cents, GuarantorAccount.objects.get(pk=visit.account_id).credit_cents


def test_account_leads_to_the_review_and_looking_uses_nothing(signed_in, visit):
    page = signed_in.get(_url("account", visit.account)).content.decode()
    assert _url("credit", visit.account) in page and "Use $50.00 of your credit" in page
    review = signed_in.get(_url("credit", visit.account)).content.decode()
    assert "$30.00" in review and "oldest visit first" in review
    assert _left(visit) == (80_00, 50_00)


def test_button_uses_it_once_however_often_it_is_pressed(signed_in, visit):
    form = signed_in.get(_url("credit", visit.account)).context["form"].initial
    for _ in range(2):
        answer = signed_in.post(_url("credit", visit.account), form, follow=True)
    assert "Your credit paid $50.00." in answer.content.decode()
    assert _left(visit) == (30_00, 0)
    assert LedgerTransaction.objects.filter(kind="credit_use").count() == 1


def test_balance_that_changed_meanwhile_uses_nothing_and_says_so(signed_in, visit):
    form = signed_in.get(_url("credit", visit.account)).context["form"].initial
    pay(visit.account, 60_00, ref="p2")
    answer = signed_in.post(_url("credit", visit.account), form, follow=True).content.decode()
    assert "Nothing was used" in answer
    assert _left(visit) == (20_00, 50_00)


@pytest.mark.parametrize(
    "form", [{}, {"once": "x", "cents": "1"}, {"once": str(uuid.uuid4()), "cents": "-5"}, {"cents": "50_00"}]
)
def test_nonsense_shows_the_review_again(signed_in, visit, form):
    assert "Your credit pays" in signed_in.post(_url("credit", visit.account), form).content.decode()
    assert _left(visit) == (80_00, 50_00)


def test_without_credit_or_debt_there_is_nothing_to_use(signed_in, access):
    pay(access.account, 50_00)
    assert "of your credit" not in signed_in.get(_url("account", access.account)).content.decode()
    assert signed_in.get(_url("credit", access.account)).status_code == 302


@pytest.mark.parametrize("role", ["payer_lines", "payer_amounts"])
def test_credit_is_the_guarantors_alone(client, visit, role):
    other = AccessFactory(account=visit.account, role=role)
    client.force_login(other.user)
    assert client.get(_url("credit", visit.account)).status_code == 403
    assert "of your credit" not in client.get(_url("account", visit.account)).content.decode()


def test_refund_is_shown_on_account_and_visit(signed_in, access):
    visit = VisitFactory(account=access.account, owed_cents=80_00)
    pay(access.account, 80_00)
    returns.refund(
        source="test",
        payment_ref="p1",
        cents=30_00,
        refund_ref="r1",
        effective_date=timezone.localdate(),
        at=timezone.now(),
    )
    account = signed_in.get(_url("account", access.account)).content.decode()
    assert "Sent back to the payer" in account and "−$30.00" in account
    lines = signed_in.get(reverse("billing:visit", kwargs={"account": access.account.pk, "visit": visit.pk}))
    assert "Sent back to the payer" in lines.content.decode()
    assert cost_of(lambda: signed_in.get(_url("account", access.account))) <= BUDGET
