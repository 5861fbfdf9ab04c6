"""The demo's bills: every figure of the printed cast, to the cent, and a ledger that adds up."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db.models import Sum
from pytest_django.fixtures import Settings

from billing.guest.lookup import find
from billing.ledger import numbers, verification
from billing.ledger.access import payer_scopes_of
from billing.ledger.choices import AccessRole, Hold
from billing.ledger.models import AccountNumber, GuarantorAccount, LedgerTransaction, VisitAccount
from billing.payments.payable import Reason, payable_of
from billing.statements.models import Statement
from portal.demo.cast import loading
from portal.demo.cast.billing import GUEST_NUMBERS, GuestNumber
from portal.demo.management.commands import load_demo
from records.access.models import User

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the demo's passwords cost seconds
    loading.load(NOW)


def account(number: str) -> GuarantorAccount:
    return GuarantorAccount.objects.get(account_number__number=number)


def visit(number: str) -> VisitAccount:
    return VisitAccount.objects.get(account_number__number=number)


def test_ledger_adds_up() -> None:
    assert verification.faults() == []


@pytest.mark.parametrize(
    ("number", "billed", "discount", "insurer", "paid", "owed"),
    [
        ("7000213305", 1_240_00, 515_20, 579_84, 0, 144_96),
        ("7000213306", 520_00, 174_80, 345_20, 0, 0),
        ("7000213307", 110_00, 24_00, 68_80, 0, 17_20),
        ("7000213308", 440_00, 170_00, 220_00, 0, 50_00),
        ("7000213415", 690_00, 241_00, 158_00, 75_00, 216_00),
    ],
)
def test_visits_have_the_printed_figures(
    number: str, billed: int, discount: int, insurer: int, paid: int, owed: int
) -> None:
    row = visit(number)
    assert (row.billed_cents, row.discount_cents, row.insurance_cents) == (billed, discount, insurer)
    assert (row.paid_cents, row.patient_cents, row.insurer_cents) == (paid, owed, 0)


@pytest.mark.parametrize(
    ("number", "owed", "pending", "credit", "now", "reason"),
    [
        ("10204417", 428_16, 1_940_00, 0, 428_16, None),
        ("10377702", 0, 612_40, 0, 0, Reason.NOT_YOURS),
        ("10419931", 0, 184_20, 62_50, 0, Reason.PENDING),
        ("10552081", 945_00, 0, 0, 145_00, None),
        ("10613749", 412_35, 0, 0, 0, Reason.AGENCY),
        ("10729504", 268_00, 0, 0, 268_00, None),
        ("10833168", 0, 0, 0, 0, Reason.NOTHING),
    ],
)
def test_accounts_have_the_printed_figures(
    number: str, owed: int, pending: int, credit: int, now: int, reason: Reason | None
) -> None:
    payable = payable_of(account(number))
    assert (payable.owed_cents, payable.pending_cents, payable.credit_cents) == (owed, pending, credit)
    assert (payable.now_cents, payable.reason) == (now, reason)


def test_broken_wrist_is_one_episode_of_hospital_and_physician() -> None:
    wrist = VisitAccount.objects.filter(episode__title="Leo’s broken wrist")
    assert wrist.count() == 4
    assert set(wrist.values_list("bill_type", flat=True)) == {"hospital", "professional"}
    assert wrist.aggregate(Sum("billed_cents"), Sum("patient_cents")) == {
        "billed_cents__sum": 2_310_00,
        "patient_cents__sum": 212_16,
    }
    assert wrist.filter(encounter__isnull=True).count() == 0


def test_confidential_visit_is_on_nobodys_bill() -> None:
    confidential = VisitAccount.objects.get(hold=Hold.CONFIDENTIAL)
    assert confidential.is_sensitive and confidential.patient_cents > 0 and confidential.coverage is None
    assert confidential not in VisitAccount.objects.on_the_bill()


def test_nothing_is_paid_before_it_was_charged() -> None:
    for payment in LedgerTransaction.objects.filter(kind="payment").prefetch_related("entries__visit"):
        for entry in payment.entries.filter(visit__isnull=False):
            assert payment.effective_date >= entry.visit.service_date


def test_last_payment_of_the_family_is_75_dollars() -> None:
    payments = LedgerTransaction.objects.filter(account=account("10204417"), kind="payment")
    assert payments.get().entries.get(bucket="processor").cents == 75_00


def test_who_may_pay_what() -> None:
    roles = {
        email: [(str(scope.account.account_number.number), scope.role) for scope in payer_scopes_of(user)]
        for email, user in ((user.email, user) for user in User.objects.all())
    }
    assert {email: rows for email, rows in roles.items() if rows} == {
        "maya@example.org": [("10204417", AccessRole.GUARANTOR), ("10377702", AccessRole.GUARANTOR)],
        "omar@example.org": [("10204417", AccessRole.PAYER_AMOUNTS)],
        "lucia@example.org": [("10419931", AccessRole.GUARANTOR)],
    }


def test_portal_issued_numbers_carry_their_check_digit() -> None:
    issued = AccountNumber.objects.filter(is_imported=False)
    accounts = issued.filter(account__isnull=False).values_list("number", flat=True)
    assert set(accounts) == {"10419931", "10552081", "10613749", "10729504", "10833168"}
    assert [row.number for row in issued if not numbers.is_valid(row.number)] == []


@pytest.mark.parametrize("guest", GUEST_NUMBERS, ids=lambda guest: guest.number)
def test_every_printed_number_is_found_under_its_name(guest: GuestNumber) -> None:
    assert find(guest.number, guest.last_name) is not None


def test_the_first_printed_number_is_payable_and_not_the_familys(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(load_demo.Command())
    printed = capsys.readouterr().out
    first = GUEST_NUMBERS[0]
    assert first.last_name != "Alvarez" and payable_of(account(first.number)).now_cents == 145_00
    assert printed.index(first.number) < printed.index("10204417")


def test_last_statement_went_out_twelve_days_ago_and_gives_thirty() -> None:
    first, last = Statement.objects.filter(account_number="10204417").order_by("cycle")
    assert (last.issued_date, last.due_date) == (dt.date(2026, 11, 12), dt.date(2026, 12, 12))
    assert (last.due_cents, last.pending_cents) == (428_16, 1_520_00)
    assert (first.issued_date, first.due_cents) == (dt.date(2026, 10, 15), 212_16)


def test_others_who_owe_have_statements_and_nobody_else() -> None:
    numbers_ = set(Statement.objects.values_list("account_number", flat=True))
    assert numbers_ == {"10204417", "10552081", "10729504"}
    assert Statement.objects.get(account_number="10552081").held_cents == 800_00
    assert Statement.objects.filter(account_number="10729504").latest("cycle").name == "Estate of Thanh Nguyễn"
