"""What guests and people who sign in do: find a bill, choose, look it over, pay at the provider, and come back or not."""

import random
import time

import requests
from captcha.models import CaptchaStore
from django.db import connections

from load.browser import Browser, Form, Page, Typed
from load.clinic import Bill, Clinic
from load.diary import Diary
from tests.factories.records import PASSWORD

GUESTS_PERCENT = 60
PAYMENTS_MOST = 3
# How a card or bank account answers, and how many of a hundred payers choose it.
NUMBERS = {"4242": 70, "0002": 10, "3155": 8, "6789": 8, "1116": 4}
BACK_PERCENT, AGAIN_PERCENT, GONE_PERCENT, TOTAL_PERCENT = 8, 10, 30, 15
LOOKS = 3


class Payers:
    """People one after another, for one thread; `number` keeps their addresses apart from other threads'."""

    def __init__(self, number: int, clinic: Clinic, origin: str, provider: str, diary: Diary) -> None:
        self._number, self._clinic, self._origin, self._provider = number, clinic, origin, provider
        self._diary, self._visitors = diary, 0

    def keep_coming(self, until: float) -> None:
        try:
            while time.monotonic() < until:
                self._visitors += 1
                address = f"10.{self._number}.{self._visitors // 250}.{self._visitors % 250 + 1}"
                try:
                    self._visit(Browser(self._origin, address, self._diary), until)
                except requests.RequestException:
                    self._diary.note("visitors gave up")
        finally:
            connections.close_all()

    def _visit(self, browser: Browser, until: float) -> None:
        bill = self._clinic.any_bill()
        is_guest = _happens(GUESTS_PERCENT)
        url = self._look_up(browser, bill) if is_guest else self._sign_in(browser, bill)
        if not url:
            self._diary.note("visitors were turned away")
            return
        self._diary.note("guests" if is_guest else "signed in")
        for _ in range(random.randint(1, PAYMENTS_MOST)):
            if time.monotonic() < until:
                self._pay(browser, url)

    def _look_up(self, browser: Browser, bill: Bill) -> str:
        """The address of the bill's amount page, by a number and the name or by the code of a statement."""
        if _happens(40):
            form = browser.open(bill.code_url).form("s")
            page = browser.press(form, {}) if form else None
            return page.url if page and page.url.endswith("/amount/") else ""
        form = browser.open("/pay/").form("account_number")
        if form is None:
            return ""
        characters = CaptchaStore.objects.get(hashkey=form.fields["captcha_0"]).response
        number = random.choice(bill.numbers)
        page = browser.press(form, {"account_number": number, "last_name": bill.last_name, "captcha_1": characters})
        return page.url if page.url.endswith("/amount/") else ""

    def _sign_in(self, browser: Browser, bill: Bill) -> str:
        form = browser.open("/accounts/login/").form("login")
        if form is None:
            return ""
        page = browser.press(form, {"login": random.choice(bill.emails), "password": PASSWORD})
        return f"/billing/{bill.account_id}/pay/" if page.url.endswith("/home/") else ""

    def _pay(self, browser: Browser, amount_url: str) -> None:
        form = browser.open(amount_url).form("how")
        if form is None:
            self._diary.note("nothing to pay")
            return
        page = browser.press(form, _choice(form))
        for _ in range(LOOKS):
            form = page.form("cents")
            if form is None:
                self._diary.note("review led elsewhere: an earlier payment, or another bill")
                return
            ticks = {name: "on" for name in form.offers if name.endswith("-again")}
            page = browser.press(form, ticks)
            if page.url.startswith(self._provider):
                self._at_the_provider(browser, browser.press(form, ticks) if _happens(AGAIN_PERCENT) else page)
                return
        self._diary.note("review not got past")

    def _at_the_provider(self, browser: Browser, page: Page) -> None:
        time.sleep(random.uniform(0, 1.5))
        if _happens(BACK_PERCENT):
            self._go_back(browser, page)
            return
        number = random.choices(list(NUMBERS), list(NUMBERS.values()))[0]
        page = self._press(browser, page, "method", number)
        if number == "3155":
            page = self._press(browser, page, "answer", "complete" if _happens(80) else "fail")
        if page.form("method") is None:
            return
        if _happens(50):  # The card was declined.
            self._press(browser, page, "method", "4242")
        else:
            self._go_back(browser, page)

    def _press(self, browser: Browser, page: Page, field: str, value: str) -> Page:
        """On the hosted page, which may have been closed meanwhile; some never come back from it."""
        form = page.form(field)
        if form is None:
            self._diary.note("hosted page was closed meanwhile")
            return page
        is_gone = _happens(GONE_PERCENT)
        after = browser.press(form, {field: value}, is_followed=not is_gone)
        return browser.open(page.url) if is_gone and field == "method" and value != "4242" else after

    def _go_back(self, browser: Browser, page: Page) -> None:
        url = page.link("Back")
        if url:
            browser.open(url)
            self._diary.note("went back unpaid")


def _choice(form: Form) -> Typed:
    """All of it, one of the visits where they can be chosen, or a few dollars; with an address for the receipt or not."""
    chosen: Typed = {"how": "other", "amount": f"{random.randint(1, 15)}.{random.randint(0, 99):02d}"}
    if _happens(TOTAL_PERCENT):
        chosen = {"how": "total"}
    elif "visits" in form.offers and _happens(50):
        chosen = {"how": "visits", "visits": [random.choice(form.offers["visits"])]}
    return {**chosen, "email": "payer@example.org" if _happens(70) else ""}


def _happens(percent: int) -> bool:
    return random.randrange(100) < percent
