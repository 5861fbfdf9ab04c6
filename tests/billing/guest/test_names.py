"""Which part of a name a guest types, and that a wrong part says no more than any other slip."""

import pytest
from django.test import Client

from billing.ledger import accounts
from tests.billing.guest.steps import URL, ask, bare
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def bill():
    """Ana García-López’s account 1020 4417 with one visit."""
    guarantor = GuarantorFactory(given_name="Ana", family_name="García-López")
    return VisitFactory(account=AccountFactory(guarantor=guarantor, number="10204417"), owed_cents=144_96)


@pytest.mark.parametrize("typed", ["García-López", "garcia lopez", "GARCIALOPEZ", "Garcia-Lopez"])
def test_all_of_the_last_name_opens_the_bill(bill, client, typed):
    assert ask(client, last_name=typed).status_code == 302


@pytest.mark.parametrize("typed", ["Garcia", "López", "Ana García-López", "Lopez Garcia"])
def test_a_part_of_it_or_more_than_it_answers_as_any_other_name_does(bill, typed):
    other = "Smith"
    assert bare(ask(Client(), last_name=typed), typed)[0] == 200
    page, plain = bare(ask(Client(), last_name=typed), typed), bare(ask(Client(), last_name=other), other)
    assert page[2].replace("x" * len(typed), "") == plain[2].replace("x" * len(other), "")


def test_page_says_which_part_to_type(client):
    page = client.get(URL).content.decode()
    assert "All of the last name, as your statement shows it. For “García-López” type both parts." in page
    assert "Accents, hyphens and capitals do not matter." in page


def test_renamed_guarantor_opens_the_bill_under_the_name_on_the_next_statement(bill, client):
    accounts.rename_guarantor(guarantor=bill.account.guarantor, family_name="Moreau", given_name="Ana")
    assert ask(client, last_name="Moreau").status_code == 302
