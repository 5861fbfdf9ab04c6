import datetime as dt

import pytest
from django.core import signing
from django.utils import timezone

from billing.payments import receipts
from tests.factories.billing import AttemptFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_link_leads_to_its_attempt_for_thirty_days():
    attempt = AttemptFactory()
    token = receipts.receipt_token(attempt)
    last = attempt.created_at + dt.timedelta(days=30) - dt.timedelta(seconds=1)
    assert receipts.attempt_of(token, last) == attempt
    assert receipts.attempt_of(token, last + dt.timedelta(seconds=1)) is None


def test_link_is_the_same_every_time():
    """It is part of the order that the provider gets under the attempt's key."""
    attempt = AttemptFactory()
    assert receipts.receipt_token(attempt) == receipts.receipt_token(attempt)


def test_link_that_we_did_not_sign_leads_nowhere():
    attempt = AttemptFactory()
    token = receipts.receipt_token(attempt)
    for bad in ("", "x", attempt.pk.hex, token[:-1], signing.Signer(salt="other").sign(attempt.pk.hex)):
        assert receipts.attempt_of(bad, timezone.now()) is None
