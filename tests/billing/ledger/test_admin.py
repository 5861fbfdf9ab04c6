"""What the billing office finds in the admin, and what the sums it reads there add up to."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.guest.lookup import find
from billing.ledger.choices import Hold
from billing.models import Guarantor, GuarantorAccount, VisitAccount
from billing.payments.payable import payable_of
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory
from tests.queries import BUDGET, cost_of
from tests.staff import client_of, staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "admin:billing_guarantoraccount_changelist"
NO_ROWS = {"name_keys-TOTAL_FORMS": "0", "name_keys-INITIAL_FORMS": "0"}


@pytest.fixture
def clerk() -> Client:
    return client_of("Billing office")


@pytest.fixture
def account() -> GuarantorAccount:
    """Maya Alvarez’s account 1020 4417 with a visit 7000 2133 05, beside somebody else’s."""
    VisitFactory(account__guarantor__given_name="Otto", account__guarantor__family_name="Quartermaine", owed_cents=1_00)
    guarantor = GuarantorFactory(given_name="Maya", family_name="Alvarez")
    found = AccountFactory(guarantor=guarantor, number="10204417")
    VisitFactory(account=found, number="7000213305", owed_cents=593_16)
    return found


def found(client: Client, name: str, typed: str) -> list[object]:
    """The rows that a list shows for what was typed."""
    answer = client.get(reverse(name), {"q": typed})
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


class TestNames:
    def form(self, **changed):
        return NO_ROWS | {"given_name": "Ana", "family_name": "García-López", "email": "", "patient": ""} | changed

    def test_guarantor_renamed_by_staff_is_found_by_both_names(self, clerk, account):
        url = reverse("admin:billing_guarantor_change", args=[account.guarantor_id])
        assert clerk.post(url, self.form(email="ana@example.org")).status_code == 302
        guarantor = Guarantor.objects.get(pk=account.guarantor_id)
        assert (guarantor.full_name, guarantor.email) == ("Ana García-López", "ana@example.org")
        assert find("10204417", "Garcia Lopez") is not None
        assert find("10204417", "Alvarez") is not None

    def test_guarantor_added_by_staff_is_found(self, client):
        client.force_login(staff_in("Billing office", is_superuser=True))
        assert client.post(reverse("admin:billing_guarantor_add"), self.form()).status_code == 302
        guarantor = Guarantor.objects.get()
        assert [key.key for key in guarantor.name_keys.all()] == ["garcialopez"]

    def test_name_that_could_not_be_found_is_refused(self, clerk, account):
        url = reverse("admin:billing_guarantor_change", args=[account.guarantor_id])
        page = clerk.post(url, self.form(family_name="--")).content.decode()
        assert "Enter a last name with letters: the bill is found by it." in page
        assert Guarantor.objects.get(pk=account.guarantor_id).family_name == "Alvarez"


class TestFinding:
    @pytest.mark.parametrize(
        "typed", ["Maya Alvarez", "alvarez maya", "ALVAREZ", "alv may", "10204417", "1020 4417", "7000 2133 05"]
    )
    def test_account_is_found_by_name_in_any_order_and_by_number_as_it_is_printed(self, clerk, account, typed):
        assert found(clerk, LIST, typed) == [account]

    @pytest.mark.parametrize("typed", ["Maya Quartermaine", "1020 4418", "4417", "--", "Maya --"])
    def test_what_fits_nobody_finds_nobody(self, clerk, account, typed):
        assert found(clerk, LIST, typed) == []

    @pytest.mark.parametrize("typed", ["Garcia-Lopez", "garcia lopez", "Ana Lopez", "lopez", "García-López", "Novak"])
    def test_accents_and_hyphens_of_last_names_are_forgiven_and_former_names_find(self, clerk, account, typed):
        guarantor = GuarantorFactory(given_name="Ana", family_name="García-López", names=["Novák"])
        other = AccountFactory(guarantor=guarantor)
        assert found(clerk, LIST, typed) == [other]
        assert found(clerk, "admin:billing_guarantor_changelist", typed) == [guarantor]

    def test_guarantor_of_two_accounts_is_listed_once(self, clerk, account):
        AccountFactory(guarantor=account.guarantor)
        for typed in ("Maya", "1020 4417"):
            assert found(clerk, "admin:billing_guarantor_changelist", typed) == [account.guarantor]

    def test_account_without_a_guarantor_is_found_by_its_number(self, clerk):
        account = AccountFactory(guarantor=None, standing="guarantor_needed", number="10999999")
        assert found(clerk, LIST, "1099 9999") == [account]


class TestSums:
    """What a clerk reads of an account is what its payer sees, and what differs has a name."""

    @pytest.fixture
    def mixed(self, account) -> GuarantorAccount:
        """Maya’s account: $593.16, and a visit for each reason that keeps one back, each with a charge on top."""
        for number, hold in enumerate([Hold.PLAN, Hold.AGENCY, Hold.CONTESTED, Hold.CONFIDENTIAL], 1):
            VisitFactory(account=account, hold=hold, owed_cents=number * 10_00, pending_cents=number)
        return account

    def figures(self, client: Client, account: GuarantorAccount, **query: str) -> dict[str, int]:
        rows = client.get(reverse(LIST), query).context["cl"].result_list
        (row,) = [row for row in rows if row.pk == account.pk]
        return {name: getattr(row, name) for name in ("owed", "held", "confidential", "credit_cents")}

    @pytest.mark.parametrize("typed", ["", "Alvarez", "Maya Alvarez", "1020 4417", "7000213305"])
    def test_list_says_what_the_payer_sees_however_the_account_was_found(self, clerk, mixed, typed):
        query = {"q": typed} if typed else {}
        figures = self.figures(clerk, mixed, **query)
        payable = payable_of(mixed)
        assert figures == {"owed": payable.owed_cents, "held": 60_00, "confidential": 40_00, "credit_cents": 0}
        assert figures["owed"] == 653_16
        everything = sum(mixed.visits.values_list("patient_cents", flat=True))
        assert everything == figures["owed"] + figures["confidential"]

    def test_lists_columns_and_the_accounts_own_page_say_the_same(self, clerk, mixed):
        url = reverse("admin:billing_guarantoraccount_change", args=[mixed.pk])
        for page in (clerk.get(reverse(LIST), {"q": "Alvarez"}), clerk.get(url)):
            html = page.content.decode()
            for amount in ("$653.16", "$60.00", "$40.00"):
                assert amount in html

    def test_account_without_visits_owes_nothing(self, clerk):
        account = AccountFactory(guarantor__family_name="Empty")
        assert set(self.figures(clerk, account, q="Empty").values()) == {0}

    def test_sums_cost_one_query_for_the_page(self, clerk, mixed):
        url = reverse(LIST)
        clerk.get(url)
        few = cost_of(lambda: clerk.get(url))
        for _ in range(20):
            VisitFactory(owed_cents=10_00, hold=Hold.PLAN)
        assert cost_of(lambda: clerk.get(url)) <= min(few, BUDGET)

    def test_accounts_are_ordered_by_what_they_owe(self, clerk, mixed):
        VisitAccount.objects.exclude(account=mixed).update(hold=Hold.NONE)
        columns = clerk.get(reverse(LIST)).context["cl"].list_display
        by_owed = 1 + next(n for n, column in enumerate(columns[1:]) if getattr(column, "__name__", "") == "owed")
        rows = list(clerk.get(reverse(LIST), {"o": f"-{by_owed}"}).context["cl"].result_list)
        assert [row.owed for row in rows] == sorted((row.owed for row in rows), reverse=True)
