"""What goes over the wire to Stripe, and what each kind of answer means."""

import dataclasses
import datetime as dt
import json
import socket
import threading
import uuid

import pytest
from django.utils import timezone

from billing.payments.gateways.protocol import NotSent, OutcomeUnknown, PaymentStatus, RefundOrder, Refused
from billing.payments.gateways.stripe import errors, orders, transport
from billing.payments.gateways.stripe.gateway import StripeGateway
from tests.billing.gateways.worlds import StripeWorld
from tests.factories.sandbox import order
from tests.fake_stripe import core
from tests.fake_stripe.balance import pay_out
from tests.fake_stripe.faults import Fault
from tests.fake_stripe.in_process import InProcess
from tests.fake_stripe.server import running
from tests.together import together

pytestmark = [pytest.mark.sqlite, pytest.mark.usefixtures("stripe_keys")]

SESSIONS = "POST /v1/checkout/sessions"


class Recorder(InProcess):
    """Keeps what was sent."""

    def __init__(self, fake) -> None:
        super().__init__(fake)
        self.sent: list[tuple[str, str, dict, str]] = []

    def request(self, method, url, headers, post_data=None, **rest):
        self.sent.append((method, url, dict(headers), post_data or ""))
        return super().request(method, url, headers, post_data, **rest)


@pytest.fixture
def world() -> StripeWorld:
    return StripeWorld()


@pytest.fixture
def wire(world) -> Recorder:
    recorder = Recorder(world.fake)
    world.gateway = StripeGateway(recorder)
    return recorder


def test_page_is_asked_for_as_designed_and_says_nothing_of_anybody():
    wish = order()
    params = orders.checkout_params(wish)
    assert (params["mode"], params["ui_mode"], params["submit_type"]) == ("payment", "hosted_page", "pay")
    assert params["allowed_payment_method_types"] == ["card", "us_bank_account"]
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["metadata"] == params["payment_intent_data"]["metadata"] == {"attempt": str(wish.attempt_id)}
    assert params["payment_intent_data"]["capture_method"] == "automatic"
    assert params["line_items"][0]["price_data"]["product_data"] == {"name": "Account payment"}
    assert params["expires_at"] == int(wish.expires_at.timestamp())
    assert not {"customer_email", "client_reference_id", "customer", "description"} & params.keys()


def test_same_order_is_the_same_bytes_whatever_order_its_fields_come_in(world, wire):
    wish = order()
    turned = dataclasses.replace(wish)
    key = str(uuid.uuid4())
    for asked in (wish, turned):
        world.gateway.open_checkout(asked, key)
    first, second = wire.sent
    assert first[3] == second[3]
    assert first[2]["Idempotency-Key"] == second[2]["Idempotency-Key"]
    assert first[3].index("adaptive_pricing") < first[3].index("allowed_payment") < first[3].index("success_url")


def test_key_covers_the_parameters_so_that_none_is_ever_sent_with_others():
    wish = order()
    changed = [
        dataclasses.replace(wish, **change)
        for change in (
            {"amount_cents": 126_00},
            {"success_url": "https://other.example/"},
            {"cancel_url": "https://other.example/"},
            {"expires_at": wish.expires_at + dt.timedelta(seconds=1)},
            {"attempt_id": uuid.uuid4()},
        )
    ]
    keys = {orders.checkout_key("k", orders.checkout_params(each)) for each in (wish, *changed)}
    assert len(keys) == 6
    assert all(key.startswith("k:") and len(key) < 255 for key in keys)


def test_refunds_key_is_ours_as_it_is(world, wire):
    payment = world.paid()
    wish = RefundOrder(uuid.uuid4(), payment, 25_00)
    wire.sent.clear()
    world.gateway.request_refund(wish, "refund-key")
    [(method, url, headers, body)] = wire.sent
    assert (method, url) == ("post", "https://api.stripe.com/v1/refunds")
    assert headers["Idempotency-Key"] == "refund-key"
    assert str(wish.refund_id).replace("-", "") in body.replace("-", "")


def test_client_has_our_patience_and_the_sdks_version():
    client = transport.client("sk_test_x")
    assert client._requestor._options.max_network_retries == 2
    assert client._requestor._client._timeout == 10
    assert client._requestor._options.stripe_version == "2026-10-28.endive"


