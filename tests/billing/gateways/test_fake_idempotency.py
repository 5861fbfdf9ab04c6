"""The fake treats idempotency keys as Stripe's v1 does, and its own words are Stripe's."""

import json
import threading

import pytest
from stripe._api_version import _ApiVersion

from tests.fake_stripe import core, payments, refunds
from tests.fake_stripe.errors import Cut
from tests.fake_stripe.faults import Fault
from tests.fake_stripe.state import Fake
from tests.fake_stripe.store import Store

pytestmark = pytest.mark.sqlite

PAGE = (
    b"mode=payment&success_url=https%3A%2F%2Fportal.example%2F&line_items[0][price_data][currency]=usd"
    b"&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=x"
    b"&line_items[0][quantity]=1"
)


def _post(fake: Fake, body: bytes = PAGE, key: str = "k", path: str = "/v1/checkout/sessions"):
    headers = {"authorization": "Bearer sk_test_x", "stripe-version": _ApiVersion.CURRENT, "idempotency-key": key}
    reply = core.handle(fake, "POST", path, "", body, headers)
    return reply.status, json.loads(reply.body), reply.headers


def _made(fake: Fake) -> int:
    return sum(1 for _ in fake.store.all("checkout.session"))


def test_answer_is_repeated_byte_for_byte():
    fake = Fake()
    first, again = _post(fake), _post(fake)
    assert (first[0], first[1]) == (200, again[1])
    assert "Idempotent-Replayed" not in first[2]
    assert again[2]["Idempotent-Replayed"] == "true"
    assert _made(fake) == 1


@pytest.mark.parametrize("body", [PAGE.replace(b"500", b"501"), b"&".join(reversed(PAGE.split(b"&")))])
def test_other_parameters_or_another_order_of_them_are_an_error(body):
    fake = Fake()
    _post(fake)
    status, answer, _ = _post(fake, body)
    assert (status, answer["error"]["type"]) == (400, "idempotency_error")
    assert "same parameters" in answer["error"]["message"]


def test_key_belongs_to_its_path():
    fake = Fake()
    ref = _post(fake)[1]["id"]
    assert _post(fake, b"", path=f"/v1/checkout/sessions/{ref}/expire")[1]["error"]["type"] == "idempotency_error"


def test_refusal_is_repeated_once_work_had_begun():
    fake = Fake()
    small = PAGE.replace(b"500", b"49")
    first = _post(fake, small)
    assert first[1]["error"]["code"] == "amount_too_small"
    assert _post(fake, small)[2]["Idempotent-Replayed"] == "true"


def test_parameters_that_do_not_exist_begin_nothing_and_leave_the_key_free():
    fake = Fake()
    status, answer, _ = _post(fake, PAGE + b"&payment_method_types[0]=card")
    assert (status, answer["error"]["code"], answer["error"]["param"]) == (
        400,
        "parameter_unknown",
        "payment_method_types",
    )
    assert _post(fake)[0] == 200


@pytest.mark.parametrize(("kind", "made"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1)])
def test_server_error_is_saved_and_repeated(kind, made):
    fake = Fake()
    fake.faults.add(kind)
    assert [_post(fake)[0] for _ in range(3)] == [500, 500, 500]
    assert _made(fake) == made
    assert _post(fake, key="other")[0] == 200
    fake.keys.prune()
    assert _post(fake)[0] == 200


def test_cut_connection_after_the_work_leaves_the_answer_for_the_key():
    fake = Fake()
    fake.faults.add(Fault.CUT_AFTER)
    with pytest.raises(Cut):
        _post(fake)
    assert _post(fake)[2]["Idempotent-Replayed"] == "true"
    assert _made(fake) == 1


def test_second_request_while_the_first_is_under_way_is_a_conflict():
    fake = Fake()
    begun, answered = threading.Event(), threading.Event()
    fake.faults.add(Fault.SLOW, seconds=60, over=answered)
    claim = fake.keys.claim

    def claiming(*asked):
        saved = claim(*asked)
        begun.set()
        return saved

    fake.keys.claim = claiming
    first = threading.Thread(target=_post, args=(fake,))
    first.start()
    assert begun.wait(60)
    status, answer, _ = _post(fake)
    answered.set()
    first.join()
    assert (status, answer["error"]["code"]) == (409, "idempotency_key_in_use")
    assert _post(fake)[0] == 200
    assert _made(fake) == 1


def test_keys_and_versions_of_others_are_not_let_in():
    fake = Fake()
    for headers, status in [
        ({}, 401),
        ({"authorization": "Bearer sk_live_x"}, 401),
        ({"authorization": "Bearer sk_test_x", "stripe-version": "2020-08-27"}, 400),
    ]:
        assert core.handle(fake, "GET", "/v1/events", "", b"", headers).status == status


def test_pages_end_with_their_time():
    fake = Fake(store=Store(clock=lambda: 1_770_000_000))
    ref = _post(fake)[1]["id"]
    fake.store.moved += 24 * 60 * 60
    core.tick(fake)
    assert fake.store.get("checkout.session", ref)["status"] == "expired"


def test_banks_decide_when_their_time_is_over():
    fake = Fake(later=60)
    body = PAGE + b"&allowed_payment_method_types[0]=card&allowed_payment_method_types[1]=us_bank_account"
    intents = {
        number: payments.pay(fake, _post(fake, body, key=number)[1]["id"], number)
        for number in ("6789", "1116", "5559", "0259", "7726", "5126")
    }
    late = [refunds.create(fake, {"payment_intent": intents[number]["id"]}) for number in ("7726", "5126")]
    core.tick(fake)
    assert [intents[number]["status"] for number in ("6789", "1116", "5559")] == ["processing"] * 3
    assert [refund["status"] for refund in late] == ["pending", "succeeded"]
    fake.store.moved += 60
    core.tick(fake)
    assert [intents[number]["status"] for number in ("6789", "1116", "5559")] == [
        "succeeded",
        "requires_payment_method",
        "succeeded",
    ]
    assert [refund["status"] for refund in late] == ["succeeded", "failed"]
    fake.store.moved += 60
    core.tick(fake)
    disputed = {row["payment_intent"]: row["status"] for row in fake.store.all("dispute")}
    assert disputed == {intents["0259"]["id"]: "needs_response", intents["5559"]["id"]: "lost"}
