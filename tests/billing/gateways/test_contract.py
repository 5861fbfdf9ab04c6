"""What every gateway keeps (payments/gateways/protocol.py), whatever is behind it."""

import contextlib
import datetime as dt
import uuid

import pytest
from django.utils import timezone

from billing.payments.gateways.protocol import (
    BadNotice,
    CheckoutStatus,
    DisputeStatus,
    GatewayError,
    NotSent,
    OutcomeUnknown,
    PaymentStatus,
    RefundOrder,
    RefundStatus,
    Refused,
)
from tests.factories.sandbox import order

pytestmark = pytest.mark.sqlite

MINUTE = dt.timedelta(minutes=1)
MONEY = {PaymentStatus.PROCESSING, PaymentStatus.SUCCEEDED}


def _pages(world) -> int:
    return len(list(world.gateway.checkouts_since(timezone.now() - MINUTE)))


def _net(world) -> int:
    return world.gateway.net_between(timezone.now() - MINUTE, timezone.now() + MINUTE)


# The page


def test_same_key_opens_the_same_page(any_world):
    wish, key = order(), str(uuid.uuid4())
    first, again = (any_world.gateway.open_checkout(wish, key) for _ in range(2))
    assert again == first
    assert first.expires_at == wish.expires_at.replace(microsecond=first.expires_at.microsecond)
    facts = any_world.gateway.read_checkout(first.ref)
    assert (facts.attempt_id, facts.status, facts.payments) == (wish.attempt_id, CheckoutStatus.OPEN, ())


def test_another_order_under_a_key_changes_no_page(world):
    wish, key = order(), str(uuid.uuid4())
    page = world.gateway.open_checkout(wish, key)
    try:
        other = world.gateway.open_checkout(order(**wish.__dict__ | {"amount_cents": 130_00}), key)
    except GatewayError:
        assert _pages(world) == 1
    else:
        assert other.ref != page.ref
    world.pay(page.ref, "4242")
    assert world.gateway.read_checkout(page.ref).payments[-1].amount_cents == 125_00


def test_order_that_is_too_small_is_refused(any_world):
    with pytest.raises(Refused):
        any_world.gateway.open_checkout(order(amount_cents=49), str(uuid.uuid4()))


def test_closed_page_takes_nothing_and_closes_twice(world):
    ref = world.open()
    for _ in range(2):
        assert world.gateway.close_checkout(ref).status == CheckoutStatus.EXPIRED
    world.pay(ref, "4242")
    assert world.gateway.read_checkout(ref).payments == ()


def test_closing_a_paid_page_says_that_it_is_paid(world):
    ref = world.open()
    world.pay(ref, "4242")
    facts = world.gateway.close_checkout(ref)
    assert (facts.status, facts.payments[-1].status) == (CheckoutStatus.COMPLETE, PaymentStatus.SUCCEEDED)


def test_closing_while_the_bank_asks_ends_the_payment(world):
    ref = world.open()
    world.pay(ref, "3155")
    assert world.gateway.read_checkout(ref).payments[-1].status == PaymentStatus.PENDING
    assert world.gateway.close_checkout(ref).payments[-1].status == PaymentStatus.FAILED


def test_what_is_unknown_is_refused(any_world):
    gateway = any_world.gateway
    for ask in (gateway.read_checkout, gateway.close_checkout, gateway.read_payment):
        with pytest.raises(Refused):
            ask("none_0")
    with pytest.raises(Refused):
        any_world.refund("pi_none", 100)


# The payment


def test_facts_of_a_paid_page(world):
    attempt_id = uuid.uuid4()
    ref = world.open(attempt_id=attempt_id)
    world.pay(ref, "4242")
    facts = world.gateway.read_checkout(ref)
    [payment] = facts.payments
    assert (facts.status, facts.attempt_id) == (CheckoutStatus.COMPLETE, attempt_id)
    assert (payment.status, payment.amount_cents, payment.currency) == (PaymentStatus.SUCCEEDED, 125_00, "usd")
    assert (payment.method, payment.last4, payment.livemode) == ("card", "4242", False)
    assert abs(payment.paid_at - timezone.now()) < MINUTE
    assert world.gateway.read_payment(payment.ref) == payment


def test_payment_names_its_attempt(any_world):
    attempt_id = uuid.uuid4()
    facts = any_world.gateway.read_payment(any_world.paid(attempt_id=attempt_id))
    assert (facts.attempt_id, facts.status, facts.refunds, facts.disputes) == (
        attempt_id,
        PaymentStatus.SUCCEEDED,
        (),
        (),
    )


