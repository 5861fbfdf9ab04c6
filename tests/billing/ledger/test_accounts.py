"""Guarantors are found under the name they have now, and under every name they had."""

import pytest
from django.db.models import Model

from billing.guest.lookup import find
from billing.ledger import accounts
from billing.models import GuarantorNameKey
from records.models import PatientName
from tests.factories.billing import AccountFactory, GuarantorFactory
from tests.factories.records import PatientFactory
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def keys(guarantor: Model) -> set[str]:
    return set(GuarantorNameKey.objects.filter(guarantor=guarantor).values_list("key", flat=True))


def rename(guarantor, family_name: str) -> None:
    accounts.rename_guarantor(guarantor=guarantor, family_name=family_name, given_name="Ana")


def test_renamed_guarantor_is_found_under_the_new_name_and_the_former_one():
    account = AccountFactory(guarantor=GuarantorFactory(family_name="Novák"), number="10204417")
    rename(account.guarantor, "García-López")
    account.guarantor.refresh_from_db()
    assert account.guarantor.full_name == "Ana García-López"
    assert find("10204417", "garcia lopez") is not None
    assert find("10204417", "NOVAK") is not None


def test_former_name_without_a_key_gets_one_when_it_is_left():
    guarantor = GuarantorFactory(family_name="Novák")
    guarantor.name_keys.all().delete()
    rename(guarantor, "Moreau")
    assert keys(guarantor) == {"novak", "moreau"}


def test_what_the_former_name_is_comes_from_the_database_and_not_from_the_form():
    guarantor = GuarantorFactory(family_name="Novák")
    guarantor.name_keys.all().delete()
    guarantor.family_name = "Moreau"
    rename(guarantor, "Moreau")
    assert keys(guarantor) == {"novak", "moreau"}


def test_guarantor_renamed_twice_keeps_all_three_names():
    guarantor = GuarantorFactory(family_name="Novák")
    rename(guarantor, "Moreau")
    rename(guarantor, "Novák")
    rename(guarantor, "Smith")
    assert keys(guarantor) == {"novak", "moreau", "smith"}


def test_very_long_name_is_found_by_what_its_key_holds():
    guarantor = GuarantorFactory(family_name="Novák")
    rename(guarantor, "æ" * 200)
    assert {len(key) for key in keys(guarantor)} == {5, 200}


class TestPatientsNames:
    """A guarantor who is a patient is renamed by the clinic's own systems."""

    def guarantor(self, **fields):
        patient = PatientFactory(given="Ana", family="Moreau")
        return GuarantorFactory(family_name="Moreau", patient=patient, **fields)

    def test_patients_new_name_finds_their_account_too(self):
        guarantor = self.guarantor()
        guarantor.patient.family = "Ortiz"
        guarantor.patient.save()
        accounts.follow_names()
        assert keys(guarantor) == {"moreau", "ortiz"}

    def test_former_name_that_came_later_finds_it_too(self):
        guarantor = self.guarantor()
        PatientName.objects.create(patient=guarantor.patient, family="Novák", use="maiden")
        accounts.follow_names()
        assert keys(guarantor) == {"moreau", "novak"}

    def test_name_of_which_nothing_is_left_changes_nothing(self):
        guarantor = self.guarantor()
        guarantor.patient.family = ""
        guarantor.patient.save()
        PatientName.objects.create(patient=guarantor.patient, family="--")
        accounts.follow_names()
        assert keys(guarantor) == {"moreau"}

    def test_other_patients_names_are_nobodys(self):
        guarantor = self.guarantor()
        PatientName.objects.create(patient=PatientFactory(family="Ortiz"), family="Novák")
        accounts.follow_names()
        assert keys(guarantor) == {"moreau"}

    def test_one_patient_is_followed_alone(self):
        first, second = self.guarantor(), self.guarantor()
        for guarantor in (first, second):
            guarantor.patient.family = "Ortiz"
            guarantor.patient.save()
        accounts.follow_names(patient=first.patient)
        assert (keys(first), keys(second)) == ({"moreau", "ortiz"}, {"moreau"})

    def test_all_are_followed_in_the_same_few_queries(self):
        few = cost_of(accounts.follow_names)
        for _ in range(5):
            guarantor = self.guarantor()
            guarantor.patient.family = "Ortiz"
            guarantor.patient.save()
        assert cost_of(accounts.follow_names) <= few + 1
