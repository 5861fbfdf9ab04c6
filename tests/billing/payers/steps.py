"""What guarantors and those who help them do, as steps that tests put in order."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.payers import links, tokens
from billing.payers.actors import Actor
from billing.payers.gate import DOOR
from billing.payers.models import LinkUse, PayLink
from billing.payments.models import PaymentAttempt
from billing.payments.receipts import receipt_token
from records.access.log import Origin
from tests.doors import press
from tests.factories.sandbox import pay

ORIGIN = Origin("192.0.2.7")
AMOUNT = re.compile(r"/pay/link/[\w-]{12}/amount/")
RECEIPT = re.compile(r"/pay/receipt/[\w-]{12}/")


def url(name: str, account: Any, **kwargs: Any) -> str:
    return reverse(f"billing:{name}", kwargs={"account": account.pk, **kwargs})


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def make_link(family: Any, **terms: Any) -> PayLink:
    """Maya’s link over $100.00, shared by several for seven days, unless told otherwise."""
    usual = {
        "account": family.account,
        "visit": None,
        "use": LinkUse.SPLIT,
        "amount_cents": 100_00,
        "shown_name": "Maya",
        "days": 7,
        "actor": Actor(family.user, ORIGIN),
        "at": timezone.now(),
    }
    return links.make(**usual | terms)


def chosen(client: Client, name: str, account: Any, form: dict[str, Any]) -> str:
    """Fills a form in and presses Next: the address of its review page."""
    answer = client.post(url(name, account), form)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def address_of(link: PayLink) -> str:
    return tokens.path_of(tokens.LINK, link.pk)


def opened(link: PayLink, client: Client | None = None) -> Client:
    """A browser that opened the link and pressed its button."""
    browser = client or Client()
    html = page(browser, address_of(link))
    (token,) = re.findall(r'name="t" value="([^"]+)"', html)
    answer = browser.post(reverse("billing:link"), {"t": token})
    assert AMOUNT.fullmatch(answer["Location"]), answer
    return browser


def amount_of(browser: Client) -> str:
    """Where the browser chooses an amount, by the link it opened last."""
    return reverse("billing:link_amount", kwargs={"handle": list(browser.session[DOOR.key])[-1]})


def choose(browser: Client, **choice: Any) -> str:
    """The address of the review that a valid choice leads to."""
    answer = browser.post(amount_of(browser), choice)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def begin(browser: Client, **choice: Any) -> PaymentAttempt:
    """Chooses an amount and presses the button of the review page."""
    answer = press(browser, choose(browser, **choice))
    assert "/sandbox/checkout/" in answer.headers.get("Location", ""), answer.headers.get("Location", answer.content)
    ref = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    return PaymentAttempt.objects.get(checkout_ref=ref)


def finish(browser: Client, attempt: PaymentAttempt) -> None:
    """Pays on the hosted page and comes back."""
    pay(attempt.checkout_ref)
    answer = browser.get(reverse("billing:payment_return"), {"t": receipt_token(attempt)})
    assert RECEIPT.fullmatch(answer["Location"]), answer
