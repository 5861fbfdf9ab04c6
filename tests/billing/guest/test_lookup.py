import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.guest import tries
from billing.guest.gate import DOOR
from billing.guest.lookup import find
from billing.guest.masking import masked_name
from billing.guest.models import GuestGrant
from billing.ledger.choices import Hold, Standing
from billing.models import Guarantor
from records.access.models import AccessLogEntry
from tests.billing.guest.steps import URL, ask
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory


@pytest.fixture
def bill(db):
    """Ana O’Brien-García’s account 1020 4417 with one visit, 7000 2133 05."""
    guarantor = GuarantorFactory(given_name="Ana", family_name="O’Brien-García", names=["Novák"])
    account = AccountFactory(guarantor=guarantor, number="10204417")
    return VisitFactory(account=account, number="7000213305", owed_cents=144_96)


@pytest.mark.sqlite
class TestFind:
    @pytest.mark.parametrize("typed", ["10204417", "1020 4417", "1020-4417", " 10204417 "])
    def test_account_number_finds_the_whole_account(self, bill, typed):
        match = find(typed, "OBrien Garcia")
        assert match is not None
        assert (match.account, match.visit) == (bill.account, None)

    def test_visit_number_finds_that_visit_alone(self, bill):
        match = find("7000 2133 05", "o’brien-garcía")
        assert match is not None
        assert (match.account, match.visit) == (bill.account, bill)

    def test_former_name_is_as_good(self, bill):
        assert find("10204417", "NOVAK") is not None

    @pytest.mark.parametrize("name", ["Smith", "", "--", "O’Brien", "García", "Jr."])
    def test_other_names_find_nothing(self, bill, name):
        assert find("10204417", name) is None

    @pytest.mark.parametrize("number", ["10204418", "", "0", "7000213306", "1020441", "' OR 1=1 --"])
    def test_other_numbers_find_nothing(self, bill, number):
        assert find(number, "O’Brien-García") is None

    def test_patients_name_is_not_the_guarantors(self, bill):
        assert find("7000213305", bill.patient.family) is None

    def test_confidential_visit_is_not_found_by_its_number(self, bill):
        bill.hold = Hold.CONFIDENTIAL
        bill.save()
        assert find("7000213305", "O’Brien-García") is None

    def test_account_without_a_guarantor_is_nobodys(self, bill):
        account = AccountFactory(guarantor=None, standing=Standing.GUARANTOR_NEEDED, number="10999999")
        assert find(account.account_number.number, "") is None
        assert find(account.account_number.number, "None") is None


@pytest.mark.sqlite
class TestPage:
    def test_match_leads_to_the_amount_with_a_new_session_key(self, bill, client):
        client.session["before"] = True
        client.get(URL)
        before = client.session.session_key
        response = ask(client)
        assert response.status_code == 302
        (handle,) = client.session[DOOR.key]
        assert response["Location"] == reverse("billing:guest_amount", kwargs={"handle": handle})
        assert client.session.session_key != before
        entry = AccessLogEntry.objects.get()
        assert (entry.acting_as, entry.kind) == ("guest", "guest_bill")

    def test_too_many_tries_look_like_a_failure_even_with_the_right_words(self, bill, client):
        for _ in range(tries.PER_NUMBER):
            ask(client, last_name="Smith")
        response = ask(client)
        assert response.status_code == 200
        assert "match those details" in response.content.decode()
        assert not GuestGrant.objects.exists()

    def test_tries_are_counted_by_address_whatever_the_number(self, bill):
        for n in range(tries.PER_ADDRESS):
            ask(Client(), number=f"5000000{n}")
        assert ask(Client()).status_code == 200
        assert ask(Client(REMOTE_ADDR="203.0.113.5")).status_code == 302

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"account_number": ""}, "Enter the account number from your statement."),
            ({"last_name": " "}, "Enter the guarantor’s last name."),
            ({"captcha_1": ""}, "Type the characters you see."),
            ({"captcha_1": "wrong"}, "The characters did not match."),
            ({"captcha_0": "0" * 40}, "The characters did not match."),
        ],
    )
    def test_slip_is_said_in_words_and_what_was_typed_stays(self, bill, client, changes, words):
        page = ask(client, "1020 4417", **changes).content.decode()
        assert words in page
        assert not GuestGrant.objects.exists()
        if "account_number" not in changes:
            assert 'value="1020 4417"' in page

    def test_new_characters_keep_what_was_typed_and_blame_nobody(self, client, db):
        response = client.post(URL, {"account_number": "1020 4417", "last_name": "Smi", "new_characters": "1"})
        page = response.content.decode()
        assert 'value="1020 4417"' in page
        assert 'value="Smi"' in page
        assert 'role="alert"' not in page

    def test_long_and_strange_input_is_survived(self, client, db):
        for value in ("9" * 5000, "\x00", "٣" * 8, "<script>"):
            assert ask(client, value, value).status_code == 200

    def test_needs_a_csrf_token(self, bill):
        assert ask(Client(enforce_csrf_checks=True)).status_code == 403


@pytest.mark.sqlite
@pytest.mark.django_db
class TestGrant:
    def test_without_one_the_pages_lead_back_to_the_look_up(self, client):
        for path in ("amount/", "review/none/"):
            assert client.get(f"{URL}nothing/{path}")["Location"] == URL

    def test_ends_after_fifteen_minutes_and_says_why(self, bill, client):
        amount = ask(client)["Location"]
        GuestGrant.objects.update(expires_at=timezone.now())
        response = client.get(amount, follow=True)
        assert "closed your bill after 15 minutes" in response.content.decode()

    def test_shows_an_amount_and_a_masked_name_and_nothing_of_the_visit(self, bill, client):
        page = client.get(ask(client, "7000213305")["Location"]).content.decode()
        assert "$144.96" in page
        assert "A••• O•••" in page
        assert "3305" in page
        for secret in (
            bill.title,
            bill.place,
            bill.patient.full_name,
            bill.patient.family,
            "Brien",
            "10204417",
            "Mar 4",
        ):
            assert secret not in page

    def test_visit_grant_shows_and_takes_that_visit_alone(self, bill, client):
        VisitFactory(account=bill.account, owed_cents=500_00)
        response = client.post(ask(client, "7000213305")["Location"], {"how": "other", "amount": "145.00"})
        assert "You owe $144.96. Enter that or less." in response.content.decode()

    def test_nothing_about_the_bill_is_in_the_address(self, bill, client):
        response = ask(client)
        assert "?" not in response["Location"]


@pytest.mark.parametrize(
    ("given", "family", "masked"),
    [("Jo", "Smith", "J••• S•••"), ("", "Nguyễn", "N•••"), ("Ana", "de la Cruz", "A••• d•••")],
)
def test_masked_name_says_nothing_of_its_length(given, family, masked):
    assert masked_name(Guarantor(given_name=given, family_name=family)) == masked
    assert masked_name(None) == "•••"
