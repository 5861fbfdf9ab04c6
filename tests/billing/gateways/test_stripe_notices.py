"""Stripe's webhooks beyond the contract: two secrets while one is rotated out, modes, and where each event points."""

import json

import pytest
import stripe
from django.utils import timezone

from billing.payments.gateways.protocol import BadNotice
from billing.payments.gateways.stripe import notices
from billing.payments.gateways.stripe.gateway import StripeGateway
from tests.billing.gateways.worlds import StripeWorld
from tests.fake_stripe import events
from tests.fake_stripe.conformance import response_faults
from tests.fake_stripe.faults import Fault

pytestmark = [pytest.mark.sqlite, pytest.mark.usefixtures("stripe_keys")]


@pytest.fixture
def world() -> StripeWorld:
    return StripeWorld()


def _take(world, raw: bytes, gateway=None):
    now = timezone.now()
    return (gateway or world.gateway).authenticate_notice(raw, world.sign(raw, now), now)


def test_both_secrets_are_good_while_one_is_rotated_out(world, settings):
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_WEBHOOK_SECRET_OLD = "whsec_new", "whsec_fake"
    assert _take(world, world.body()).event_id == "evt_1"
    world.fake.webhook_secret = "whsec_new"
    assert _take(world, world.body()).event_id == "evt_1"
    settings.STRIPE_WEBHOOK_SECRET_OLD = ""
    assert _take(world, world.body()).event_id == "evt_1"
    world.fake.webhook_secret = "whsec_fake"
    with pytest.raises(BadNotice, match="signature"):
        _take(world, world.body())


def test_stripe_may_sign_with_both_secrets_in_one_header(world):
    now, raw = timezone.now(), world.body()
    first = world.sign(raw, now)["Stripe-Signature"]
    world.fake.webhook_secret = "whsec_other"
    second = world.sign(raw, now)["Stripe-Signature"].partition(",")[2]
    for header in (f"{first},{second}", first.replace(",", f",{second},")):
        assert world.gateway.authenticate_notice(raw, {"Stripe-Signature": header}, now)


def test_an_empty_secret_signs_nothing(world, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    world.fake.webhook_secret = ""
    with pytest.raises(BadNotice, match="signature"):
        _take(world, world.body())


def test_notice_of_the_other_mode_is_refused(world, settings):
    with pytest.raises(BadNotice, match="mode"):
        _take(world, world.body(livemode=True))
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    live = StripeGateway()
    assert live.livemode
    assert _take(world, world.body(livemode=True), live).livemode
    with pytest.raises(BadNotice, match="mode"):
        _take(world, world.body(), live)


@pytest.mark.parametrize(
    "changed",
    [
        {"object": "v2.core.event"},
        {"object": "checkout.session"},
        {"livemode": "false"},
        {"livemode": None},
        {"data": None},
        {"data": {"object": None}},
        {"type": "refund.updated", "data": {"object": []}},
    ],
)
def test_signed_body_that_is_no_event_of_ours_is_refused(world, changed):
    with pytest.raises(BadNotice, match="body"):
        _take(world, world.body(**changed))


def test_events_that_we_do_not_need_point_nowhere(world):
    notice = _take(world, world.body(type="customer.created"))
    assert (notice.checkout_ref, notice.payment_ref) == ("", "")


@pytest.mark.parametrize("left_out", [{}, {"payment_intent": None}])
def test_refund_without_a_payment_points_nowhere(world, left_out):
    about = {"id": "re_1", "object": "refund"} | left_out
    notice = _take(world, world.body(type="refund.created", data={"object": about}))
    assert (notice.checkout_ref, notice.payment_ref) == ("", "")


def test_every_type_that_the_webhook_needs_is_one_that_stripe_has():
    event = {"id": "evt_1", "object": "event", "created": 1, "livemode": False, "pending_webhooks": 0}
    for type_ in notices.TYPES:
        assert response_faults(event | {"type": type_, "data": {"object": {}}}, stripe.Event) == []


def _heard(world) -> list[str]:
    heard: list[str] = []

    def webhook(raw: bytes, headers: dict[str, str]) -> int:
        heard.append(json.loads(raw)["type"])
        return 200

    events.deliver(world.fake, webhook)
    return [type_ for type_ in heard if type_ in notices.TYPES]


def test_notices_can_be_lost_doubled_late_and_out_of_order(world):
    for kind in (Fault.LOSE, Fault.TWICE, Fault.DELAY):
        world.fake.faults.add(kind, "checkout.session.completed")
        world.paid()
        world.fake.faults.clear()
    assert _heard(world) == ["checkout.session.completed"] * 2
    world.fake.store.moved += 10 * 60
    assert _heard(world) == ["checkout.session.completed"]
    assert _heard(world) == []
    assert len(list(world.gateway.notices_since(timezone.now()))) == 3


def test_a_later_notice_can_overtake(world):
    payment = world.paid()
    world.fake.faults.add(Fault.SWAP, "charge.refunded")
    world.refund(payment, 100)
    types = []
    events.deliver(world.fake, lambda raw, headers: types.append(json.loads(raw)["type"]) or 200)
    assert types[-2:] == ["charge.refunded", "refund.created"]


def test_notice_that_is_not_taken_in_comes_again(world):
    world.paid()
    waiting = len(world.fake.outbox)
    assert events.deliver(world.fake, lambda raw, headers: 500) == 0
    assert len(world.fake.outbox) == waiting
    world.fake.store.moved += 60
    assert events.deliver(world.fake, lambda raw, headers: 200) == waiting
    assert world.fake.outbox == []
