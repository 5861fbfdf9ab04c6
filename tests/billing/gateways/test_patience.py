"""A page waits for the provider so long and no longer, whatever the provider does; workers wait as they always did."""

import socket
import threading
import uuid
from collections.abc import Iterator

import pytest

from billing.payments.gateways import patience
from billing.payments.gateways.protocol import NotSent, OutcomeUnknown
from billing.payments.gateways.stripe import transport
from billing.payments.gateways.stripe.gateway import StripeGateway
from tests.billing.gateways.hanging import EXPIRE, FOR_EVER, READ, SESSIONS, hang, seen
from tests.factories.sandbox import order
from tests.fake_stripe.server import Server, running

pytestmark = [pytest.mark.sqlite, pytest.mark.usefixtures("stripe_keys")]


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(settings) -> Iterator[Server]:
    with running() as server:
        settings.STRIPE_API_BASE = server.url
        yield server


def test_without_a_page_that_waits_there_is_no_end():
    assert patience.seconds_left() is None
    assert not patience.is_over()


def test_budget_runs_down_over_everything_inside_and_is_gone_after(clock):
    with patience.within(10, clock=clock):
        assert patience.seconds_left() == 10
        clock.now += 7
        with patience.within(10, clock=clock):
            assert patience.seconds_left() == 3, "a step gets no budget of its own"
        clock.now += 3
        assert patience.is_over()
        clock.now += 3
        assert patience.seconds_left() == 0
    assert patience.seconds_left() is None


def test_page_gets_ten_seconds_so_that_it_answers_within_twelve(clock):
    with patience.within(clock=clock):
        assert patience.seconds_left() == 10


def test_wait_between_tries_is_no_longer_than_what_is_left(clock):
    wire = transport.Transport()
    assert wire._sleep_time_seconds(2) >= 0.5
    with patience.within(10, clock=clock):
        assert wire._sleep_time_seconds(2) >= 0.5
        clock.now += 9.75
        assert wire._sleep_time_seconds(2) == 0.25


@pytest.mark.parametrize(("passed", "again"), [(9.9, True), (10, False), (11, False)])
def test_no_try_follows_when_the_time_is_over(clock, passed, again):
    wire = transport.Transport()
    with patience.within(10, clock=clock):
        clock.now += passed
        assert wire._should_retry((b"", 503, {}), None, 0, 2) is again


def test_nothing_is_sent_when_the_time_is_over(server, clock):
    with patience.within(10, clock=clock):
        clock.now += 10
        with pytest.raises(NotSent):
            StripeGateway().open_checkout(order(), "k")
    assert server.fake.asked == []


def test_provider_that_hangs_is_asked_once_and_left_while_it_still_hangs(server, over):
    hang(server, over, SESSIONS)
    with patience.within(1), pytest.raises(OutcomeUnknown):
        StripeGateway().open_checkout(order(), "k")
    assert not over.is_set()
    assert seen(server, 1) == [SESSIONS]


def test_what_one_request_asks_shares_one_budget(server, over):
    ref = StripeGateway().open_checkout(order(), str(uuid.uuid4())).ref
    hang(server, over, EXPIRE, READ)
    with patience.within(1):
        for ask in (StripeGateway().close_checkout, StripeGateway().read_checkout):
            with pytest.raises((NotSent, OutcomeUnknown)):
                ask(ref)
    assert seen(server, 2) == [SESSIONS, EXPIRE]


def test_answer_in_time_is_as_good_as_ever(server):
    with patience.within(FOR_EVER):
        page = StripeGateway().open_checkout(order(), "k")
    assert StripeGateway().read_checkout(page.ref).ref == page.ref


@pytest.mark.parametrize(
    "begins", [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"]
)
def test_server_that_sends_a_byte_now_and_then_does_not_outlast_the_budget(settings, begins):
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        trickle = threading.Thread(target=_trickle, args=(listening, begins, is_over))
        trickle.start()
        try:
            settings.STRIPE_API_BASE = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with patience.within(1), pytest.raises(OutcomeUnknown):
                StripeGateway().open_checkout(order(), "k")
        finally:
            is_over.set()
            trickle.join()


def _trickle(listening: socket.socket, begins: bytes, is_over: threading.Event) -> None:
    connection, _address = listening.accept()
    with connection:
        connection.sendall(begins)
        while begins and not is_over.wait(0.02):
            connection.sendall(b"x")
        is_over.wait()


def test_workers_patience_is_what_it_was(server, over):
    """Three tries, each with the whole timeout."""
    hang(server, over, SESSIONS)
    worker = transport.Transport()
    worker._sleep_time_seconds = lambda num_retries: 0
    assert worker._timeout == 10
    worker._timeout = 0.2
    with pytest.raises(OutcomeUnknown):
        StripeGateway(worker).open_checkout(order(), "k")
    assert seen(server, 3) == [SESSIONS] * 3