def test_sdk_writes_no_file_and_tells_nothing_of_our_machine(world, wire, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for _ in range(2):
        world.gateway.open_checkout(order(), str(uuid.uuid4()))
    assert list(tmp_path.iterdir()) == []
    headers = wire.sent[-1][2]
    assert "X-Stripe-Client-Telemetry" not in headers
    assert not {"telemetry_id", "platform"} & json.loads(headers["X-Stripe-Client-User-Agent"]).keys()


def test_a_broken_connection_is_tried_again_under_the_same_key(world, wire):
    world.fake.faults.add(Fault.CUT_AFTER, SESSIONS)
    page = world.gateway.open_checkout(order(), "k")
    assert [sent[2]["Idempotency-Key"] for sent in wire.sent] == [wire.sent[0][2]["Idempotency-Key"]] * 2
    assert [row["id"] for row in world.fake.store.all("checkout.session")] == [page.ref]


def test_connection_that_stays_broken_leaves_the_outcome_unknown(world, wire):
    world.fake.faults.add(Fault.CUT_BEFORE, SESSIONS, times=3)
    with pytest.raises(OutcomeUnknown):
        world.gateway.open_checkout(order(), "k")
    assert len(wire.sent) == 3


def test_rate_limit_after_a_lost_try_is_not_taken_for_nothing_done(world):
    world.fake.faults.add(Fault.CUT_BEFORE, SESSIONS)
    world.fake.faults.add(Fault.TOO_MANY, SESSIONS)
    with pytest.raises(OutcomeUnknown):
        world.gateway.open_checkout(order(), "k")


def test_key_in_use_is_waited_for_and_then_unknown(world):
    world.fake.keys.claim = lambda *asked: (_ for _ in ()).throw(
        core.ApiError(409, "There is currently another in-progress request", type="idempotency_error")
    )
    with pytest.raises(OutcomeUnknown):
        world.gateway.open_checkout(order(), "k")


def test_our_own_wrong_key_says_nothing_of_the_payment(world, settings):
    settings.STRIPE_SECRET_KEY = "nonsense"
    with pytest.raises(NotSent):
        StripeGateway(InProcess(world.fake)).read_payment("pi_1")


def test_server_that_is_not_there_was_not_asked(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{free.getsockname()[1]}"
    gateway = StripeGateway(_quick(transport.Transport()))
    with pytest.raises(NotSent):
        gateway.open_checkout(order(), "k")


def test_over_the_wire_it_is_the_same(settings):
    with running() as server:
        settings.STRIPE_API_BASE = server.url
        gateway = StripeGateway(_quick(transport.Transport()))
        assert gateway.page_origins == (server.url,)
        server.fake.faults.add(Fault.CUT_AFTER, SESSIONS)
        page = gateway.open_checkout(order(), "k")
        assert page.url.startswith(f"{server.url}/c/pay/")
        assert gateway.close_checkout(page.ref).status == "expired"
        server.fake.faults.add(Fault.CUT_BEFORE, times=3)
        with pytest.raises(OutcomeUnknown):
            gateway.open_checkout(order(), "k2")
        with pytest.raises(Refused):
            gateway.read_payment("pi_none")


def test_two_workers_that_open_the_same_page_at_once_get_the_same(settings):
    """The second one meets a conflict, which the SDK waits out."""
    with running() as server:
        settings.STRIPE_API_BASE = server.url
        conflict, claim = threading.Event(), server.fake.keys.claim

        def claimed(*asked):
            try:
                return claim(*asked)
            except core.ApiError:
                conflict.set()
                raise

        server.fake.keys.claim = claimed
        server.fake.faults.add(Fault.SLOW, SESSIONS, seconds=60, over=conflict)
        wish, gateway = order(), StripeGateway()
        opened = together(*[lambda: gateway.open_checkout(wish, "k").ref] * 2)
        assert len({row["id"] for row in server.fake.store.all("checkout.session")}) == 1
        assert len(set(opened)) == 1
        assert conflict.is_set()


def test_answer_that_takes_too_long_leaves_the_outcome_unknown(settings):
    with running() as server:
        settings.STRIPE_API_BASE = server.url
        impatient = _quick(transport.Transport())
        impatient._timeout = 0.1
        nobody_waits = threading.Event()
        server.fake.faults.add(Fault.SLOW, SESSIONS, seconds=60, over=nobody_waits, times=3)
        with pytest.raises(OutcomeUnknown):
            StripeGateway(impatient).open_checkout(order(), "k")
        nobody_waits.set()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("payment_intent", {"status": "requires_capture"}),
        ("refund", {"status": "resting"}),
        ("dispute", {"status": "new"}),
    ],
)
def test_status_that_nobody_knows_yet_goes_to_staff_and_breaks_nothing(world, kind, change, monkeypatch):
    monkeypatch.setattr(core.conformance, "response_faults", lambda *_: [])
    payment = world.paid()
    world.refund(payment, 25_00)
    world.dispute(payment)
    next(world.fake.store.all(kind)).update(change)
    with pytest.raises(errors.NotUnderstood, match=change["status"]):
        world.gateway.read_payment(payment)


def test_money_in_another_currency_says_what_reached_us(world):
    payment = world.paid()
    world.fake.store.get("payment_intent", payment)["currency"] = "cad"
    facts = world.gateway.read_payment(payment)
    assert (facts.currency, facts.amount_cents, facts.settled_cents) == ("cad", 125_00, 125_00)
    moved = next(world.fake.store.all("balance_transaction"))
    moved["currency"] = "cad"
    assert world.gateway.read_payment(payment).settled_cents is None


def test_payment_of_other_software_names_no_attempt(world):
    payment = world.paid()
    intent = world.fake.store.get("payment_intent", payment)
    for metadata in ({}, {"attempt": "order 17"}, {"attempt": ""}):
        intent["metadata"] = metadata
        assert world.gateway.read_payment(payment).attempt_id is None


def test_lists_are_read_to_their_end_page_after_page(world, wire):
    payment = world.paid()
    for _ in range(101):
        world.refund(payment, 1)
    wire.sent.clear()
    found = world.gateway.read_payment(payment).refunds
    assert len(found) == 101
    assert sum("/v1/refunds" in sent[1] for sent in wire.sent) == 2
    made = [row["id"] for row in world.fake.store.all("refund")]
    assert [refund.ref for refund in found] == made


def test_payouts_and_fees_are_no_part_of_the_net(world):
    world.paid()
    pay_out(world.fake.store, 100_00)
    now = timezone.now()
    assert world.gateway.net_between(now - dt.timedelta(minutes=1), now + dt.timedelta(minutes=1)) == 125_00


def test_page_whose_bank_debit_failed_is_not_a_payment_that_can_be_tried_again(world):
    ref = world.open()
    world.pay(ref, "1116")
    world.decide_bank(world.gateway.read_checkout(ref).payments[0].ref)
    assert world.gateway.read_checkout(ref).payments[0].status == PaymentStatus.FAILED


def _quick(client: transport.Transport) -> transport.Transport:
    client._sleep_time_seconds = lambda num_retries: 0
    return client
