"""What a guest reads: the look-up, the sample statement, the amount, and why nothing can be paid."""

import pytest
from captcha.models import CaptchaStore
from django.urls import reverse

from billing.guest.gate import DOOR
from billing.ledger.choices import AccountKind, Hold, Standing
from billing.payments.payable import Reason, payable_of
from billing.payments.words import reason_words
from tests.doors import hold
from tests.factories.billing import (
    AccountFactory,
    GuarantorFactory,
    GuestGrantFactory,
    VisitFactory,
    bill,
    guest,
)
from tests.factories.records import PatientFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    guarantor = GuarantorFactory(given_name="Ana", family_name="Novák")
    account = AccountFactory(guarantor=guarantor, number="10204417")
    patient = PatientFactory(given="Tomas", family="Novák")
    return VisitFactory(
        account=account,
        patient=patient,
        title="Colonoscopy",
        place="Larkspur Endoscopy",
        number="7000213305",
        owed_cents=144_96,
    )


def let_in(client, visit, *, to_visit: bool = False) -> str:
    """The address of the amount page, in a browser that found the bill."""
    grant = GuestGrantFactory(account=visit.account, visit=visit if to_visit else None)
    return reverse("billing:guest_amount", kwargs={"handle": hold(client, DOOR, grant)})


def page(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


class TestLookup:
    def test_asks_for_two_things_and_the_characters(self, client):
        html = page(client, "/pay/")
        assert "<h1>Pay My Bill</h1>" in html
        assert '<li aria-current="step">Find your bill</li>' in html
        for label in ("id_account_number", "id_last_name", "id_captcha_1"):
            assert f'<label for="{label}">' in html
        assert reverse("billing:sample_statement") in html
        assert reverse("portal:assistance") in html

    def test_those_who_cannot_use_the_check_are_told_whom_to_call(self, client, settings):
        html = page(client, "/pay/")
        assert "Can’t use this check?" in html
        assert "Scan the square code on your statement" in html
        assert f'href="{reverse("billing:guest_code")}"' in html
        assert f"tel:{settings.SERVICE_PHONE}" in html

    def test_enter_presses_next_and_not_new_characters(self, client):
        html = page(client, "/pay/")
        form = html[html.index('<form method="post" class="form card"') :]
        assert form.index(">Next</button>") < form.index('name="new_characters"')
        assert "formnovalidate" in form[form.index('name="new_characters"') :][:60]

    def test_new_characters_keep_what_was_typed_and_complain_of_nothing(self, client):
        client.get("/pay/")
        before = CaptchaStore.objects.latest("pk")
        response = client.post(
            "/pay/", {"account_number": "1020 4417", "last_name": "O'Brien", "new_characters": "1", "captcha_1": ""}
        )
        html = response.content.decode()
        assert 'value="1020 4417"' in html
        assert 'value="O&#x27;Brien"' in html
        assert 'role="alert"' not in html
        assert CaptchaStore.objects.latest("pk") != before

    def test_errors_are_listed_with_links_to_their_fields(self, client):
        html = client.post("/pay/", {"account_number": "", "last_name": ""}).content.decode()
        for field in ("account_number", "last_name", "captcha_1"):
            assert f'<a href="#id_{field}">' in html

    def test_what_was_typed_is_escaped(self, client):
        html = client.post(
            "/pay/", {"account_number": '"><script>alert(1)</script>', "last_name": "x"}
        ).content.decode()
        assert "<script>alert" not in html


def test_sample_statement_shows_both_numbers_and_says_the_same_in_words(client):
    html = page(client, "/pay/sample/")
    assert "<span>1234</span><span>5678</span>" in html
    assert "<span>7000</span><span>1234</span><span>56</span>" in html
    assert "8 digits, at the top right." in html
    assert "10 digits, at the beginning of each line." in html


class TestAmount:
    def test_tells_whose_bill_it_is_without_telling(self, client, visit):
        html = page(client, let_in(client, visit))
        assert '<p class="amount">$144.96</p>' in html
        assert "<dd>A••• N•••</dd>" in html
        assert "<dt>Guarantor account</dt><dd>ending in 4417</dd>" in html
        for secret in ("Ana", "Novák", "Tomas", "Colonoscopy", "Endoscopy", "10204417", "1020 4417", "7000"):
            assert secret not in html, secret

    def test_visit_number_shows_that_visit_alone(self, client, visit):
        VisitFactory(account=visit.account, owed_cents=500_00)
        html = page(client, let_in(client, visit, to_visit=True))
        assert '<p class="amount">$144.96</p>' in html
        assert "<dt>Visit account</dt><dd>ending in 3305</dd>" in html
        assert "644.96" not in html
        assert "One or more visits" not in html

    def test_asks_for_an_email_and_suggests_none(self, client, visit):
        html = page(client, let_in(client, visit))
        assert 'type="email"' in html
        assert "(optional)" in html
        assert "@example" not in html

    def test_review_names_no_visit(self, client, visit):
        amount = let_in(client, visit, to_visit=True)
        html = page(client, client.post(amount, {"how": "total", "email": "me@example.net"})["Location"])
        assert "Pay $144.96</button>" in html
        assert "<b>me@example.net</b>" in html
        assert "For these visits" not in html

    def test_without_a_grant_the_look_up_comes_first(self, client):
        for url in ("/pay/nothing/amount/", "/pay/nothing/review/none/"):
            assert client.get(url)["Location"] == "/pay/"

    def test_cost_does_not_grow_with_visits(self, client, visit):
        amount = let_in(client, visit)
        one = cost_of(lambda: client.get(amount))
        for _number in range(20):
            VisitFactory(account=visit.account, owed_cents=1_00)
        assert cost_of(lambda: client.get(amount)) == one <= BUDGET


def _set(visit, **fields):
    for name, value in fields.items():
        setattr(visit.account, name, value)
    visit.account.save()


def _hold(visit, hold):
    visit.hold = hold
    visit.save()


def _owe(visit, cents):
    visit.patient_cents = cents
    visit.save()


SITUATIONS = {
    Reason.NOT_YOURS: lambda visit: _set(visit, kind=AccountKind.WORKERS_COMPENSATION),
    Reason.GUARANTOR_NEEDED: lambda visit: _set(visit, standing=Standing.GUARANTOR_NEEDED),
    Reason.AGENCY: lambda visit: _set(visit, standing=Standing.AGENCY),
    Reason.ON_PLAN: lambda visit: _hold(visit, Hold.PLAN),
    Reason.CONTESTED: lambda visit: _hold(visit, Hold.CONTESTED),
    Reason.TOO_SMALL: lambda visit: _owe(visit, 7),
    Reason.PENDING: lambda visit: (_owe(visit, 0), bill(visit, pending_cents=20_00)),
    Reason.NOTHING: lambda visit: _owe(visit, 0),
    Reason.CLOSED: lambda visit: None,
}


def test_situations_are_all_but_those_of_who_signs_in():
    """A guest's own debit is their grant's, and a credit is its owner's to know of."""
    assert set(Reason) - set(SITUATIONS) == {Reason.PROCESSING, Reason.COVERED, Reason.CREDIT}


@pytest.mark.parametrize("reason", SITUATIONS, ids=str)
def test_what_cannot_be_paid_has_words_a_next_step_and_the_phone(client, visit, settings, reason):
    SITUATIONS[reason](visit)
    if reason == Reason.CLOSED:
        settings.PAYMENT_GATEWAY = ""
    payable = payable_of(visit.account, payer=guest())
    words = reason_words(payable)
    assert words is not None
    assert payable.reason == reason
    html = page(client, let_in(client, visit))
    for said in (words.title, words.text, words.next_step, settings.SERVICE_PHONE, reverse("portal:assistance")):
        assert str(said) in html
    assert "<form" not in html[html.index("<main") : html.index("</main>")]
    for secret in ("Colonoscopy", "Tomas", "Endoscopy"):
        assert secret not in html


def test_estate_can_be_paid_under_its_name(client, visit):
    _set(visit, standing=Standing.ESTATE)
    html = page(client, let_in(client, visit))
    assert "Estate of A••• N•••" in html
    assert ">Next</button>" in html
