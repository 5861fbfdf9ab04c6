"""A page acts on what it showed: several tabs, Back, a reload, and what changed meanwhile, at both doors."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.guest.gate import DOOR
from billing.ledger.choices import Hold, Standing
from billing.models import GuarantorAccount, PaymentAttempt, VisitAccount
from billing.payments.receipts import receipt_token
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Fault
from tests.billing.guest.steps import ask
from tests.billing.payments.steps import posted
from tests.billing.summary.test_paying import page, review_of, url_of
from tests.doors import hidden, hold, post_from, press
from tests.factories.billing import AccessFactory, GuestGrantFactory, VisitFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]


@pytest.fixture
def maya(client, family) -> Client:
    client.force_login(family.user)
    return client


@pytest.fixture
def other():
    """Another bill of $30.00: account 1055 2081 of Ana López."""
    visit = VisitFactory(owed_cents=30_00, number="7000999991", account__number="10552081")
    visit.account.guarantor.name_keys.create(key="lopez")
    return visit


def opened(browser: Client, visit, *, alone: bool = False) -> str:
    """Where a browser that found the bill chooses an amount."""
    grant = GuestGrantFactory(account=visit.account, visit=visit if alone else None)
    return reverse("billing:guest_amount", kwargs={"handle": hold(browser, DOOR, grant)})


def chosen(browser: Client, address: str, **choice) -> str:
    """The address of the review that a choice leads to."""
    return browser.post(address, {"how": "total", "email": ""} | choice)["Location"]


def paid_for(answer) -> PaymentAttempt:
    assert "/sandbox/checkout/" in answer["Location"], answer["Location"]
    return PaymentAttempt.objects.get(checkout_ref=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


class TestTwoBills:
    def test_each_tab_pays_the_bill_that_it_shows(self, client, family, other):
        first = chosen(client, opened(client, family.emergency), how="other", amount="20")
        second = chosen(client, opened(client, other))
        attempts = [paid_for(press(client, review)) for review in (first, second)]
        assert [(a.account, a.amount_cents) for a in attempts] == [(family.account, 20_00), (other.account, 30_00)]

    def test_both_can_be_reloaded_and_gone_back_to(self, client, family, other):
        amounts = [opened(client, family.emergency), opened(client, other)]
        reviews = [chosen(client, amount) for amount in amounts]
        for _reload in range(2):
            assert "194.96" in page(client, amounts[0]) and "30.00" in page(client, amounts[1])
            assert "Pay $194.96</button>" in page(client, reviews[0])
            assert "Pay $30.00</button>" in page(client, reviews[1])

    def test_receipt_in_each_tab_names_its_own_account(self, client, family, other):
        for visit in (family.emergency, other):
            attempt = paid_for(press(client, chosen(client, opened(client, visit))))
            pay(attempt.checkout_ref)
            receipt = client.get("/pay/return/", {"t": receipt_token(attempt)})["Location"]
            assert f"<dd>{attempt.account.account_number.number[-4:]}</dd>" in page(client, receipt)
        assert len({*client.session["receipts"]}) == 2

    def test_handle_is_worth_nothing_in_another_browser(self, client, family):
        amount = opened(client, family.emergency)
        stranger = Client()
        assert stranger.get(amount)["Location"] == "/pay/"
        assert stranger.post(chosen(client, amount))["Location"] == "/pay/"

    def test_bill_that_is_looked_up_again_keeps_its_place_and_its_payments(self, family):
        browser = Client()
        first = ask(browser, "10204417", "Alvarez")["Location"]
        attempt = paid_for(press(browser, chosen(browser, first)))
        again = ask(browser, "10204417", "Alvarez")["Location"]
        assert again == first
        assert paid_for(press(browser, chosen(browser, again))) == attempt

    def test_browser_holds_so_many_bills_and_no_more(self, client, family):
        first = opened(client, family.emergency)
        for _number in range(20):
            opened(client, VisitFactory(owed_cents=1_00))
        assert len(client.session[DOOR.key]) == 20
        assert client.get(first)["Location"] == "/pay/"


class TestTwoTabsOfOneBill:
    @pytest.mark.parametrize("door", ["guest", "signed in"])
    def test_each_review_keeps_and_pays_what_it_shows(self, maya, family, door):
        if door == "guest":
            browser = Client()
            amount = opened(browser, family.emergency)
            first = chosen(browser, amount, how="other", amount="20")
            second = chosen(browser, amount, how="other", amount="30")
        else:
            browser = maya
            first = review_of(maya, family.account, how="other", amount="20")
            second = review_of(maya, family.account, how="other", amount="30")
        assert "Pay $20.00</button>" in page(browser, first)
        assert paid_for(press(browser, first)).amount_cents == 20_00
        assert paid_for(press(browser, second)).amount_cents == 30_00
        assert list(Checkout.objects.order_by("created_at").values_list("status", flat=True)) == ["expired", "open"]

    def test_button_of_another_page_than_the_reviews_charges_nothing(self, maya, family):
        review = review_of(maya, family.account, how="other", amount="20")
        shown = hidden(maya.get(review).content.decode())
        for posted_with in ({}, shown | {"cents": "3000"}, shown | {"parts": f"{family.emergency.pk}:2000"}):
            answer = maya.post(review, posted_with, follow=True)
            assert "This page was out of date. You have not been charged." in answer.content.decode()
        assert not PaymentAttempt.objects.exists()

    def test_draft_of_another_door_or_account_is_none(self, maya, family):
        review = review_of(maya, family.account, how="total")
        other = AccessFactory(user=family.user, account=VisitFactory(owed_cents=5_00).account).account
        elsewhere = reverse(
            "billing:pay_review", kwargs={"account": other.pk, "draft": review.rstrip("/").rsplit("/", 1)[-1]}
        )
        assert maya.get(elsewhere)["Location"] == url_of("pay", other)


class TestWhatChanged:
    def test_visit_that_was_paid_is_not_paid_again_from_a_page_gone_back_to(self, maya, family):
        review = review_of(maya, family.account, how="visits", visits=[str(family.physician.pk)])
        shown = maya.get(review)
        attempt = paid_for(post_from(maya, shown, review))
        pay(attempt.checkout_ref)
        maya.get("/pay/return/", {"t": receipt_token(attempt)})
        for _back in range(2):
            html = maya.post(review, hidden(shown.content.decode()), follow=True).content.decode()
            assert "You have not been charged. There is nothing to pay." in html
        assert (posted(), PaymentAttempt.objects.count()) == (1, 1)
        family.account.refresh_from_db()
        assert family.account.credit_cents == 0

    def test_paid_visit_says_what_is_left_of_it(self, maya, family):
        review = review_of(maya, family.account, how="visits", visits=[str(family.physician.pk)])
        shown = maya.get(review)
        VisitAccount.objects.filter(pk=family.physician.pk).update(patient_cents=20_00)
        html = maya.get(post_from(maya, shown, review)["Location"]).content.decode()
        assert "What is owed has changed: of the $50.00, $20.00 can be paid now." in html
        assert not PaymentAttempt.objects.exists()

    @pytest.mark.parametrize("door", ["guest", "signed in"])
    def test_account_that_went_to_the_agency_while_the_page_was_open(self, maya, family, door, settings):
        browser = maya if door == "signed in" else Client()
        if door == "guest":
            review = chosen(browser, opened(browser, family.emergency))
        else:
            review = review_of(maya, family.account, how="total")
        shown = browser.get(review)
        GuarantorAccount.objects.update(standing=Standing.AGENCY)
        html = browser.post(review, hidden(shown.content.decode()), follow=True).content.decode()
        assert "You have not been charged. This balance is with a collection agency now." in html
        assert settings.AGENCY_PHONE in html
        assert not PaymentAttempt.objects.exists()

    def test_single_visit_that_went_to_the_agency(self, maya, family):
        review = review_of(maya, family.account, how="visits", visits=[str(family.physician.pk)])
        VisitAccount.objects.filter(pk=family.physician.pk).update(hold=Hold.AGENCY)
        html = maya.post(review, follow=True).content.decode()
        assert "You have not been charged. This balance is with a collection agency now." in html

    def test_payment_that_went_through_in_another_tab_is_shown_instead(self, maya, family):
        first = review_of(maya, family.account, how="other", amount="20")
        second = review_of(maya, family.account, how="other", amount="30")
        pay(paid_for(press(maya, first)).checkout_ref)
        html = maya.post(second, hidden(page(maya, second)), follow=True).content.decode()
        assert "Nothing more was charged." in html
        assert "$20.00" in html
        assert PaymentAttempt.objects.count() == 1


class TestWayBack:
    @pytest.fixture
    def left(self, maya, family):
        """The way back of the hosted page, and the attempt."""
        attempt = paid_for(press(maya, review_of(maya, family.account, how="other", amount="20")))
        return Checkout.objects.get(pk=attempt.checkout_ref).cancel_url.removeprefix("http://testserver"), attempt

    def test_says_once_that_nothing_was_paid_and_keeps_what_was_chosen(self, maya, left):
        answer = maya.get(left[0], follow=True)
        html = answer.content.decode()
        assert "Nothing was paid." in html
        assert 'value="20"' in html
        assert "Nothing was paid." not in page(maya, answer.redirect_chain[-1][0])
        assert "Is this paid already?" not in html

    def test_after_a_declined_card_too_and_no_tick_is_asked(self, maya, family, left):
        pay(left[1].checkout_ref, Method.DECLINED)
        assert "Nothing was paid." in maya.get(left[0], follow=True).content.decode()
        assert "Is this paid already?" not in page(maya, review_of(maya, family.account, how="other", amount="25"))

    def test_provider_who_says_that_it_was_paid_is_believed(self, maya, left):
        pay(left[1].checkout_ref)
        html = maya.get(left[0], follow=True).content.decode()
        assert "Thank you. Your payment went through." in html
        assert "Nothing was paid." not in html

    def test_provider_who_does_not_answer_leaves_it_open(self, maya, left):
        Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_checkout")
        html = maya.get(left[0], follow=True).content.decode()
        assert "we cannot say yet that nothing was paid" in html
        assert "Nothing was paid." not in html

    def test_of_a_guest_leads_to_their_bill(self, family):
        browser = Client()
        amount = opened(browser, family.emergency)
        attempt = paid_for(press(browser, chosen(browser, amount)))
        way_back = Checkout.objects.get(pk=attempt.checkout_ref).cancel_url.removeprefix("http://testserver")
        answer = browser.get(way_back, follow=True)
        assert answer.redirect_chain[-1][0].startswith(amount)
        assert "Nothing was paid." in answer.content.decode()

    def test_of_a_paid_visit_opens_its_receipt_although_nothing_is_left_to_pay(self, other):
        browser = Client()
        attempt = paid_for(press(browser, chosen(browser, opened(browser, other, alone=True))))
        pay(attempt.checkout_ref)
        browser.get("/pay/return/", {"t": receipt_token(attempt)})
        way_back = Checkout.objects.get(pk=attempt.checkout_ref).cancel_url.removeprefix("http://testserver")
        assert "Your payment went through." in browser.get(way_back, follow=True).content.decode()

    def test_next_payment_begins_with_the_whole(self, maya, family):
        attempt = paid_for(
            press(maya, review_of(maya, family.account, how="visits", visits=[str(family.physician.pk)]))
        )
        pay(attempt.checkout_ref, at=timezone.now())
        page(maya, reverse("billing:payment", kwargs={"payment": attempt.pk}))
        html = page(maya, url_of("pay", family.account))
        (ticked,) = re.findall(r"<input[^>]*\bchecked\b[^>]*>", html)
        assert 'value="total"' in ticked
