"""Pay links through the pages: what they ask, who pays, and when they are over."""

import datetime as dt

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.ledger import returns, verification
from billing.ledger.choices import Bucket
from billing.ledger.models import GuarantorAccount
from billing.ledger.work import WorkItem
from billing.models import PayLink, PayLinkGrant, PaymentAttempt, ProviderPayment
from billing.payers import links, tokens
from billing.payers.actors import Actor
from billing.payers.gate import DOOR
from billing.payers.links import LinkState
from billing.payers.models import LinkUse
from records.access.models import AccessLogEntry
from tests.billing.payers.steps import (
    ORIGIN,
    address_of,
    amount_of,
    begin,
    choose,
    chosen,
    finish,
    make_link,
    opened,
    page,
    url,
)
from tests.billing.payments.steps import in_bucket
from tests.factories.sandbox import pay
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]

LINK = "/pay/link/"


def state(link: PayLink) -> LinkState:
    link.refresh_from_db()
    return links.state_of(link, links.tally_of(link), timezone.now())


class TestMaking:
    def form(self, **changed):
        return {"use": "up_to", "amount": "60", "visit": "", "name": "Maya", "days": "7"} | changed

    def test_guarantor_makes_a_link_after_a_review_that_says_what_is_shown(self, maya, family):
        assert 'value="Maya"' in page(maya, url("link_new", family.account))
        review = chosen(maya, "link_new", family.account, self.form())
        html = page(maya, review)
        assert "“Maya”, $60.00, and that it is a bill from Larkspur Health." in html
        assert not PayLink.objects.exists()
        answer = maya.post(review)
        link = PayLink.objects.get()
        assert answer["Location"] == url("pay_link", family.account, link=link.pk)
        assert (link.amount_cents, link.use, link.expires_at - link.created_at) == (
            60_00,
            "up_to",
            dt.timedelta(days=7),
        )
        html = page(maya, answer["Location"])
        assert f"http://testserver{address_of(link)}" in html
        assert "readonly" in html

    def test_link_can_be_for_one_visit(self, maya, family):
        form = self.form(visit=str(family.physician.pk), amount="50")
        review = chosen(maya, "link_new", family.account, form)
        assert "Orthopedist · Leo · Sep 14, 2026" in page(maya, review)
        maya.post(review)
        assert PayLink.objects.get().visit == family.physician

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"amount": "194.97"}, "$194.96 is owed for that now. Enter that or less."),
            ({"amount": "0.49"}, "The smallest payment is $0.50."),
            ({"amount": "1e2"}, "Enter an amount in dollars and cents"),
            ({"name": ""}, "This field is required"),
            ({"name": "see www.example.org"}, "Enter a first name: letters only."),
            ({"name": "Call 555"}, "Enter a first name: letters only."),
            ({"days": "365"}, "Select a valid choice"),
            ({"visit": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ],
    )
    def test_mistakes_are_named_and_nothing_is_made(self, maya, family, changed, said):
        html = maya.post(url("link_new", family.account), self.form(**changed)).content.decode()
        assert said in html
        assert 'role="alert"' in html

    def test_amount_for_one_visit_is_no_more_than_it_owes(self, maya, family):
        form = self.form(visit=str(family.physician.pk), amount="50.01")
        assert "$50.00 is owed for that now" in maya.post(url("link_new", family.account), form).content.decode()

    def test_account_that_owes_nothing_makes_no_link_and_says_why(self, maya, family):
        family.account.visits.update(patient_cents=0)
        assert "There is nothing to pay. Thank you." in page(maya, url("links", family.account))
        assert maya.get(url("link_new", family.account))["Location"] == url("links", family.account)

    def test_there_is_an_end_to_open_links(self, maya, family):
        for _number in range(links.MOST_LINKS):
            make_link(family)
        answer = maya.post(chosen(maya, "link_new", family.account, self.form()), follow=True)
        assert "You have many open links." in answer.content.decode()
        assert PayLink.objects.count() == links.MOST_LINKS

    def test_making_and_revoking_are_logged(self, maya, family):
        link = make_link(family)
        maya.post(url("link_revoke", family.account, link=link.pk))
        rows = AccessLogEntry.objects.filter(kind=links.KIND, verb="change", object_id=str(link.pk))
        assert rows.count() == 2
        assert state(link) == LinkState.REVOKED