@pytest.mark.parametrize("number", ["0002", "9995"])
def test_declined_payer_can_pay_with_another_card(world, number):
    ref = world.open()
    world.pay(ref, number)
    facts = world.gateway.read_checkout(ref)
    assert facts.status == CheckoutStatus.OPEN
    assert not MONEY & {payment.status for payment in facts.payments}
    world.pay(ref, "4242")
    facts = world.gateway.read_checkout(ref)
    assert facts.status == CheckoutStatus.COMPLETE
    [paid] = [payment for payment in facts.payments if payment.status in MONEY]
    assert (paid.last4, paid.amount_cents) == ("4242", 125_00)


@pytest.mark.parametrize(("is_approved", "status"), [(True, CheckoutStatus.COMPLETE), (False, CheckoutStatus.OPEN)])
def test_bank_that_asks_does_what_the_payer_answers(world, is_approved, status):
    ref = world.open()
    world.pay(ref, "3155")
    world.answer(ref, is_approved=is_approved)
    facts = world.gateway.read_checkout(ref)
    assert (facts.status, facts.payments[-1].status == PaymentStatus.SUCCEEDED) == (status, is_approved)


@pytest.mark.parametrize(("number", "status"), [("6789", PaymentStatus.SUCCEEDED), ("1116", PaymentStatus.FAILED)])
def test_bank_debit_is_under_way_before_it_is_decided(world, number, status):
    ref = world.open()
    world.pay(ref, number)
    facts = world.gateway.read_checkout(ref)
    [payment] = facts.payments
    assert (facts.status, payment.status, payment.paid_at) == (CheckoutStatus.COMPLETE, PaymentStatus.PROCESSING, None)
    assert (payment.method, payment.last4) == ("us_bank_account", number)
    world.decide_bank(payment.ref)
    facts = world.gateway.read_checkout(ref)
    assert (facts.status, facts.payments[-1].status) == (CheckoutStatus.COMPLETE, status)
    assert world.gateway.read_payment(payment.ref).status == status


# Refunds


def test_refunds_in_parts_up_to_the_whole_and_no_further(any_world):
    payment = any_world.paid()
    parts = [any_world.refund(payment, cents) for cents in (25_00, 100_00)]
    assert [part.status for part in parts] == [RefundStatus.SUCCEEDED] * 2
    assert any_world.gateway.read_payment(payment).refunds == tuple(parts)
    with pytest.raises(Refused):
        any_world.refund(payment, 1)


def test_refund_of_more_than_was_paid_is_refused_and_stays_so_under_its_key(any_world):
    payment, key = any_world.paid(), str(uuid.uuid4())
    wish = RefundOrder(uuid.uuid4(), payment, 125_01)
    for _ in range(2):
        with pytest.raises(Refused):
            any_world.gateway.request_refund(wish, key)
    assert any_world.gateway.read_payment(payment).refunds == ()


def test_same_key_is_one_refund(any_world):
    payment, key = any_world.paid(), str(uuid.uuid4())
    wish = RefundOrder(uuid.uuid4(), payment, 25_00)
    first, again = (any_world.gateway.request_refund(wish, key) for _ in range(2))
    assert (first, first.refund_id) == (again, wish.refund_id)
    assert len(any_world.gateway.read_payment(payment).refunds) == 1
    with pytest.raises(GatewayError):
        any_world.gateway.request_refund(RefundOrder(wish.refund_id, payment, 30_00), key)
    assert len(any_world.gateway.read_payment(payment).refunds) == 1


def test_refund_made_at_the_providers_desk_is_seen_without_our_id(world):
    payment = world.paid()
    world.refund_at_desk(payment, 25_00)
    [refund] = world.gateway.read_payment(payment).refunds
    assert (refund.refund_id, refund.amount_cents, refund.status) == (None, 25_00, RefundStatus.SUCCEEDED)


@pytest.mark.parametrize("number", ["7726", "6789"])
def test_refund_can_stay_pending_first(world, number):
    payment = world.paid(number)
    refund = world.refund(payment, 25_00)
    assert (refund.status, refund.decided_at) == (RefundStatus.PENDING, None)
    world.decide_refund(refund.ref, "succeeded")
    [refund] = world.gateway.read_payment(payment).refunds
    assert refund.status == RefundStatus.SUCCEEDED
    assert refund.decided_at is not None


def test_refund_can_fail_after_it_succeeded(any_world):
    payment = any_world.paid("5126")
    refund = any_world.refund(payment, 125_00)
    assert refund.status == RefundStatus.SUCCEEDED
    any_world.decide_refund(refund.ref, "failed")
    [refund] = any_world.gateway.read_payment(payment).refunds
    assert refund.status == RefundStatus.FAILED
    assert refund.failure
    assert any_world.refund(payment, 125_00).amount_cents == 125_00  # the money is there to be sent again


