"""What a stranger can learn by asking: nothing. Every refusal is one page, and costs the same work."""

import hmac
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.guest import lookup, tries
from billing.guest.lookup import COMPARISONS, seek
from billing.guest.models import GuestGrant
from billing.ledger import accounts, numbers
from billing.ledger.choices import Hold, WorkKind
from billing.models import WorkItem
from tests.billing.guest.steps import ask, bare
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]
NAME = "O'Brien-Garcia"


@pytest.fixture
def bill():
    """Ana O’Brien-García’s imported account 1020 4417 with one visit, 7000 2133 05."""
    guarantor = GuarantorFactory(given_name="Ana", family_name="O’Brien-García", names=["Novák"])
    account = AccountFactory(guarantor=guarantor, number="10204417")
    return VisitFactory(account=account, number="7000213305", owed_cents=144_96)


@pytest.fixture
def issued(bill):
    """The number of another account, which the portal gave out and which therefore ends in a check digit."""
    account = AccountFactory(guarantor=bill.account.guarantor)
    assert not account.account_number.is_imported
    return account.account_number.number


def mistyped(number: str) -> str:
    """One digit off: a number that the portal cannot have given out."""
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not numbers.is_valid(wrong)
    return wrong


def throttled(number: str) -> None:
    for _ in range(tries.PER_NUMBER):
        ask(Client(REMOTE_ADDR="203.0.113.1"), number, "Smith")


def open_breaker(number: str) -> None:
    for _ in range(tries.BREAKER):
        tries.count_failure()


# What was wrong → (number typed, name typed, what happened before).
REFUSALS = {
    "unknown number": lambda issued: ("50000000", NAME, None),
    "wrong name": lambda issued: ("10204417", "Smithers-Jones", None),
    "wrong name for a number of ours": lambda issued: (issued, "Smithers-Jones", None),
    "wrong name for a visit": lambda issued: ("7000213305", "Smithers-Jones", None),
    "unknown visit": lambda issued: ("7000999999", NAME, None),
    "bad check digit": lambda issued: (mistyped(issued), NAME, None),
    "name of which nothing is left": lambda issued: ("10204417", "--------------", None),
    "too many tries": lambda issued: ("10204417", NAME, throttled),
    "breaker open": lambda issued: ("10204417", NAME, open_breaker),
}


def refuse(name: str, issued: str):
    number, last_name, before = REFUSALS[name](issued)
    if before:
        before(number)
    # Both typed to one length, since a page says what was typed.
    number = f"{number[:4]}{' ' * (10 - len(number))}{number[4:]}"
    client = Client()
    client.get("/pay/")
    return bare(ask(client, number, last_name), number, last_name, last_name.replace("'", "&#x27;"))


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_is_the_same_to_the_byte(bill, issued, name):
    reference = refuse("unknown number", issued)
    status, headers, page = refuse(name, issued)
    assert status == reference[0] == 200
    assert {key: value for key, value in headers.items() if key != "Content-Length"} == {
        key: value for key, value in reference[1].items() if key != "Content-Length"
    }
    typed_as_entity = 5 if "'" in REFUSALS[name](issued)[1] else 0
    assert int(headers["Content-Length"]) - typed_as_entity == int(reference[1]["Content-Length"]) - 5
    assert page.replace("x" * 19, "x" * 14) == reference[2].replace("x" * 19, "x" * 14)
    assert "We couldn’t match those details." in page
    assert not GuestGrant.objects.exists()


def test_right_words_on_the_same_fixture_do_open(bill, issued):
    assert ask(Client()).status_code == 302
    assert ask(Client(), issued).status_code == 302


ASKED = {
    "account found": ("10204417", NAME),
    "visit found": ("7000213305", NAME),
    "wrong name": ("10204417", "Smith"),
    "unknown number": ("50000000", NAME),
    "no name": ("10204417", "--"),
    "nothing at all": ("", ""),
}


@pytest.mark.parametrize("name", ASKED)
def test_each_look_up_costs_one_query_and_as_many_comparisons(bill, name, monkeypatch, django_assert_num_queries):
    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(lookup.hmac, "compare_digest", lambda a, b: compared.append(len(a + b)) or real(a, b))
    with django_assert_num_queries(1):
        seek(*ASKED[name])
    assert compared == [64] * COMPARISONS


def test_somebody_of_many_names_is_found_by_the_last_of_them(bill):
    names = [f"Name{number}" for number in range(COMPARISONS + 3)]
    accounts.add_names(guarantor=bill.account.guarantor, last_names=names)
    assert seek("10204417", names[-1]) is not None


@pytest.mark.parametrize("name", ["wrong name", "unknown number", "no name"])
def test_a_refused_page_asks_the_database_the_same(bill, name):
    def statements(number: str, last_name: str) -> list[str]:
        client = Client()
        client.get("/pay/")
        with CaptureQueriesContext(connection) as captured:
            ask(client, number, last_name)
        return [query["sql"].split(" WHERE ")[0].split(" VALUES ")[0] for query in captured.captured_queries]

    statements("50000000", "x")
    reference = [sql for sql in statements("60000000", "x") if "SAVEPOINT" not in sql]
    assert [sql for sql in statements(*ASKED[name]) if "SAVEPOINT" not in sql] == reference


class TestBreaker:
    def test_alerts_the_log_and_staff_once_in_a_window(self, caplog):
        with caplog.at_level(logging.ERROR, logger="portal.billing"):
            for _ in range(tries.BREAKER + 5):
                tries.count_failure()
        assert len(caplog.records) == 1
        assert WorkItem.objects.filter(kind=WorkKind.GUEST_GUESSING).count() == 1

    def test_below_it_nobody_is_alarmed_and_the_door_is_open(self, bill):
        for _ in range(tries.BREAKER - 1):
            tries.count_failure()
        assert not WorkItem.objects.exists()
        assert ask(Client()).status_code == 302

    def test_counts_failures_of_every_address(self, bill, monkeypatch):
        monkeypatch.setattr(tries, "BREAKER", 3)
        for number in range(3):
            ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), f"5000000{number}")
        assert ask(Client(REMOTE_ADDR="203.0.113.9")).status_code == 200

    def test_confidential_visits_add_nothing(self, bill):
        bill.hold = Hold.CONFIDENTIAL
        bill.save()
        assert ask(Client(), "7000213305").status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestSixtyFourAtOnce:
    """The limits are exact: the database counts, and every try has counted before it is answered."""

    def test_on_one_number_from_many_addresses(self, bill):
        def post(number: int) -> int:
            return ask(Client(REMOTE_ADDR=f"203.0.113.{number}")).status_code

        answers = together(*[lambda number=number: post(number) for number in range(64)])
        assert sorted(map(str, answers)) == ["200"] * (64 - tries.PER_NUMBER) + ["302"] * tries.PER_NUMBER
        assert GuestGrant.objects.count() == tries.PER_NUMBER

    def test_from_one_address_on_many_numbers(self, bill, monkeypatch):
        monkeypatch.setattr(tries, "PER_SESSION", 1_000)  # browsers without a session share one, in another order
        numbers_ = [AccountFactory(guarantor=bill.account.guarantor).account_number.number for _ in range(64)]
        answers = together(*[lambda number=number: ask(Client(), number).status_code for number in numbers_])
        assert sorted(map(str, answers)) == ["200"] * (64 - tries.PER_ADDRESS) + ["302"] * tries.PER_ADDRESS
