"""The contract's providers: the sandbox, and the real Stripe SDK against a fake. With a key, Stripe itself too."""

import os
import threading
from collections.abc import Iterator

import pytest
import pytest_socket

from tests.billing.gateways.live import LiveWorld
from tests.billing.gateways.worlds import SandboxWorld, StripeWorld, World

WORLDS: dict[str, type[World]] = {"sandbox": SandboxWorld, "stripe": StripeWorld}
# Opt-in: a secret key of a Stripe account's test mode. Without it these tests do not exist, so none is skipped.
LIVE_KEY = os.environ.get("STRIPE_LIVE_TEST_KEY", "")


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest, db: None, stripe_keys: None) -> World:
    return WORLDS[request.param]()


@pytest.fixture(params=[*sorted(WORLDS), *(["live"] if LIVE_KEY else [])])
def any_world(request: pytest.FixtureRequest, db: None, stripe_keys: None) -> World:
    """Also Stripe itself, which has no hosted page without a browser, but whose payments can be made."""
    if request.param == "live":
        pytest_socket._remove_restrictions()  # Of this test alone: the next one sets its own.
        return LiveWorld(LIVE_KEY)
    return WORLDS[request.param]()


@pytest.fixture
def stripe_keys(settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_fake"
    settings.STRIPE_WEBHOOK_SECRET = "whsec_fake"


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set, it lets Stripe answer what it has kept waiting (hanging.py)."""
    over = threading.Event()
    yield over
    over.set()
