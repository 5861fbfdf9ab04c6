"""The square code of a statement: in by one press of a button, and one page for whatever does not open."""

import datetime as dt
import logging

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from billing.guest import statement_views
from billing.guest.gate import DOOR
from billing.guest.models import GuestGrant
from billing.models import StatementLink
from billing.statements import links
from records.access.models import AccessLogEntry
from records.access.throttle import ThrottleCounter
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory, issue_statement
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]
URL = "/pay/statement/"


@pytest.fixture
def visit():
    guarantor = GuarantorFactory(given_name="Ana", family_name="Novák")
    return VisitFactory(account=AccountFactory(guarantor=guarantor, number="10204417"), owed_cents=144_96)


@pytest.fixture
def link(visit):
    return issue_statement(visit.account).link


def shown(client, token: str) -> str:
    return client.get(URL, {"s": token}).content.decode()


class TestOpening:
    def test_address_on_the_letter_shows_a_button_and_nothing_of_the_bill(self, client, visit, link, settings):
        address = links.address_of(link)
        assert address.startswith(f"{settings.PORTAL_URL}{URL}?s=")
        html = client.get(address.removeprefix(settings.PORTAL_URL)).content.decode()
        assert "See this bill" in html
        for secret in ("144.96", "Ana", "Novák", "1020", str(visit.account_id), visit.patient.family):
            assert secret not in html

    def test_looking_writes_nothing(self, client, link):
        before = ThrottleCounter.objects.count(), AccessLogEntry.objects.count()
        shown(client, links.token_of(link))
        assert (ThrottleCounter.objects.count(), AccessLogEntry.objects.count()) == before
        assert not GuestGrant.objects.exists()
        assert DOOR.key not in client.session

    def test_pressing_the_button_leads_to_the_guests_own_page_of_this_bill(self, client, visit, link):
        response = client.post(URL, {"s": links.token_of(link)}, follow=True)
        (handle,) = client.session[DOOR.key]
        assert response.redirect_chain == [(f"/pay/{handle}/amount/", 302)]
        html = response.content.decode()
        assert "$144.96" in html
        assert "A••• N•••" in html
        grant = GuestGrant.objects.get()
        assert (grant.account, grant.visit) == (visit.account, None)
        assert AccessLogEntry.objects.latest("number").kind == "guest_bill"

    def test_button_needs_a_csrf_token(self, link):
        assert Client(enforce_csrf_checks=True).post(URL, {"s": links.token_of(link)}).status_code == 403

    def test_token_is_in_no_log_line(self, client, link, caplog):
        token = links.token_of(link)
        with caplog.at_level(logging.DEBUG):
            shown(client, token)
            client.post(URL, {"s": token})
            shown(client, token + "x")
        assert token not in caplog.text
        assert token.split(".")[0] not in caplog.text


def expired(link: StatementLink) -> str:
    StatementLink.objects.update(expires_at=timezone.now())
    return links.token_of(link)


def revoked(link: StatementLink) -> str:
    StatementLink.objects.update(revoked_at=timezone.now(), revoked_by=UserFactory(is_staff=True), revoked_reason="x")
    return links.token_of(link)


def paid(link: StatementLink) -> str:
    link.statement.account.visits.update(patient_cents=0)
    return links.token_of(link)


CLOSED = {
    "expired": expired,
    "revoked": revoked,
    "paid": paid,
    "forged": lambda link: links.token_of(link)[:-1] + "_",
    "unknown": lambda link: signing.Signer(salt=links.SALT, sep=".").sign("AAAAAAAAAAAAAAAAAAAAAA"),
    "odd": lambda link: signing.Signer(salt=links.SALT, sep=".").sign("short"),
    "of another kind": lambda link: signing.Signer(salt="billing.receipt", sep=".").sign(
        links.token_of(link).split(".")[0]
    ),
    "empty": lambda link: "",
    "nonsense": lambda link: "\x00é.%",
}


class TestClosed:
    def test_every_reason_gives_the_same_page(self, client, link):
        pages = set()
        for make in CLOSED.values():
            response = client.get(URL, {"s": make(link)})
            assert response.status_code == 404
            pages.add(response.content)
            StatementLink.objects.update(
                expires_at=timezone.now() + dt.timedelta(days=1), revoked_at=None, revoked_by=None, revoked_reason=""
            )
            link.statement.account.visits.update(patient_cents=144_96)
        assert len(pages) == 1
        html = pages.pop().decode()
        assert 'href="/pay/"' in html
        assert "Call us" in html

    @pytest.mark.parametrize("name", CLOSED)
    def test_pressing_lets_nobody_in(self, client, link, name):
        assert client.post(URL, {"s": CLOSED[name](link)}).status_code == 404
        assert not GuestGrant.objects.exists()

    def test_a_link_lives_four_months(self, link):
        assert link.expires_at - link.created_at == dt.timedelta(days=120)

    def test_presses_are_counted_by_address(self, link):
        token = links.token_of(link)
        for _ in range(statement_views.PER_ADDRESS):
            Client().post(URL, {"s": "guess"})
        assert Client().post(URL, {"s": token}).status_code == 404
        assert Client(REMOTE_ADDR="203.0.113.5").post(URL, {"s": token}).status_code == 302
