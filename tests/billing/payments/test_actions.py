import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.ledger.choices import Hold, Standing
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.payments import actions, settling
from billing.payments.gateways.protocol import NotSent, OutcomeUnknown, Refused
from billing.payments.gateways.registry import gateway
from billing.payments.models import PaymentAttempt
from billing.payments.payable import NotPayable, Reason
from billing.payments.states import AttemptState
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault
from tests.billing.payments.steps import open_page, owed, posted, start
from tests.factories.billing import AccessFactory, AttemptFactory, VisitFactory, guest, payer_of
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def test_starting_moves_no_money(visit):
    attempt = open_page(start(visit))
    assert (attempt.state, attempt.amount_cents) == ("open", 125_00)
    assert (owed(visit), posted()) == (125_00, 0)


def test_provider_hears_an_amount_and_nothing_of_the_bill(visit):
    attempt = open_page(start(visit))
    checkout = Checkout.objects.get()
    assert (checkout.attempt_id, checkout.amount_cents) == (attempt.pk, 125_00)
    assert checkout.product_name == "Account payment"


def test_same_wish_again_is_the_same_attempt_and_page(visit):
    payer = guest()
    first = open_page(start(visit, payer, chosen={visit.pk: 125_00}))
    again = open_page(start(visit, payer, chosen={visit.pk: 125_00}))
    assert (again.pk, again.page_url) == (first.pk, first.page_url)
    assert Checkout.objects.count() == 1


def test_receipt_goes_where_it_was_last_asked_for(visit):
    payer = guest()
    start(visit, payer, email="wrong@example.org")
    assert start(visit, payer, email="right@example.org").receipt_email == "right@example.org"
    assert PaymentAttempt.objects.get().receipt_email == "right@example.org"


@pytest.mark.parametrize("other", [{"cents": 60_00}, {"cents": 125_00, "chosen": True}])
def test_other_wish_closes_the_old_page_first(visit, other):
    payer = guest()
    old = open_page(start(visit, payer))
    if other.get("chosen"):
        other = other | {"chosen": {visit.pk: 125_00}}
    new = open_page(start(visit, payer, **other))
    old.refresh_from_db()
    assert (old.state, new.state) == ("expired", "open")
    assert list(Checkout.objects.values_list("status", flat=True).order_by("created_at")) == ["expired", "open"]


def test_old_page_that_turns_out_to_be_paid_is_recorded_instead_of_charging_again(visit):
    payer = guest()
    old = open_page(start(visit, payer))
    pay(old.checkout_ref)
    again = start(visit, payer, cents=60_00)
    assert (again.pk, again.state) == (old.pk, "paid")
    assert (owed(visit), posted()) == (0, 1)


def test_bank_payment_on_its_way_is_returned_instead_of_asking_again(visit, settings):
    settings.SANDBOX_BANK_SECONDS = 60
    payer = guest()
    old = open_page(start(visit, payer))
    pay(old.checkout_ref, Method.BANK)
    assert start(visit, payer, cents=60_00).state == "processing"


def test_page_with_little_time_left_is_replaced(visit):
    payer = guest()
    old = open_page(start(visit, payer))
    PaymentAttempt.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=9))
    assert open_page(start(visit, payer)).pk != old.pk
    old.refresh_from_db()
    assert old.state == "expired"


def test_attempt_that_has_no_page_yet_is_replaced_when_no_provider_would_open_one_any_more(visit):
    payer = guest()
    old = start(visit, payer)
    PaymentAttempt.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=30))
    assert open_page(start(visit, payer)).pk != old.pk
    old.refresh_from_db()
    assert old.state == "abandoned"


def test_attempt_without_a_page_is_given_up_for_another_wish(visit):
    payer = guest()
    old = start(visit, payer)
    start(visit, payer, cents=60_00)
    old.refresh_from_db()
    assert old.state == "abandoned"
    assert open_page(old).state == "abandoned"
    assert not Checkout.objects.exists()


def test_two_payers_do_not_get_in_each_others_way(visit):
    mine, theirs = open_page(start(visit)), open_page(start(visit, payer_of(AccessFactory(account=visit.account))))
    assert (mine.state, theirs.state) == ("open", "open")


def test_one_payer_has_one_unfinished_attempt_on_an_account(visit):
    attempt = start(visit)
    attempt.pk, attempt.confirmation = None, "OTHER-OTHER"
    with pytest.raises(IntegrityError):
        attempt.save(force_insert=True)


def test_crash_after_the_page_was_made_resumes_with_the_same_page(visit):
    payer = guest()
    attempt = start(visit, payer)
    lost = gateway().open_checkout(
        actions.order_of(attempt), attempt.key
    )  # the process died before it could store this
    resumed = open_page(start(visit, payer))
    assert (resumed.pk, resumed.checkout_ref) == (attempt.pk, lost.ref)
    assert Checkout.objects.count() == 1


@pytest.mark.parametrize("kind", [Fault.Kind.NOT_SENT, Fault.Kind.ANSWER_LOST])
def test_one_failure_on_the_way_is_asked_again_under_the_same_key(visit, kind):
    Fault.objects.create(kind=kind, operation="open_checkout")
    assert open_page(start(visit)).state == "open"
    assert Checkout.objects.count() == 1