class TestLanding:
    def test_shows_a_first_name_and_an_amount_and_nothing_else(self, family):
        html = page(Client(), address_of(make_link(family)))
        assert "Maya asks you to help with a bill" in html
        assert '<p class="amount">$100.00</p>' in html
        for secret in ("Alvarez", "Leo", "4417", "194.96", "Emergency", "wrist", str(family.account.pk)):
            assert secret not in html

    def test_opening_spends_nothing_and_lets_nobody_in(self, family):
        link = make_link(family)
        browser = Client()
        page(browser, address_of(link))
        assert browser.head(address_of(link)).status_code == 200
        assert not PayLinkGrant.objects.exists()
        for path in ("amount/", "review/none/"):
            assert browser.get(f"{LINK}nothing/{path}")["Location"] == LINK

    @pytest.mark.parametrize("token", ["", "x", "x:y", "0" * 32])
    def test_address_that_is_none_of_ours_gets_the_plain_page(self, family, token):
        make_link(family)
        html = page(Client(), f"{LINK}?t={token}", status=404)
        assert "This link takes no payments now" in html

    def test_token_of_another_kind_opens_nothing(self, family):
        link = make_link(family)
        for salt in (tokens.INVITATION, "billing.receipt"):
            token = signing.Signer(salt=salt).sign(link.pk.hex)
            assert Client().get(LINK, {"t": token}).status_code == 404

    @pytest.mark.parametrize("ending", ["revoked", "expired", "settled", "spent", "estate", "agency"])
    def test_every_end_shows_the_same_page(self, family, ending):
        link = make_link(family, amount_cents=100_00, use=LinkUse.EXACT)
        browser = opened(link)
        if ending == "revoked":
            links.revoke(link=link, actor=Actor(family.user, ORIGIN), at=timezone.now())
        elif ending == "expired":
            PayLink.objects.update(expires_at=timezone.now(), created_at=timezone.now() - dt.timedelta(days=1))
        elif ending in ("estate", "agency"):
            GuarantorAccount.objects.update(standing=ending)
        elif ending == "settled":
            family.account.visits.update(patient_cents=0)
        else:
            finish(browser, begin(browser))
        plain = page(Client(), f"{LINK}?t=", status=404)
        assert page(Client(), address_of(link), status=404) == plain
        assert Client().post(LINK, {"t": address_of(link).split("t=")[1]}).status_code == 404

    def test_amount_shown_is_no_more_than_is_still_owed(self, family):
        link = make_link(family, use=LinkUse.EXACT, amount_cents=150_00)
        family.emergency.patient_cents = 0
        family.emergency.save()
        assert '<p class="amount">$50.00</p>' in page(Client(), address_of(link))
        browser = opened(link)
        assert begin(browser).amount_cents == 50_00

    def test_too_many_openings_from_one_network_are_turned_away(self, family, monkeypatch):
        monkeypatch.setattr("billing.payers.gate.PER_NETWORK", 1)
        link = make_link(family)
        opened(link)
        token = tokens.path_of(tokens.LINK, link.pk).split("t=")[1].replace("%3A", ":")
        assert Client().post(LINK, {"t": token}).status_code == 429

    def test_address_is_never_logged(self, family, caplog):
        caplog.set_level("DEBUG")
        link = make_link(family)
        opened(link)
        assert any("pay/link/" in message for message in caplog.messages)
        token = address_of(link).split("t=")[1].replace("%3A", ":")
        for secret in (token, token.split(":")[1], link.pk.hex):
            assert secret not in caplog.text

    def test_opening_is_logged_as_a_guests(self, family):
        link = make_link(family)
        opened(link)
        row = AccessLogEntry.objects.get(kind=links.KIND, verb="view")
        assert (row.acting_as, row.actor_id, row.object_id) == ("guest", None, str(link.pk))