def test_nothing_is_refunded_of_what_is_not_paid(world):
    ref = world.open()
    world.pay(ref, "6789")
    with pytest.raises(Refused):
        world.refund(world.gateway.read_checkout(ref).payments[0].ref, 100)


# Disputes


@pytest.mark.parametrize(
    ("status", "is_withdrawn"), [("open", True), ("warning", False), ("prevented", False), ("lost", True)]
)
def test_dispute_says_whether_it_took_the_money(world, status, is_withdrawn):
    payment = world.paid()
    ref = world.dispute(payment, status)
    [facts] = world.gateway.read_payment(payment).disputes
    assert (facts.ref, facts.status, facts.is_withdrawn) == (ref, DisputeStatus(status), is_withdrawn)
    assert facts.amount_cents == 125_00
    assert facts.reason


@pytest.mark.parametrize(("status", "is_withdrawn"), [("won", False), ("lost", True)])
def test_decided_dispute_keeps_the_money_or_gives_it_back(world, status, is_withdrawn):
    payment = world.paid()
    world.decide_dispute(world.dispute(payment), status)
    [facts] = world.gateway.read_payment(payment).disputes
    assert (facts.status, facts.is_withdrawn) == (DisputeStatus(status), is_withdrawn)


@pytest.mark.parametrize("status", ["open", "lost"])
@pytest.mark.parametrize("cents", [25_00, 80_00])
def test_dispute_can_come_to_be_about_another_amount(world, status, cents):
    payment = world.paid()
    ref = world.dispute(payment)
    world.decide_dispute(ref, "open", 60_00)
    assert _net(world) == 65_00
    world.decide_dispute(ref, status, cents)
    [facts] = world.gateway.read_payment(payment).disputes
    assert (facts.status, facts.amount_cents, facts.is_withdrawn) == (DisputeStatus(status), cents, True)
    assert _net(world) == 125_00 - cents
    world.decide_dispute(ref, "won")
    assert _net(world) == 125_00


def test_warning_of_another_amount_takes_nothing(world):
    payment = world.paid()
    world.decide_dispute(world.dispute(payment, "warning"), "warning", 25_00)
    [facts] = world.gateway.read_payment(payment).disputes
    assert (facts.amount_cents, facts.is_withdrawn, facts.moved_at) == (25_00, False, None)
    assert _net(world) == 125_00


def test_warning_can_become_a_dispute(world):
    payment = world.paid()
    world.decide_dispute(world.dispute(payment, "warning"), "open")
    [facts] = world.gateway.read_payment(payment).disputes
    assert (facts.status, facts.is_withdrawn) == (DisputeStatus.OPEN, True)


def test_bank_debit_that_is_returned_is_a_lost_dispute(world):
    payment = world.paid("5559")
    world.dispute(payment, "lost")
    facts = world.gateway.read_payment(payment)
    assert (facts.status, facts.disputes[0].status) == (PaymentStatus.SUCCEEDED, DisputeStatus.LOST)


def test_charged_back_money_cannot_be_refunded_too(world):
    payment = world.paid()
    world.dispute(payment)
    with pytest.raises(Refused):
        world.refund(payment, 100)


# What the provider tells


def test_each_notice_says_where_to_look_and_the_list_says_the_same(world):
    ref = world.open()
    world.pay(ref, "4242")
    payment = world.gateway.read_checkout(ref).payments[0].ref
    world.refund(payment, 25_00)
    world.decide_dispute(world.dispute(payment), "won")
    told = [world.gateway.authenticate_notice(*post, timezone.now()) for post in world.posts()]
    told = [notice for notice in told if notice.checkout_ref or notice.payment_ref]
    assert [notice.event_id for notice in told] == [
        notice.event_id for notice in world.gateway.notices_since(timezone.now() - MINUTE)
    ]
    assert {notice.checkout_ref for notice in told} == {ref, ""}
    assert {notice.payment_ref for notice in told} == {payment, ""}
    assert told[0].checkout_ref == ref
    assert not list(world.gateway.notices_since(timezone.now() + MINUTE))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_notice_signed_at_another_time_is_refused(world, seconds):
    now, raw = timezone.now().replace(microsecond=0), world.body()
    with pytest.raises(BadNotice, match="time"):
        world.gateway.authenticate_notice(raw, world.sign(raw, now + dt.timedelta(seconds=seconds)), now)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_clocks_may_differ_by_five_minutes(world, seconds):
    now, raw = timezone.now().replace(microsecond=0), world.body()
    assert world.gateway.authenticate_notice(raw, world.sign(raw, now + dt.timedelta(seconds=seconds)), now).event_id


