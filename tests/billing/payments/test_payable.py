"""What somebody can pay: less their own debits and any credit, and never less for somebody else's debit."""

import datetime as dt

import pytest

from billing.ledger.access import payer_scopes_of
from billing.ledger.choices import AccessRole, Hold, Standing
from billing.ledger.models import GuarantorAccount
from billing.payments.models import AttemptAllocation
from billing.payments.payable import NotPayable, Payable, Reason, payable_of, payables_of, position_of
from billing.payments.payers import Payer
from billing.payments.states import AttemptState
from tests.billing.ledger.steps import pay as at_the_desk
from tests.factories.billing import AccessFactory, AttemptFactory, VisitFactory, guest, payer_of
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def old():
    """$100.00 of March; together with `new` the account owes $150.00."""
    return VisitFactory(owed_cents=100_00, service_date=dt.date(2026, 3, 1))


@pytest.fixture
def new(old):
    return VisitFactory(account=old.account, owed_cents=50_00, service_date=dt.date(2026, 4, 1))


@pytest.fixture
def maya(old, new) -> Payer:
    return payer_of(AccessFactory(account=old.account))


def debit(visit, payer: Payer, cents: int, *visits) -> None:
    """A bank payment on its way, for the whole account or for visits in equal parts."""
    attempt = AttemptFactory(
        account=visit.account, payer_ref=payer.ref, amount_cents=cents, state=AttemptState.PROCESSING
    )
    for chosen in visits:
        AttemptAllocation.objects.create(attempt=attempt, visit=chosen, cents=cents // len(visits))


def credit(account, cents: int) -> None:
    GuarantorAccount.objects.filter(pk=account.pk).update(credit_cents=cents)
    account.refresh_from_db()


def seen(visit, payer: Payer | None, *, alone: bool = False) -> Payable:
    return payable_of(GuarantorAccount.objects.get(pk=visit.account_id), visit if alone else None, payer=payer)


def nets(visit, payer: Payer | None) -> list[int]:
    """What of each visit can be paid, the oldest first."""
    position = position_of(GuarantorAccount.objects.get(pk=visit.account_id), payer)
    return [position.of_visit(row.pk) for row in position.account.visits.order_by("service_date")]


class TestDebits:
    def test_anothers_lowers_nothing_and_is_told(self, old, maya):
        debit(old, guest(), 150_00)
        payable = seen(old, maya)
        assert (payable.now_cents, payable.others_cents, payable.processing_cents) == (150_00, 150_00, 0)
        assert payable.reason is None

    def test_own_for_one_visit_leaves_the_other_payable(self, old, new, maya):
        debit(old, maya, 100_00, old)
        assert (seen(old, maya).now_cents, nets(old, maya)) == (50_00, [0, 50_00])
        assert seen(old, maya, alone=True).reason == Reason.PROCESSING
        assert seen(new, maya, alone=True).now_cents == 50_00

    def test_own_for_no_visit_in_particular_goes_to_the_oldest(self, old, new, maya):
        debit(old, maya, 120_00)
        assert (seen(old, maya).now_cents, nets(old, maya)) == (30_00, [0, 30_00])
        assert seen(new, maya, alone=True).now_cents == 30_00

    def test_own_for_more_than_the_visit_owes_by_now_takes_nothing_from_others(self, old, new, maya):
        debit(old, maya, 100_00, old)
        at_the_desk(old.account, 70_00, chosen={old: 70_00})
        assert (seen(old, maya).now_cents, nets(old, maya)) == (50_00, [0, 50_00])

    def test_several_of_one_visit_together_take_no_more_than_it_owes(self, old, new, maya):
        debit(old, maya, 80_00, old)
        debit(old, maya, 80_00, old)
        assert nets(old, maya) == [0, 50_00]

    def test_one_that_ended_lowers_nothing(self, old, maya):
        for state in (AttemptState.PAID, AttemptState.FAILED, AttemptState.OPEN):
            attempt = AttemptFactory(account=old.account, payer_ref=maya.ref, amount_cents=50_00)
            type(attempt).objects.filter(pk=attempt.pk).update(state=state, paid_at=attempt.created_at)
        assert seen(old, maya).now_cents == 150_00


class TestCredit:
    def test_is_taken_off_for_everybody_and_shown_to_its_owner_alone(self, old, maya):
        credit(old.account, 62_50)
        mine, anybodys = seen(old, maya), seen(old, guest())
        assert mine.now_cents == anybodys.now_cents == 87_50
        assert (mine.owed_cents, mine.credit_cents, mine.usable_credit_cents) == (150_00, 62_50, 62_50)
        assert (anybodys.owed_cents, anybodys.credit_cents, anybodys.usable_credit_cents) == (87_50, 0, 0)

    def test_pays_the_oldest_visit_first_at_the_door_of_one_visit_too(self, old, new, maya):
        credit(old.account, 62_50)
        assert nets(old, guest()) == [37_50, 50_00]
        assert seen(old, guest(), alone=True).now_cents == 37_50
        assert seen(new, guest(), alone=True).now_cents == 50_00

    def test_that_covers_all_leaves_nothing_to_pay(self, old, maya):
        credit(old.account, 150_00)
        assert (seen(old, maya).reason, seen(old, guest()).reason) == (Reason.COVERED, Reason.NOTHING)
        assert seen(old, guest()).owed_cents == 0

    def test_of_a_guarantor_is_unknown_to_a_proxy_who_sees_the_visits(self, old, new):
        access = AccessFactory(account=old.account, role=AccessRole.PAYER_LINES)
        credit(old.account, 62_50)
        assert seen(old, payer_of(access)).credit_cents == 0

    def test_comes_after_the_payers_own_debit(self, old, new, maya):
        debit(old, maya, 100_00)
        credit(old.account, 20_00)
        assert nets(old, maya) == [0, 30_00]


class TestRequire:
    def check(self, visit, payer, cents, chosen=None):
        account = GuarantorAccount.objects.get(pk=visit.account_id)
        parts = {row.pk: part for row, part in (chosen or {}).items()}
        position_of(account, payer).require(cents=cents, chosen=parts)

    def test_all_of_it_is_fine(self, old, new, maya):
        self.check(old, maya, 150_00)
        self.check(old, maya, 150_00, {old: 100_00, new: 50_00})

    def test_visit_that_is_covered_is_not_paid_again_though_the_account_owes_more(self, old, new, maya):
        credit(old.account, 100_00)
        with pytest.raises(NotPayable) as refused:
            self.check(old, maya, 10_00, {old: 10_00})
        assert (refused.value.now_cents, refused.value.payable.reason) == (0, Reason.COVERED)

    def test_visit_with_the_agency_says_so(self, old, new, maya):
        old.hold = Hold.AGENCY
        old.save()
        with pytest.raises(NotPayable) as refused:
            self.check(old, maya, 10_00, {old: 10_00})
        assert refused.value.payable.reason == Reason.AGENCY

    def test_account_with_the_agency_is_refused_and_an_estate_is_not(self, old, maya):
        GuarantorAccount.objects.update(standing=Standing.ESTATE)
        self.check(old, maya, 150_00)
        GuarantorAccount.objects.update(standing=Standing.AGENCY)
        with pytest.raises(NotPayable):
            self.check(old, maya, 150_00)


def test_sum_over_the_visits_is_what_the_account_asks_for(old, new, maya):
    debit(old, maya, 30_00, new)
    debit(old, maya, 20_00)
    credit(old.account, 25_00)
    assert sum(nets(old, maya)) == seen(old, maya).now_cents == 75_00


def test_looking_costs_one_query(old, new, maya):
    credit(old.account, 10_00)
    assert cost_of(lambda: payable_of(old.account, payer=maya)) == 1
    assert cost_of(lambda: payable_of(old.account, old, payer=maya)) == 1
    assert cost_of(lambda: position_of(old.account, maya).require(cents=90_00, chosen={old.pk: 90_00})) == 1


def test_many_accounts_are_weighed_in_one_query_each_by_its_own_payer(old, new):
    mine = AccessFactory(account=old.account)
    theirs = AccessFactory(
        user=mine.user, account=VisitFactory(owed_cents=30_00).account, role=AccessRole.PAYER_AMOUNTS
    )
    credit(theirs.account, 10_00)
    credit(mine.account, 10_00)
    scopes = payer_scopes_of(mine.user)
    found = payables_of(scopes)
    assert (found[mine.account_id].credit_cents, found[mine.account_id].now_cents) == (10_00, 140_00)
    assert (found[theirs.account_id].credit_cents, found[theirs.account_id].now_cents) == (0, 20_00)
    assert cost_of(lambda: payables_of(scopes)) == 1
