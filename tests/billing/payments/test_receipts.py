import datetime as dt
import uuid

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from billing.payments import receipts
from billing.payments.models import PayerKind
from billing.payments.payers import Payer
from tests.billing.payments.steps import start
from tests.factories.billing import AccessFactory, AttemptFactory, VisitFactory, guest, payer_of

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


def numbers_on(client, attempt) -> str:
    back = client.get(reverse("billing:payment_return"), {"t": receipts.receipt_token(attempt)})
    return client.get(back["Location"]).content.decode()


def test_guest_reads_the_end_of_the_number_they_know_and_no_other(client):
    visit = VisitFactory(account__number="10204417", number="7000213305", owed_cents=40_00)
    alone = numbers_on(client, start(visit, guest(), chosen={visit.pk: 40_00}))
    assert "<dt>Visit account ending in</dt><dd>3305</dd>" in alone
    assert "4417" not in alone
    whole = numbers_on(client, start(visit, guest()))
    assert "<dt>Account ending in</dt><dd>4417</dd>" in whole
    assert "3305" not in whole


def test_who_signs_in_reads_the_accounts_number_and_who_has_a_pay_link_none(client):
    visit = VisitFactory(account__number="10204417", number="7000213305", owed_cents=40_00)
    signed_in = numbers_on(
        client, start(visit, payer_of(AccessFactory(account=visit.account)), chosen={visit.pk: 40_00})
    )
    assert "<dt>Account ending in</dt><dd>4417</dd>" in signed_in
    holder = Payer(kind=PayerKind.LINK, ref=uuid.uuid4(), is_guarantor=False)
    assert "ending in" not in numbers_on(client, start(visit, holder))