class TestPaying:
    def test_pages_of_paying_name_nothing_of_the_account(self, family):
        browser = opened(make_link(family, use=LinkUse.UP_TO))
        html = page(browser, amount_of(browser))
        assert "You can pay up to" in html
        html += page(browser, choose(browser, how="other", amount="40", email="ines@example.org"))
        attempt = begin(browser, how="other", amount="40")
        finish(browser, attempt)
        html += page(browser, reverse("billing:receipt", kwargs={"handle": next(iter(browser.session["receipts"]))}))
        assert attempt.confirmation in html
        for secret in ("Alvarez", "Leo", "4417", "194.96", "94.96", "Emergency", "wrist", str(family.account.pk)):
            assert secret not in html

    def test_exact_link_offers_no_other_amount(self, family):
        link = make_link(family, use=LinkUse.EXACT)
        browser = opened(link)
        assert 'name="how"' not in page(browser, amount_of(browser))
        attempt = begin(browser, how="other", amount="1")
        assert (attempt.amount_cents, attempt.payer_kind, attempt.is_guarantor) == (100_00, "link", False)

    def test_up_to_link_refuses_more(self, family):
        browser = opened(make_link(family, use=LinkUse.UP_TO))
        html = browser.post(amount_of(browser), {"how": "other", "amount": "100.01"}).content.decode()
        assert "You can pay $100.00 at most." in html

    def test_link_for_one_visit_pays_that_visit(self, family):
        browser = opened(make_link(family, use=LinkUse.UP_TO, visit=family.physician, amount_cents=30_00))
        finish(browser, begin(browser, how="total"))
        family.physician.refresh_from_db()
        family.emergency.refresh_from_db()
        assert (family.physician.patient_cents, family.emergency.patient_cents) == (20_00, 144_96)

    def test_several_share_a_link_until_its_amount_is_reached(self, family):
        link = make_link(family)
        first, second, third = (opened(link) for _browser in range(3))
        finish(first, begin(first, how="other", amount="40"))
        assert '<p class="amount">$60.00</p>' in page(Client(), address_of(link))
        # The same amount again is no warning: they share it.
        finish(second, begin(second, how="other", amount="40"))
        assert state(link) == LinkState.OPEN
        html = third.post(amount_of(third), {"how": "other", "amount": "20.01"}).content.decode()
        assert "You can pay $20.00 at most." in html
        finish(third, begin(third, how="total"))
        assert state(link) == LinkState.SPENT
        assert links.tally_of(link).paid_cents == 100_00
        assert page(Client(), address_of(link), status=404)
        assert verification.faults() == []

    @pytest.mark.parametrize("use", [LinkUse.EXACT, LinkUse.UP_TO])
    def test_link_for_one_is_not_offered_to_a_second_while_the_first_is_paying(self, family, use):
        link = make_link(family, use=use)
        first, second = opened(link), opened(link)
        review = choose(second, how="total")
        attempt = begin(first, how="total")
        assert state(link) == LinkState.TAKEN
        assert "Somebody is paying with this link now" in page(Client(), address_of(link))
        assert "Somebody is paying with this link now" in page(second, amount_of(second))
        assert second.post(review)["Location"] == amount_of(second)
        assert PaymentAttempt.objects.count() == 1
        # The one who is paying comes back to the same attempt, also after the quarter of an hour.
        PayLinkGrant.objects.filter(pk=attempt.payer_ref).update(expires_at=timezone.now())
        assert first.get(amount_of(first))["Location"] == LINK
        grant = first.session[DOOR.key]
        token = tokens.path_of(tokens.LINK, link.pk).split("t=")[1].replace("%3A", ":")
        assert first.post(LINK, {"t": token}).status_code == 302
        assert first.session[DOOR.key] == grant
        assert begin(first, how="total") == attempt

    @pytest.mark.parametrize("use", [LinkUse.UP_TO, LinkUse.SPLIT])
    def test_bank_payment_on_its_way_is_promised_even_to_its_own_payer(self, family, use):
        link = make_link(family, use=use)
        browser = opened(link)
        attempt = begin(browser, how="other", amount="99.80")
        PaymentAttempt.objects.filter(pk=attempt.pk).update(state="processing")
        assert state(link) == LinkState.TAKEN
        assert "Somebody is paying with this link now" in page(browser, amount_of(browser))
        PaymentAttempt.objects.filter(pk=attempt.pk).update(state="failed")
        assert state(link) == LinkState.OPEN

    def test_remainder_counts_what_is_promised_to_others(self, family):
        link = make_link(family)
        first, second = opened(link), opened(link)
        review = choose(second, how="other", amount="70")
        begin(first, how="other", amount="60")
        assert second.post(review)["Location"].startswith(amount_of(second))
        html = second.post(amount_of(second), {"how": "other", "amount": "70"}).content.decode()
        assert "You can pay $40.00 at most." in html
        assert begin(second, how="total").amount_cents == 40_00

    def test_link_taken_back_while_somebody_is_about_to_pay_starts_nothing(self, family):
        link = make_link(family)
        browser = opened(link)
        review = choose(browser, how="total")
        links.revoke(link=link, actor=Actor(family.user, ORIGIN), at=timezone.now())
        assert browser.post(review)["Location"] == LINK
        assert not PaymentAttempt.objects.exists()

    def test_two_who_still_pay_are_both_recorded_and_the_excess_can_go_back(self, family):
        """The first one's page was given up and its place taken, and the bank took the first one's money after all."""
        family.emergency.patient_cents = 0
        family.emergency.save()
        link = make_link(family, use=LinkUse.UP_TO, amount_cents=50_00)
        first, second = opened(link), opened(link)
        late = begin(first, how="total")
        PaymentAttempt.objects.filter(pk=late.pk).update(state="expired")
        attempt = begin(second, how="total")
        finish(second, attempt)
        finish(first, late)
        assert in_bucket(Bucket.REFUNDABLE) == -50_00
        assert in_bucket(Bucket.CREDIT) == 0
        assert links.tally_of(link).paid_cents == 100_00
        assert WorkItem.objects.get(kind=WorkItem.Kind.OVERPAYMENT).account == family.account

    def test_declined_try_frees_the_link_only_when_it_is_over(self, family):
        link = make_link(family, use=LinkUse.EXACT)
        first = opened(link)
        attempt = begin(first)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(state="failed")
        assert state(link) == LinkState.OPEN

    def test_cost_of_the_pages(self, family):
        link = make_link(family)
        for _number in range(5):
            browser = opened(link)
            begin(browser, how="other", amount="1")
        review = choose(browser, how="other", amount="2")
        for address in (amount_of(browser), review, address_of(link)):
            assert cost_of(lambda address=address: browser.get(address)) <= BUDGET


