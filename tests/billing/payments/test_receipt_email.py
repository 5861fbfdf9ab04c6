"""The receipt as it leaves by mail: enough to know the payment by, and nothing of what it was for."""

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from billing.payments.receipts import attempt_of, receipt_url
from tests.factories.billing import AttemptFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

CONTEXT = {
    "amount": "$12.50",
    "date": "Nov 18, 2026",
    "confirmation": "K7MP4-XA3RC",
    "url": "https://p.example/pay/return/?t=x:y",
}


@pytest.mark.parametrize("part", ["txt", "html"])
def test_mail_carries_amount_date_confirmation_and_the_link(part):
    body = render_to_string(f"billing/payments/receipt_email/body.{part}", dict(CONTEXT))
    for said in (*CONTEXT.values(), settings.SERVICE_PHONE):
        assert said in body


def test_link_is_whole_and_opens_its_own_attempt():
    attempt = AttemptFactory()
    address, _question, token = receipt_url(attempt).partition("?t=")
    assert address == f"{settings.PORTAL_URL}/pay/return/"
    assert attempt_of(token.replace("%3A", ":"), attempt.created_at) == attempt
