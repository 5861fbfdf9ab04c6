"""The keys choose the provider, and settings under which money could go wrong do not start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.providers import BY_KEYS, SANDBOX, STRIPE, gateway_path
from tests.architecture.test_settings import start

pytestmark = pytest.mark.sqlite

LIVE = {"production": True, "key": "sk_live_a"}
TEST = {"production": False, "key": "sk_test_a"}
NO_KEYS = {"key": "", "webhook_secret": ""}


def _path(**terms) -> str:
    return gateway_path(**{"chosen": BY_KEYS, "webhook_secret": "whsec_a", "api_base": ""} | terms)


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        (TEST, STRIPE),
        (TEST | {"key": "rk_test_a"}, STRIPE),
        (TEST | {"api_base": "http://127.0.0.1:12111"}, STRIPE),
        (TEST | {"chosen": SANDBOX}, SANDBOX),
        (TEST | NO_KEYS, SANDBOX),
        (TEST | NO_KEYS | {"chosen": ""}, ""),
        (LIVE, STRIPE),
        (LIVE | {"key": "rk_live_a"}, STRIPE),
        (LIVE | {"chosen": STRIPE}, STRIPE),
        (LIVE | NO_KEYS | {"chosen": ""}, ""),
        (LIVE | NO_KEYS | {"chosen": "somewhere.OtherGateway"}, "somewhere.OtherGateway"),
    ],
)
def test_keys_choose_the_provider_unless_it_is_named(terms, path):
    assert _path(**terms) == path


@pytest.mark.parametrize(
    ("terms", "mend"),
    [
        (LIVE | NO_KEYS, "set STRIPE_SECRET_KEY to a live key"),
        (LIVE | {"key": "sk_test_a"}, "takes no real money: set STRIPE_SECRET_KEY"),
        (LIVE | {"chosen": SANDBOX}, "set PAYMENT_GATEWAY to a live provider"),
        (LIVE | {"webhook_secret": ""}, "Set STRIPE_WEBHOOK_SECRET"),
        (LIVE | {"webhook_secret": "sk_live_a"}, "Set STRIPE_WEBHOOK_SECRET"),
        (LIVE | {"api_base": "http://127.0.0.1:12111"}, "remove it in production"),
        (TEST | {"key": "sk_live_a"}, "outside production use a test key"),
        (TEST | {"key": "rk_live_a", "chosen": SANDBOX}, "outside production use a test key"),
        (TEST | {"key": "pk_test_a"}, "starts with sk_live_"),
        (TEST | {"key": "sk_test_a\n"}, "starts with sk_live_"),
        (TEST | NO_KEYS | {"chosen": STRIPE}, "starts with sk_live_"),
        (TEST | {"api_base": "127.0.0.1:12111"}, "is an origin"),
        (TEST | {"api_base": "http://127.0.0.1:12111/v1"}, "is an origin"),
    ],
)
def test_wrong_money_is_refused_with_the_mend(terms, mend):
    with pytest.raises(ImproperlyConfigured, match=mend):
        _path(**terms)


def test_production_without_keys_does_not_start_and_says_how_to_mend_it():
    process = start(STRIPE_SECRET_KEY=None, STRIPE_WEBHOOK_SECRET=None)
    assert process.returncode != 0
    said = process.stderr.splitlines()[-1]
    assert "STRIPE_SECRET_KEY" in said
    assert "PAYMENT_GATEWAY= (empty)" in said


def test_production_where_nothing_is_payable_online_starts():
    process = start(STRIPE_SECRET_KEY=None, STRIPE_WEBHOOK_SECRET=None, PAYMENT_GATEWAY="")
    assert process.stdout == "started\n", process.stderr


def test_production_with_a_test_key_does_not_start():
    assert "test key" in start(STRIPE_SECRET_KEY="sk_test_none").stderr.splitlines()[-1]
