"""Payers, banks, notices, workers, insurers and faults in any order and at once: the money adds up all the same."""

import datetime as dt
import random
from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from billing.ledger import actions as ledger
from billing.ledger import verification
from billing.ledger.actions import Decision
from billing.ledger.charges import Charge
from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerEntry, LedgerTransaction, VisitAccount
from billing.payments.gateways.protocol import GatewayError
from billing.payments.models import PaymentAttempt
from billing.payments.payable import NotPayable
from billing.payments.reconciliation import run as reconciliation
from billing.payments.states import AttemptState
from billing.sandbox import actions as sandbox
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault, Payment
from tests.billing.payments.steps import hear, in_bucket, open_page, start
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory, guest, payer_of
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Town:
    """One account with three visits, and whoever does something about it."""

    def __init__(self) -> None:
        self.account = AccountFactory()
        self.visits = [
            VisitFactory(account=self.account, owed_cents=cents, pending_cents=50_00)
            for cents in (40_00, 90_00, 200_00)
        ]
        self.payers = [guest(), guest(), payer_of(AccessFactory(account=self.account))]

    def somebody_starts(self, chance: random.Random) -> None:
        visit, cents = chance.choice(self.visits), chance.choice([50, 30_00, 90_00, 330_00])
        chosen = {visit.pk: cents} if chance.random() < 0.5 else {}
        open_page(start(visit, chance.choice(self.payers), cents=cents, chosen=chosen))

    def somebody_pays(self, chance: random.Random) -> None:
        if checkout := self._any_page(chance):
            sandbox.pay(ref=checkout.ref, method=chance.choice(list(Method)), at=timezone.now())
            sandbox.answer(ref=checkout.ref, is_approved=chance.random() < 0.7, at=timezone.now())

    def a_page_ends(self, chance: random.Random) -> None:
        if checkout := self._any_page(chance):
            sandbox.close(ref=checkout.ref, at=timezone.now())

    def banks_decide(self, chance: random.Random) -> None:
        sandbox.decide_banks(timezone.now())

    def notices_come(self, chance: random.Random) -> None:
        hear()

    def a_worker_reconciles(self, chance: random.Random) -> None:
        reconciliation.reconcile(timezone.now())

    def the_insurer_decides(self, chance: random.Random) -> None:
        charge = chance.choice(list(Charge.objects.filter(visit__in=self.visits, cents=50_00)))
        ledger.adjudicate(
            charge=charge,
            decision=Decision(insurance_cents=20_00, discount_cents=10_00, copay_cents=20_00),
            payer_name="Acme Health Plan",
            source="test",
            source_ref=str(charge.pk),
            decided_date=dt.date(2026, 3, 1),
            at=timezone.now(),
        )

    def something_goes_wrong(self, chance: random.Random) -> None:
        Fault.objects.create(kind=chance.choice(Fault.Kind.values))

    def _any_page(self, chance: random.Random) -> Checkout | None:
        """One that somebody was sent to."""
        told = PaymentAttempt.objects.exclude(checkout_ref=None).values("checkout_ref")
        pages = list(Checkout.objects.filter(status="open", ref__in=told).order_by("created_at"))
        return chance.choice(pages) if pages else None


def _life(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    deeds: list[Callable[[random.Random], None]] = [
        *[town.somebody_starts] * 4, *[town.somebody_pays] * 6, town.a_page_ends, town.banks_decide,
        *[town.notices_come] * 2, town.a_worker_reconciles, town.the_insurer_decides, town.something_goes_wrong,
    ]  # fmt: skip
    for _ in range(60):
        try:
            chance.choice(deeds)(chance)
        except (GatewayError, NotPayable):
            continue  # the payer reads that the provider does not answer, or what can be paid now


@pytest.mark.parametrize("seed", range(4))
def test_money_adds_up_whatever_happens(seed):
    town = Town()
    assert together(*[partial(_life, town, seed * 10 + number) for number in range(4)]) == [None] * 4
    Fault.objects.all().delete()
    sandbox.decide_banks(timezone.now())
    reconciliation.reconcile(timezone.now())

    assert verification.faults() == []
    taken = Payment.objects.filter(status="succeeded")
    refs = LedgerTransaction.objects.filter(kind="payment").values_list("source_ref", flat=True)
    assert sorted(refs) == sorted(taken.values_list("ref", flat=True))
    assert in_bucket(Bucket.PROCESSOR) == (taken.aggregate(Sum("amount_cents"))["amount_cents__sum"] or 0)
    assert not VisitAccount.objects.filter(patient_cents__lt=0).exists()
    assert not PaymentAttempt.objects.filter(state=AttemptState.PROCESSING).exists()
    for attempt in PaymentAttempt.objects.filter(state=AttemptState.PAID):
        assert attempt.payments.filter(status="succeeded").exists()
    assert LedgerEntry.objects.aggregate(Sum("cents"))["cents__sum"] == 0
