"""What each level shows on every page, held against the words under which it is given."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.payments.states import AttemptState
from tests.billing.payers.steps import page, url
from tests.billing.summary.test_account import paid
from tests.factories.billing import AttemptFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# Of Maya’s visits, payments and people: never on a page of somebody who sees amounts only.
VISITS = (
    "Emergency",
    "Orthopedist",
    "wrist",
    "Leo",
    "Larkspur Hospital",
    "144.96",
    "7000213305",
    "7000 2133 05",
    "Sep 14",
)


def everything(client, family) -> str:
    """Every page of the account that opens."""
    addresses = [
        reverse("billing:summary"),
        url("account", family.account),
        url("account", family.account) + "?show=all",
        url("pay", family.account),
    ]
    return " ".join(page(client, address) for address in addresses)


@pytest.fixture
def others_payment(family):
    attempt = AttemptFactory(
        account=family.account, user=family.user, payer_kind="user", state=AttemptState.PAID, paid_at=timezone.now()
    )
    paid(family.account, 12_34, attempt=attempt)
    return attempt


def test_amounts_only_reads_amounts_on_every_page(client, family, omar, others_payment):
    client.force_login(omar)
    html = everything(client, family)
    assert "$182.62" in html
    for secret in (*VISITS, "$12.34", others_payment.confirmation):
        assert secret not in html, secret
    assert client.get(url("visit", family.account, visit=family.emergency.pk)).status_code == 404
    assert client.get(reverse("billing:payment", kwargs={"payment": others_payment.pk})).status_code == 404


def test_amounts_and_visits_reads_dates_places_and_lines_and_neither_what_nor_for_whom(
    client, family, aunt, others_payment
):
    client.force_login(aunt)
    html = everything(client, family) + page(client, url("visit", family.account, visit=family.emergency.pk))
    for said in ("Sep 14, 2026", "Larkspur Hospital", "$144.96"):
        assert said in html
    for secret in ("Emergency", "Orthopedist", "wrist", "Leo", "Office visit, established patient"):
        assert secret not in html, secret
    assert client.get(reverse("billing:payment", kwargs={"payment": others_payment.pk})).status_code == 404


def test_only_the_guarantor_is_shown_the_way_to_share(client, family, omar, aunt):
    for user, offered in ((family.user, True), (omar, False), (aunt, False)):
        client.force_login(user)
        assert ("Someone else can help pay" in page(client, url("account", family.account))) is offered