def test_notice_that_the_provider_did_not_sign_is_refused(world):
    now, raw = timezone.now(), world.body()
    [(name, value)] = world.sign(raw, now).items()
    forged = [{}, {name: ""}, {name: "v1=0"}, {name: value[:-1] + ("0" if value[-1] != "0" else "1")}]
    forged += [{name: value.replace("t=", "t=1")}, {name: f"t=1,{value}"}, {name: "t=" + "9" * 400 + ",v1=" + "0" * 64}]
    for headers in forged:
        with pytest.raises(BadNotice, match=r"signature|time"):
            world.gateway.authenticate_notice(raw, headers, now)
    with pytest.raises(BadNotice, match="signature"):
        world.gateway.authenticate_notice(raw + b" ", {name: value}, now)


@pytest.mark.parametrize("raw", [b"", b"[]", b"3", b"null", b"{}", b'{"id": "1"}', b"\xff\xfe", b"[" * 100_000])
def test_signed_nonsense_is_refused(world, raw):
    now = timezone.now()
    with pytest.raises(BadNotice, match=r"body|signature"):
        world.gateway.authenticate_notice(raw, world.sign(raw, now), now)


# What the provider lists


def test_pages_of_a_time_are_listed_with_their_payments(world):
    refs = [world.open() for _ in range(3)]
    world.pay(refs[1], "4242")
    found = list(world.gateway.checkouts_since(timezone.now() - MINUTE))
    assert [facts.ref for facts in found] == refs
    assert [len(facts.payments) for facts in found] == [0, 1, 0]
    assert not list(world.gateway.checkouts_since(timezone.now() + MINUTE))


def test_net_is_what_stayed(world):
    payment = world.paid()
    assert _net(world) == 125_00
    world.refund(payment, 25_00)
    assert _net(world) == 100_00
    failing = world.paid("5126")
    refund = world.refund(failing, 125_00)
    assert _net(world) == 100_00
    world.decide_refund(refund.ref, "failed")
    assert _net(world) == 225_00
    dispute = world.dispute(failing)
    assert _net(world) == 100_00
    world.decide_dispute(dispute, "won")
    assert _net(world) == 225_00
    world.pay(world.open(), "6789")
    world.pay(world.open(), "0002")
    assert _net(world) == 225_00
    assert world.gateway.net_between(timezone.now() + MINUTE, timezone.now() + 2 * MINUTE) == 0


# The network


def test_request_that_was_not_carried_out_can_be_asked_again(world):
    world.fail("not_sent", "open")
    wish, key = order(), str(uuid.uuid4())
    with pytest.raises(NotSent):
        world.gateway.open_checkout(wish, key)
    assert _pages(world) == 0
    assert world.gateway.open_checkout(wish, key).ref


def test_lost_answer_leaves_one_page_for_its_key(world):
    world.fail("answer_lost", "open")
    wish, key = order(), str(uuid.uuid4())
    with contextlib.suppress(OutcomeUnknown):  # A client that tries again by itself finds the page at once.
        world.gateway.open_checkout(wish, key)
    ref = world.gateway.open_checkout(wish, key).ref
    assert [facts.ref for facts in world.gateway.checkouts_since(timezone.now() - MINUTE)] == [ref]


@pytest.mark.parametrize(("kind", "pages"), [("failed_before", 0), ("failed_after", 1)])
def test_saved_failure_is_repeated_for_its_key_alone(world, kind, pages):
    world.fail(kind, "open")
    wish, key = order(), str(uuid.uuid4())
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            world.gateway.open_checkout(wish, key)
    assert _pages(world) == pages
    assert world.gateway.open_checkout(wish, f"{key}:2").ref
    found = list(world.gateway.checkouts_since(timezone.now() - MINUTE))
    assert [facts.attempt_id for facts in found] == [wish.attempt_id] * (pages + 1)


@pytest.mark.parametrize(("kind", "made"), [("failed_before", 0), ("failed_after", 1)])
def test_refund_whose_answer_was_a_failure_is_found_at_its_payment(world, kind, made):
    payment = world.paid()
    wish, key = RefundOrder(uuid.uuid4(), payment, 25_00), str(uuid.uuid4())
    world.fail(kind, "refund")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            world.gateway.request_refund(wish, key)
    found = [refund.refund_id for refund in world.gateway.read_payment(payment).refunds]
    assert found == [wish.refund_id] * made