class TestWhoPaid:
    def test_guarantor_reads_the_name_that_the_payer_gave(self, maya, family):
        link = make_link(family)
        named, silent = opened(link), opened(link)
        finish(named, begin(named, how="other", amount="40", tell="on", name="Aunt Ines"))
        finish(silent, begin(silent, how="other", amount="15", name="Nobody"))
        html = page(maya, url("pay_link", family.account, link=link.pk))
        assert '<p class="amount">$55.00</p>' in html
        assert "Aunt Ines" in html
        assert "Someone with your link" in html
        assert "Nobody" not in html.replace("Nobody yet", "")
        html = page(maya, url("account", family.account))
        assert "Aunt Ines" in html
        attempt = PaymentAttempt.objects.get(amount_cents=40_00)
        html = page(maya, reverse("billing:payment", kwargs={"payment": attempt.pk}))
        assert "<dt>Paid by</dt><dd>Aunt Ines</dd>" in html

    def test_money_that_went_back_is_not_in_and_may_be_paid_again(self, maya, family):
        link = make_link(family, use=LinkUse.EXACT)
        browser = opened(link)
        finish(browser, begin(browser, tell="on", name="Aunt Ines"))
        assert state(link) == LinkState.SPENT
        returns.refund(
            cents=100_00,
            source="sandbox",
            payment_ref=ProviderPayment.objects.get().ref,
            refund_ref="r1",
            effective_date=timezone.localdate(),
            at=timezone.now(),
        )
        assert state(link) == LinkState.OPEN
        html = page(maya, url("pay_link", family.account, link=link.pk))
        assert '<p class="amount">$0.00</p>' in html
        assert "Sent back" in html

    def test_list_says_for_each_link_how_much_came_in(self, maya, family):
        link = make_link(family)
        browser = opened(link)
        finish(browser, begin(browser, how="other", amount="40"))
        html = page(maya, url("links", family.account))
        assert "$100.00 · Several people, until the amount is reached" in html
        assert '<b class="num">$40.00</b> came in with one payment' in html

    def test_cost_does_not_grow_with_links(self, maya, family):
        make_link(family)
        page(maya, url("links", family.account))
        one = cost_of(lambda: maya.get(url("links", family.account)))
        for _number in range(19):
            make_link(family)
        assert cost_of(lambda: maya.get(url("links", family.account))) == one <= BUDGET

    def test_another_accounts_link_is_not_found(self, maya, family):
        link = make_link(family)
        link.account = type(link.account).objects.create(guarantor=family.account.guarantor)
        link.save()
        assert maya.get(url("pay_link", family.account, link=link.pk)).status_code == 404
        assert maya.post(url("link_revoke", family.account, link=link.pk)).status_code == 404

    def test_closed_link_shows_no_address(self, maya, family):
        link = make_link(family)
        maya.post(url("link_revoke", family.account, link=link.pk))
        html = page(maya, url("pay_link", family.account, link=link.pk))
        assert "Taken back" in html
        assert "/pay/link/?t=" not in html


def test_pay_still_settles_when_the_link_is_taken_back_meanwhile(family):
    link = make_link(family)
    browser = opened(link)
    attempt = begin(browser, how="other", amount="40")
    links.revoke(link=link, actor=Actor(family.user, ORIGIN), at=timezone.now())
    pay(attempt.checkout_ref)
    finish(browser, attempt)
    assert links.tally_of(link).paid_cents == 40_00
