"""A provider that does not answer in time: the page says so at once, and a worker goes on asking for the payer."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing.models import PaymentAttempt
from billing.payments import actions, tasks
from billing.payments.gateways import patience
from billing.payments.receipts import receipt_token
from billing.sandbox import actions as sandbox
from billing.sandbox.models import Checkout, Fault
from tests.billing.payments.steps import posted, start
from tests.billing.summary.test_paying import page, review_of, url_of
from tests.billing.summary.test_tabs import chosen, opened, paid_for
from tests.doors import press
from tests.factories.billing import AccessFactory, AttemptFactory, VisitFactory
from tests.factories.sandbox import order, pay
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ASKING = "We are still asking the payment company"


@pytest.fixture
def maya(client, family) -> Client:
    client.force_login(family.user)
    return client


@pytest.fixture
def no_time(monkeypatch) -> None:
    """The provider takes longer than any page waits."""
    monkeypatch.setattr(patience, "SECONDS", 0.0)


def _pressed(client, family, **choice) -> str:
    """Where the button of the review leads to."""
    return press(client, review_of(client, family.account, **choice or {"how": "total"}))["Location"]


def _of(attempt: PaymentAttempt) -> str:
    return reverse("billing:payment", kwargs={"payment": attempt.pk})


def _time_for_workers(monkeypatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 10.0)


@pytest.mark.usefixtures("no_time")
class TestWaitingPage:
    def test_payer_is_led_to_a_page_that_looks_again_by_itself(self, maya, family):
        address = _pressed(maya, family)
        attempt = PaymentAttempt.objects.get()
        assert address == f"{_of(attempt)}?asking=0"
        html = page(maya, address)
        assert ASKING in html
        assert "You have not been charged." in html
        assert "$194.96" in html
        assert '<meta http-equiv="refresh" content="3; url=?asking=1">' in html
        assert "Confirming" not in html
        assert (attempt.state, Checkout.objects.count(), posted()) == ("created", 0, 0)

    def test_guest_waits_under_a_handle_that_no_other_browser_has(self, family):
        browser = Client()
        address = press(browser, chosen(browser, opened(browser, family.emergency)))["Location"]
        assert re.fullmatch(r"/pay/receipt/[\w-]{12}/\?asking=0", address)
        assert ASKING in page(browser, address)
        assert Client().get(address).status_code == 404

    def test_worker_opens_the_page_and_the_payer_is_led_on_to_it(self, maya, family):
        address = _pressed(maya, family)
        work()
        attempt = PaymentAttempt.objects.get()
        assert (attempt.state, Checkout.objects.count()) == ("open", 1)
        answer = maya.get(address)
        assert (answer.status_code, answer["Location"]) == (302, attempt.page_url)

    def test_page_that_the_worker_opened_knows_the_ways_back(self, maya, family):
        _pressed(maya, family)
        work()
        checkout, attempt = Checkout.objects.get(), PaymentAttempt.objects.get()
        assert checkout.success_url == f"http://testserver/pay/return/?t={receipt_token(attempt).replace(':', '%3A')}"
        assert re.fullmatch(rf"http://testserver{url_of('pay', family.account)}\?back=[\w-]{{12}}", checkout.cancel_url)

    def test_payer_who_has_paid_there_is_not_led_back_to_it(self, maya, family, monkeypatch):
        address = _pressed(maya, family)
        work()
        pay(PaymentAttempt.objects.get().checkout_ref)
        _time_for_workers(monkeypatch)
        assert "Thank you. Your payment went through." in page(maya, address)

    def test_it_looks_twenty_times_and_then_says_what_to_do(self, maya, family):
        address = _pressed(maya, family).removesuffix("0")
        assert 'content="3; url=?asking=20"' in page(maya, f"{address}19")
        html = page(maya, f"{address}20")
        assert "http-equiv" not in html
        assert "The payment company does not answer" in html
        assert "You have not been charged." in html
        assert 'href="?asking=0">Look again' in html
        assert f'href="{url_of("pay", family.account)}">Try again' in html

    def test_pressing_again_is_the_same_attempt_and_asks_no_second_worker(self, maya, family):
        review = review_of(maya, family.account, how="total")
        first, again = (press(maya, review)["Location"] for _press in range(2))
        assert again == first
        assert (PaymentAttempt.objects.count(), DBTaskResult.objects.count()) == (1, 1)

    def test_going_back_and_choosing_the_same_again_opens_one_page(self, maya, family, monkeypatch):
        first = _pressed(maya, family)
        assert _pressed(maya, family) == first
        _time_for_workers(monkeypatch)
        attempt = paid_for(press(maya, review_of(maya, family.account, how="total")))
        work()
        assert [row.ref for row in Checkout.objects.all()] == [attempt.checkout_ref]

    def test_another_choice_meanwhile_leaves_the_first_without_a_page(self, maya, family):
        first, second = _pressed(maya, family), _pressed(maya, family, how="other", amount="20")
        work()
        assert [row.amount_cents for row in Checkout.objects.all()] == [20_00]
        html = page(maya, first)
        assert "The payment was not finished" in html
        assert "You have not been charged." in html
        assert "/sandbox/checkout/" in maya.get(second)["Location"]

    def test_guarantor_who_looks_on_is_not_led_to_somebody_elses_page(self, maya, family):
        other = AccessFactory(account=family.account).user
        attempt = AttemptFactory(account=family.account, user=other, payer_kind="user", state="open", page_url="/x/")
        assert maya.get(f"{_of(attempt)}?asking=0").status_code == 200

    def test_receipt_that_is_looked_at_without_having_pressed_leads_nowhere(self, maya, family):
        attempt = AttemptFactory(account=family.account, user=family.user, state="open", page_url="/x/")
        assert "Confirming your payment…" in page(maya, _of(attempt))


@pytest.mark.usefixtures("no_time")
class TestWhatTheWorkerMeets:
    def test_order_that_is_refused_ends_the_wait(self, maya, family):
        address = _pressed(maya, family)
        key = PaymentAttempt.objects.get().key
        sandbox.open_checkout(order=order(), key=key, at=timezone.now())
        work()
        html = page(maya, address)
        assert "You have not been charged." in html
        assert f'href="{url_of("pay", family.account)}">Try again' in html
        assert "http-equiv" not in html
        assert PaymentAttempt.objects.get().state == "abandoned"

    def test_provider_that_is_still_down_is_asked_again_later(self, maya, family):
        address = _pressed(maya, family)
        for _try in range(2):
            Fault.objects.create(kind=Fault.Kind.NOT_SENT)
        before = timezone.now()
        work()
        again = DBTaskResult.objects.get(status="READY")
        assert before + dt.timedelta(seconds=29) < again.run_after < timezone.now() + dt.timedelta(seconds=31)
        assert ASKING in page(maya, address)
        PaymentAttempt.objects.update(next_ask_at=timezone.now())
        again.task.call(*again.args_kwargs["args"])
        assert PaymentAttempt.objects.get().state == "open"

    def test_attempt_too_old_for_any_page_is_given_up(self, maya, family):
        _pressed(maya, family)
        PaymentAttempt.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=30))
        work()
        assert (PaymentAttempt.objects.get().state, Checkout.objects.count()) == ("abandoned", 0)

    def test_worker_that_died_is_followed_by_another(self, maya, family):
        _pressed(maya, family)
        DBTaskResult.objects.all().delete()
        now = timezone.now()
        assert [tasks.sweep(now), tasks.sweep(now + dt.timedelta(minutes=3))] == [0, 1]
        work()
        assert PaymentAttempt.objects.get().state == "open"

    def test_task_that_comes_twice_opens_one_page(self, maya, family):
        _pressed(maya, family)
        attempt = PaymentAttempt.objects.get()
        for _time in range(2):
            actions.ask_again(attempt_id=attempt.pk, tries=1, at=timezone.now())
        assert Checkout.objects.count() == 1

    def test_attempt_whose_payer_read_that_it_failed_is_left_alone(self):
        attempt = start(VisitFactory(owed_cents=125_00))
        assert actions.ask_again(attempt_id=attempt.pk, tries=1, at=timezone.now()) is None
        assert not Checkout.objects.exists()


class TestOtherPages:
    def test_earlier_page_that_cannot_be_closed_in_time_starts_nothing_new(self, maya, family, monkeypatch):
        paid_for(press(maya, review_of(maya, family.account, how="other", amount="20")))
        review = review_of(maya, family.account, how="total")
        monkeypatch.setattr(patience, "SECONDS", 0.0)
        answer = press(maya, review)
        assert "The payment service does not answer. You have not been charged." in answer.content.decode()
        assert (PaymentAttempt.objects.get().state, DBTaskResult.objects.count()) == ("open", 0)

    def test_provider_that_says_at_once_that_it_is_down_is_not_waited_for(self, maya, family):
        for _try in range(2):
            Fault.objects.create(kind=Fault.Kind.NOT_SENT)
        answer = press(maya, review_of(maya, family.account, how="total"))
        assert "The payment service does not answer. You have not been charged." in answer.content.decode()
        assert not DBTaskResult.objects.exists()
        html = page(maya, _of(PaymentAttempt.objects.get()))
        assert "http-equiv" not in html
        assert "The payment company does not answer" in html

    def test_return_page_and_receipt_say_that_it_is_being_confirmed(self, maya, family, monkeypatch):
        attempt = paid_for(press(maya, review_of(maya, family.account, how="total")))
        pay(attempt.checkout_ref)
        monkeypatch.setattr(patience, "SECONDS", 0.0)
        html = maya.get("/pay/return/", {"t": receipt_token(attempt)}, follow=True).content.decode()
        assert "Confirming your payment…" in html
        assert PaymentAttempt.objects.get().unanswered_at is not None

    def test_way_back_cannot_say_yet_that_nothing_was_paid(self, maya, family, monkeypatch):
        attempt = paid_for(press(maya, review_of(maya, family.account, how="total")))
        monkeypatch.setattr(patience, "SECONDS", 0.0)
        way_back = Checkout.objects.get(pk=attempt.checkout_ref).cancel_url
        assert "we cannot say yet that nothing was paid" in maya.get(way_back, follow=True).content.decode()
