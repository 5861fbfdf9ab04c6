"""What the billing office finds in the admin, and what the sums it reads there add up to."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.guest.lookup import find
from billing.models import Guarantor, GuarantorAccount
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory
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
