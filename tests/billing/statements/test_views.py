"""An account's statements as its guarantor and others who may pay read them."""

import datetime as dt

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from billing.ledger import returns
from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccount
from records.access.models import AccessLogEntry
from tests.billing.ledger.steps import pay
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory, issue_statement
from tests.factories.records import PatientFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def account():
    account = AccountFactory(number="10204417")
    VisitFactory(
        account=account,
        patient=PatientFactory(given="Tomas", family="Novák"),
        title="Colonoscopy",
        place="Larkspur Endoscopy",
        number="7000213305",
        owed_cents=144_96,
    )
    return account


@pytest.fixture
def guarantor(account):
    return AccessFactory(account=account).user


def url(name: str, statement) -> str:
    return reverse(f"billing:{name}", kwargs={"account": statement.account_id, "statement": statement.pk})


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


class TestList:
    def test_shows_the_newest_first_and_teaches_when_empty(self, client, account, guarantor):
        client.force_login(guarantor)
        address = reverse("billing:statements", kwargs={"account": account.pk})
        assert "No statements yet" in read(client, address)
        now = timezone.now()
        old = issue_statement(account, at=now - dt.timedelta(days=60))
        new = issue_statement(account, at=now)
        html = read(client, address)
        assert html.index(url("statement", new)) < html.index(url("statement", old))
        assert "$144.96" in html

    def test_goes_on_to_a_second_page_at_the_same_cost(self, client, account, guarantor):
        client.force_login(guarantor)
        address = reverse("billing:statements", kwargs={"account": account.pk})
        now = timezone.now()
        issue_statement(account, at=now - dt.timedelta(days=28 * 20))
        client.get(address)  # The log's first row of all costs more.
        one = cost_of(lambda: client.get(address))
        for cycle in range(13):
            issue_statement(account, at=now - dt.timedelta(days=28 * (19 - cycle)))
        assert cost_of(lambda: client.get(address)) == one <= BUDGET
        assert "Page 1 of 2" in read(client, address)

    def test_is_linked_from_the_account_for_those_who_may_see_visits(self, client, account, guarantor):
        link = reverse("billing:statements", kwargs={"account": account.pk})
        page = reverse("billing:account", kwargs={"account": account.pk})
        client.force_login(guarantor)
        assert link in read(client, page)
        client.force_login(AccessFactory(account=account, role=AccessRole.PAYER_AMOUNTS).user)
        assert link not in read(client, page)


class TestStatement:
    def test_says_what_was_sent_and_offers_to_pay(self, client, account, guarantor):
        statement = issue_statement(account)
        client.force_login(guarantor)
        html = read(client, url("statement", statement))
        for said in (
            '<p class="amount">$144.96</p>',
            "<span>7000</span><span>2133</span><span>05</span>",
            "<span>1020</span><span>4417</span>",
            "Tomas",
            "Larkspur Endoscopy",
            "How to pay",
            "Is this more than you can pay?",
            settings.SERVICE_PHONE,
            settings.SERVICE_HOURS,
            reverse("billing:pay", kwargs={"account": account.pk}),
            url("statement_pdf", statement),
        ):
            assert said in html, said
        assert "Colonoscopy" not in html

    def test_says_what_was_paid_since_and_asks_todays_amount(self, client, account, guarantor):
        statement = issue_statement(account)
        pay(account, 72_20)
        client.force_login(guarantor)
        html = read(client, url("statement", statement))
        assert '<p class="amount">$72.76</p>' in html
        assert "<dt>Paid since then</dt><dd>$72.20</dd>" in html
        assert f"<dt>This statement asked for</dt><dd>$144.96 by {statement.due_date:%b} " in html
        assert ">Pay Now</a>" in html

    def test_of_a_paid_bill_asks_for_nothing_and_stays_as_it_was_sent(self, client, account, guarantor):
        statement = issue_statement(account)
        pay(account, 144_96)
        client.force_login(guarantor)
        html = read(client, url("statement", statement))
        assert '<p class="amount">$0.00</p>' in html
        assert "There is nothing to pay. Thank you." in html
        assert '<dt class="strong">Please pay</dt><dd class="strong">$144.96</dd>' in html
        assert "Pay Now" not in html

    def test_counts_what_came_after_it_and_what_went_back(self, client, account, guarantor):
        pay(account, 44_96)
        statement = issue_statement(account)
        VisitFactory(account=account, owed_cents=20_00)
        returns.refund(
            source="test",
            payment_ref="p1",
            cents=4_96,
            refund_ref="r1",
            effective_date=timezone.localdate(),
            at=timezone.now(),
        )
        client.force_login(guarantor)
        html = read(client, url("statement", statement))
        assert '<p class="amount">$124.96</p>' in html
        assert "<dt>Sent back since then</dt><dd>$4.96</dd>" in html

    def test_credit_is_read_by_its_owner_alone(self, client, account, guarantor):
        GuarantorAccount.objects.update(credit_cents=44_96)
        statement = issue_statement(account)
        assert (statement.due_cents, statement.covered_cents) == (100_00, 44_96)
        client.force_login(guarantor)
        assert "<dt>Paid by your credit with us</dt><dd>−$44.96</dd>" in read(client, url("statement", statement))
        client.force_login(AccessFactory(account=account, role=AccessRole.PAYER_LINES).user)
        html = read(client, url("statement", statement))
        assert '<p class="amount">$100.00</p>' in html
        for secret in ("credit", "−$44.96", "<dd>$144.96</dd>"):
            assert secret not in html

    def test_a_payer_with_visit_lines_is_not_told_whose_visits_they_were(self, client, account):
        statement = issue_statement(account)
        client.force_login(AccessFactory(account=account, role=AccessRole.PAYER_LINES).user)
        html = read(client, url("statement", statement))
        assert "$144.96" in html
        assert "Tomas" not in html
        assert url("statement_pdf", statement) not in html

    def test_another_accounts_statement_is_not_found(self, client, account, guarantor):
        other = issue_statement(VisitFactory(owed_cents=1_00).account)
        client.force_login(guarantor)
        for name in ("statement", "statement_pdf"):
            address = reverse(f"billing:{name}", kwargs={"account": account.pk, "statement": other.pk})
            assert client.get(address).status_code == 404

    def test_costs_the_same_for_one_visit_and_for_twenty(self, client, account, guarantor):
        client.force_login(guarantor)
        statement = issue_statement(account, at=timezone.now() - dt.timedelta(days=60))
        client.get(url("statement", statement))  # The log's first row of all costs more.
        one = cost_of(lambda: client.get(url("statement", statement)))
        for _ in range(19):
            VisitFactory(account=account, owed_cents=1_00)
        statement = issue_statement(account)
        assert cost_of(lambda: client.get(url("statement", statement))) == one <= BUDGET


class TestFile:
    def test_is_the_very_letter_and_its_reading_is_logged(self, client, account, guarantor):
        statement = issue_statement(account)
        client.force_login(guarantor)
        response = client.get(url("statement_pdf", statement))
        assert response["Content-Type"] == "application/pdf"
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Disposition"] == f'attachment; filename="statement-{statement.issued_date}.pdf"'
        assert response.content == bytes(statement.pdf)
        assert AccessLogEntry.objects.latest("number").object_id == str(account.pk)