def test_provider_that_is_down_leaves_the_attempt_to_be_opened_later(visit):
    payer = guest()
    for _ in range(2):
        Fault.objects.create(kind=Fault.Kind.NOT_SENT)
    attempt = start(visit, payer)
    with pytest.raises(NotSent):
        open_page(attempt)
    assert open_page(start(visit, payer)).pk == attempt.pk


def test_answer_that_stays_unknown_gets_a_fresh_key(visit):
    payer = guest()
    attempt = start(visit, payer)
    for _ in range(2):
        Fault.objects.create(kind=Fault.Kind.ANSWER_LOST, operation="open_checkout")
    with pytest.raises(OutcomeUnknown):
        open_page(attempt)
    resumed = open_page(start(visit, payer))
    assert (resumed.pk, resumed.key_generation) == (attempt.pk, 2)
    assert Checkout.objects.count() == 2  # nobody was told the first one's address


def test_refused_order_gives_the_attempt_up_so_that_the_payer_can_start_anew(visit):
    payer = guest()
    attempt = start(visit, payer)
    actions.open_page(attempt=attempt)
    elsewhere = "https://portal.example/elsewhere/"
    PaymentAttempt.objects.update(state=AttemptState.CREATED, checkout_ref=None, cancel_url=elsewhere)
    attempt.refresh_from_db()
    with pytest.raises(Refused):
        actions.open_page(attempt=attempt)
    assert open_page(start(visit, payer)).pk != attempt.pk


def test_page_the_provider_does_not_know_does_not_stand_in_the_way(visit):
    payer = guest()
    old = open_page(start(visit, payer))
    Checkout.objects.all().delete()
    assert start(visit, payer, cents=60_00).pk != old.pk
    old.refresh_from_db()
    assert old.state == "expired"


def test_provider_that_cannot_close_the_old_page_starts_nothing_new(visit):
    payer = guest()
    open_page(start(visit, payer))
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="close_checkout")
    with pytest.raises(NotSent):
        start(visit, payer, cents=60_00)
    assert PaymentAttempt.objects.get().state == "open"


def test_given_up_attempt_whose_page_is_paid_all_the_same_is_money(visit):
    attempt = start(visit)
    page = gateway().open_checkout(actions.order_of(attempt), attempt.key)
    actions.abandon(attempt=attempt)
    pay(page.ref)
    settling.record(attempt_id=attempt.pk, facts=gateway().read_checkout(page.ref), at=timezone.now())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.is_late, owed(visit)) == ("paid", True, 0)


@pytest.mark.parametrize("cents", [49, 125_01, 99_999_00, 100_000_000])
def test_amounts_outside_what_can_be_paid_are_refused(visit, cents):
    with pytest.raises(NotPayable) as refused:
        start(visit, cents=cents)
    assert (refused.value.asked_cents, refused.value.now_cents) == (cents, 125_00)
    assert not PaymentAttempt.objects.exists()


def test_database_refuses_an_amount_that_no_provider_takes(visit):
    for cents in (49, 100_000_000):
        with pytest.raises(IntegrityError), transaction.atomic():
            AttemptFactory(account=visit.account, amount_cents=cents)


@pytest.mark.parametrize("hold", [Hold.AGENCY, Hold.PLAN, Hold.CONTESTED, Hold.CONFIDENTIAL])
def test_visit_that_is_set_aside_while_its_review_is_open_is_not_paid(visit, hold):
    VisitFactory(account=visit.account, owed_cents=500_00)
    VisitAccount.objects.filter(pk=visit.pk).update(hold=hold)
    with pytest.raises(NotPayable):
        start(visit, chosen={visit.pk: 125_00})


@pytest.mark.parametrize(
    ("standing", "reason"), [(Standing.AGENCY, Reason.AGENCY), (Standing.GUARANTOR_NEEDED, Reason.GUARANTOR_NEEDED)]
)
def test_account_that_went_elsewhere_meanwhile_is_not_paid(visit, standing, reason):
    GuarantorAccount.objects.update(standing=standing)
    with pytest.raises(NotPayable) as refused:
        start(visit)
    assert refused.value.payable.reason == reason


def test_estate_stays_payable(visit):
    GuarantorAccount.objects.update(standing=Standing.ESTATE)
    assert start(visit).state == "created"


def test_more_than_the_visit_owes_is_refused_though_the_account_owes_more(visit):
    VisitFactory(account=visit.account, owed_cents=500_00)
    with pytest.raises(NotPayable) as refused:
        start(visit, cents=125_01, chosen={visit.pk: 125_01})
    assert refused.value.now_cents == 125_00


def test_visit_of_another_account_is_refused(visit):
    other = VisitFactory(owed_cents=125_00)
    with pytest.raises(NotPayable):
        start(visit, chosen={other.pk: 125_00})


def test_parts_that_are_not_the_sum_are_a_mistake_of_ours(visit):
    with pytest.raises(ValueError, match="parts"):
        start(visit, cents=60_00, chosen={visit.pk: 50_00})


def test_equal_attempt_that_no_longer_fits_is_closed_instead_of_taken_up(visit):
    payer = guest()
    old = open_page(start(visit, payer, chosen={visit.pk: 125_00}))
    VisitAccount.objects.filter(pk=visit.pk).update(patient_cents=25_00)
    with pytest.raises(NotPayable):
        start(visit, payer, cents=125_00, chosen={visit.pk: 125_00})
    old.refresh_from_db()
    assert old.state == "expired"
    assert Checkout.objects.get().status == "expired"
