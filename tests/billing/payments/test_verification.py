"""`verify_ledger` names each kind of damage, with PostgreSQL's own watch over the ledger taken away."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from billing.ledger import triggers
from billing.ledger.actions import Decision
from billing.models import (
    Adjudication,
    AttemptAllocation,
    Dispute,
    GuarantorAccount,
    LedgerEntry,
    LedgerTransaction,
    PaymentAttempt,
    ProviderPayment,
    Refund,
    VisitAccount,
)
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.states import RefundReason
from billing.sandbox import disputes as sandbox
from billing.sandbox.models import Payment as SandboxPayment
from billing.sandbox.states import DisputeStatus
from tests.billing.ledger.steps import pay as pay_at_the_desk
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory, decide, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unwatched() -> Iterator[None]:
    with connection.schema_editor() as editor:
        triggers.remove(None, editor)
    yield
    with connection.schema_editor() as editor:
        triggers.install(None, editor)


@pytest.fixture(autouse=True)
def books() -> None:
    """A decided charge; cash, and a guarantor's payment that became credit by it, in part refunded; a guest's, asked back by a bank."""
    account = AccountFactory()
    decide(VisitFactory(account=account, pending_cents=100_00).charges.get(), Decision(80_00, 5_00, copay_cents=15_00))
    first = VisitFactory(account=account, owed_cents=75_00)
    second = VisitFactory(owed_cents=60_00)
    attempts = [start(first, payer_of(AccessFactory(account=account)), cents=90_00), start(second)]
    pay_at_the_desk(account, 35_00)
    for attempt in attempts:
        pay(open_page(attempt).checkout_ref)
        hear()
    refund = refunds.request(
        payment_id=ProviderPayment.objects.get(amount_cents=90_00).pk,
        amount_cents=20_00,
        reason=RefundReason.OVERPAID,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    sending.send(refund_id=refund.pk, at=timezone.now())
    guests = ProviderPayment.objects.get(amount_cents=60_00)
    sandbox.open_dispute(payment_ref=guests.ref, at=timezone.now(), status=DisputeStatus.LOST)
    hear()


def _drop_a_charge() -> None:
    charge = LedgerTransaction.objects.filter(kind="charge").first()
    charge.entries.all().delete()
    charge.delete()


def _allocate_less() -> None:
    attempt = PaymentAttempt.objects.get(amount_cents=60_00)
    AttemptAllocation.objects.create(attempt=attempt, visit=attempt.account.visits.get(), cents=1)


DAMAGE: list[tuple[str, Callable[[], object], str]] = [
    ("owed", lambda: VisitAccount.objects.update(patient_cents=1), "says patient_cents 1, its entries say"),
    ("deposit", lambda: VisitAccount.objects.update(deposit_cents=1), "says deposit_cents 1, its entries say 0"),
    ("credit", lambda: GuarantorAccount.objects.update(credit_cents=1), "says a credit of 1, its entries say"),
    ("count", lambda: LedgerTransaction.objects.filter(kind="refund").update(entry_count=9), "of 9 entries"),
    ("sum", lambda: LedgerEntry.objects.filter(cents=90_00).update(cents=91_00), "sums to 100 cents"),
    ("charge", _drop_a_charge, "cents, its entries say 0"),
    ("decision", lambda: Adjudication.objects.update(copay_cents=14_00), "says [8000, 500, 1400] cents, its entries"),
    (
        "whose money",
        lambda: LedgerEntry.objects.filter(bucket="processor", cents=-20_00).update(payment_ref="another"),
        "Payment another stands for -2000 cents",
    ),
    (
        "nobody's money",
        lambda: LedgerEntry.objects.filter(bucket="credit", cents__gt=0).update(cents=99_00),
        "cents in credit",
    ),
    (
        "hold",
        lambda: LedgerEntry.objects.filter(bucket="dispute_hold", cents__gt=0).update(cents=1),
        "lost more to chargebacks than was withheld",
    ),
    (
        "amount",
        lambda: ProviderPayment.objects.filter(amount_cents=90_00).update(amount_cents=91_00),
        "is 9100 cents, posted as 9000",
    ),
    ("orphan", lambda: ProviderPayment.objects.filter(amount_cents=90_00).update(ref="x"), "no provider payment shows"),
    ("unposted", lambda: ProviderPayment.objects.filter(amount_cents=90_00).update(ref="x"), "Payment x succeeded and"),
    ("refund", lambda: Refund.objects.update(ref="x"), "succeeded and is not posted"),
    ("failed refund", lambda: Refund.objects.update(state="failed"), "is failed and still posted"),
    (
        "smaller refund",
        lambda: Refund.objects.update(amount_cents=19_00),
        "is 1900 cents, posted as 2000",
    ),
    ("refund of nobody", lambda: Refund.objects.update(ref="x"), "posts refund sbx_re_"),
    ("too much back", lambda: Refund.objects.update(amount_cents=95_00), "of 9000 cents has refunds of 9500"),
    ("chargeback", lambda: Dispute.objects.update(ref="x"), "Chargeback x took money and is not posted"),
    ("loss", lambda: Dispute.objects.update(ref="x"), "Chargeback x is lost, and its loss is not posted"),
    ("won", lambda: Dispute.objects.update(state="won", is_withdrawn=False), "keeps no money and is still posted"),
    ("another amount", lambda: Dispute.objects.update(amount_cents=25_00), "2500 cents, and 6000 are withheld"),
    ("another loss", lambda: Dispute.objects.update(amount_cents=25_00), "2500 cents, and 6000 are posted as lost"),
    ("loss of what came back", lambda: Dispute.objects.update(is_withdrawn=False), "6000 are posted as lost"),
    ("chargeback of nobody", lambda: Dispute.objects.update(ref="x"), "is posted, and is not there"),
    ("paid", lambda: ProviderPayment.objects.update(attempt=None), "is paid, and no payment shows it"),
    ("unpaid", lambda: PaymentAttempt.objects.update(state="expired"), "is expired though a payment succeeded"),
    ("allocation", _allocate_less, "is for 6000 cents and allocates 1"),
]


def test_sound_books_pass() -> None:
    call_command("verify_ledger")


@pytest.mark.parametrize(("damage", "words"), [pytest.param(*row[1:], id=row[0]) for row in DAMAGE])
def test_damage_is_named(damage: Callable[[], object], words: str) -> None:
    damage()
    with pytest.raises(CommandError) as failed:
        call_command("verify_ledger", "--offline")
    assert words in str(failed.value)


def test_day_on_which_the_provider_says_otherwise_is_named() -> None:
    SandboxPayment.objects.filter(amount_cents=90_00).update(paid_at=timezone.now() - dt.timedelta(days=2))
    with pytest.raises(CommandError, match="the provider gained 9000 cents, the ledger 0"):
        call_command("verify_ledger")
    call_command("verify_ledger", "--offline")
