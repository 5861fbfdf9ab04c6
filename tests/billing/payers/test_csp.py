"""The page whose button leads to the provider may do so behind a link too; the pages before it may not."""

import pytest

from tests.billing.payers.steps import address_of, amount_of, choose, make_link, opened
from tests.doors import press
from tests.fake_stripe.portal import taking_payments

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_only_the_review_leads_to_the_provider(family):
    with taking_payments():
        link = make_link(family)
        browser = opened(link)
        review = choose(browser, how="other", amount="40", email="")
        pages = [browser.get(page) for page in (address_of(link), amount_of(browser), review)]
        allowed = ["https://checkout.stripe.com" in page["Content-Security-Policy"] for page in pages]
        sent = press(browser, review)
    assert allowed == [False, False, True]
    assert sent["Location"].startswith("https://checkout.stripe.com/")
