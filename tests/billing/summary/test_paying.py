"""Paying while signed in: amount, review, the provider, and the receipt."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.guest.gate import DOOR
from billing.ledger.choices import Hold
from billing.models import PaymentAttempt
from billing.payments.models import ProviderPayment
from billing.payments.states import AttemptState
from billing.sandbox import actions as sandbox
from billing.sandbox.methods import Method
from tests.doors import hold, press
from tests.factories.billing import AttemptFactory, GuestGrantFactory, VisitFactory
from tests.factories.records import UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def url_of(name: str, account) -> str:
    return reverse(f"billing:{name}", kwargs={"account": account.pk})


def page(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def maya(client, family):
    client.force_login(family.user)
    return client


def review_of(client, account, **data) -> str:
    """The address of the review that a valid choice leads to."""
    response = client.post(url_of("pay", account), {"email": "maya@example.org"} | data)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def choose(client, account, **data) -> str:
    """The review that a valid choice leads to."""
    return page(client, review_of(client, account, **data))


def test_amount_page_offers_the_total_the_visits_and_another_amount(maya, family):
    html = page(maya, url_of("pay", family.account))
    assert '<p class="amount">$194.96</p>' in html
    assert "All that you owe now: $194.96" in html
    assert "Emergency department · Leo · Sep 14, 2026: $144.96" in html
    assert 'value="maya@example.org"' in html
    assert "1020 4417" in html


def test_visits_without_description_can_still_be_told_apart(client, family, aunt):
    client.force_login(aunt)
    html = page(client, url_of("pay", family.account))
    assert "Visit · Sep 14, 2026: $144.96" in html
    assert "Emergency" not in html


def test_amounts_only_payer_chooses_no_visits(client, family, omar):
    client.force_login(omar)
    html = page(client, url_of("pay", family.account))
    assert "One or more visits" not in html
    assert "144.96" not in html


def test_held_visits_are_not_offered(maya, family):
    family.physician.hold = Hold.PLAN
    family.physician.save()
    html = page(maya, url_of("pay", family.account))
    assert "Orthopedist" not in html
    assert "All that you owe now: $144.96" in html
    assert "<dt>On a payment plan</dt><dd>$50.00</dd>" in html


@pytest.mark.parametrize(
    ("data", "amount"),
    [({"how": "total"}, "$194.96"), ({"how": "other", "amount": "12.5"}, "$12.50")],
)
def test_review_shows_what_will_be_paid_before_anything_costs(maya, family, data, amount):
    html = choose(maya, family.account, **data)
    assert f'<p class="amount">{amount}</p>' in html
    assert f"Pay {amount}</button>" in html
    assert "We send the receipt to <b>maya@example.org</b>." in html
    assert not PaymentAttempt.objects.exists()


def test_review_names_the_chosen_visits_with_their_parts(maya, family):
    html = choose(maya, family.account, how="visits", visits=[str(family.emergency.pk), str(family.physician.pk)])
    assert "<dt>Emergency department · Leo · Sep 14, 2026</dt><dd>$144.96</dd>" in html
    assert "<dt>Orthopedist · Leo · Sep 14, 2026</dt><dd>$50.00</dd>" in html


def test_visits_that_add_up_to_too_little_are_refused_in_words(maya, family):
    little = VisitFactory(account=family.account, patient=family.maya, owed_cents=17)
    html = maya.post(url_of("pay", family.account), {"how": "visits", "visits": [str(little.pk)]}).content.decode()
    assert "The smallest payment is $0.50." in html


def test_another_accounts_visit_cannot_be_chosen(maya, family):
    other = VisitFactory(owed_cents=10_00)
    response = maya.post(url_of("pay", family.account), {"how": "visits", "visits": [str(other.pk)]})
    assert response.status_code == 200
    assert "error" in response.content.decode()


def test_errors_keep_what_was_typed(maya, family):
    html = maya.post(
        url_of("pay", family.account), {"how": "other", "amount": "1,2", "email": "me@example.net"}
    ).content.decode()
    assert 'value="1,2"' in html
    assert 'value="me@example.net"' in html
    assert 'role="alert"' in html


def test_account_with_nothing_to_pay_leads_back(maya, family):
    family.account.visits.update(patient_cents=0)
    response = maya.get(url_of("pay", family.account))
    assert response["Location"] == url_of("account", family.account)


def test_review_without_a_choice_asks_for_one(maya, family):
    review = reverse("billing:pay_review", kwargs={"account": family.account.pk, "draft": "none"})
    assert maya.get(review)["Location"] == url_of("pay", family.account)


def test_paid_visit_ends_in_a_receipt_that_names_it(maya, family):
    response = press(maya, review_of(maya, family.account, how="visits", visits=[str(family.physician.pk)]))
    assert "/sandbox/checkout/" in response["Location"]
    attempt = PaymentAttempt.objects.get()
    sandbox.pay(ref=attempt.checkout_ref, method=Method.CARD, at=timezone.now())
    html = page(maya, reverse("billing:payment", kwargs={"payment": attempt.pk}))
    for said in (
        f'<p class="amount confirmation">{attempt.confirmation}</p>',
        '<dd class="strong">$50.00</dd>',
        "<dd>Card ending in 4242</dd>",
        "<dd>4417</dd>",
        "<dt>Orthopedist · Leo · Sep 14, 2026</dt><dd>$50.00</dd>",
        "data-print",
    ):
        assert said in html, said
    assert "10204417" not in html
    assert "http-equiv" not in html


def receipt(client, attempt, query: str = ""):
    return client.get(reverse("billing:payment", kwargs={"payment": attempt.pk}) + query)


def test_receipt_of_an_amounts_only_payer_names_no_visit(client, family, omar):
    client.force_login(omar)
    press(client, review_of(client, family.account, how="total"))
    attempt = PaymentAttempt.objects.get()
    sandbox.pay(ref=attempt.checkout_ref, method=Method.CARD, at=timezone.now())
    html = receipt(client, attempt).content.decode()
    assert "$194.96" in html
    for secret in ("What it paid for", "Emergency", "Leo", "144.96"):
        assert secret not in html


def test_receipt_opens_for_its_payer_and_the_guarantor_alone(client, family, omar, aunt):
    attempt = AttemptFactory(account=family.account, user=omar, state=AttemptState.PAID, paid_at=timezone.now())
    answers = {omar: 200, family.user: 200, aunt: 404, UserFactory(): 404}
    for user, expected in answers.items():
        client.force_login(user)
        assert receipt(client, attempt).status_code == expected
    client.force_login(omar)
    omar.guarantor_access.update(revoked_at=timezone.now())
    assert receipt(client, attempt).status_code == 200, "a receipt stays its payer's"


def test_unknown_payment_is_not_found(maya, family):
    assert receipt(maya, family.account).status_code == 404


def test_receipt_looks_again_ten_times_and_then_says_so(maya, family):
    attempt = AttemptFactory(account=family.account, user=family.user, state=AttemptState.OPEN)
    first, last, over = (receipt(maya, attempt, f"?n={tried}").content.decode() for tried in (0, 9, 10))
    assert '<meta http-equiv="refresh" content="3; url=?n=1">' in first
    assert "Confirming your payment…" in first
    assert '<meta http-equiv="refresh" content="3; url=?n=10">' in last
    assert "http-equiv" not in over
    assert "We do not know yet" in over
    assert "Please do not pay again." in over


@pytest.mark.parametrize(
    ("state", "said", "again"),
    [
        (AttemptState.PROCESSING, "Your bank payment is on its way", False),
        (AttemptState.FAILED, "The payment did not go through", True),
        (AttemptState.EXPIRED, "The payment was not finished", True),
        (AttemptState.ABANDONED, "The payment was not finished", True),
    ],
)
def test_payment_that_is_not_paid_has_words_and_a_next_step(maya, family, state, said, again):
    attempt = AttemptFactory(account=family.account, user=family.user, state=state)
    html = receipt(maya, attempt).content.decode()
    assert said in html
    assert "http-equiv" not in html
    assert (f'href="{url_of("pay", family.account)}">Try again' in html) is again


def test_bank_account_is_named_by_its_last_digits(maya, family):
    attempt = AttemptFactory(account=family.account, user=family.user, state=AttemptState.PROCESSING)
    ProviderPayment.objects.create(
        provider="sandbox",
        ref="sbx_1",
        attempt=attempt,
        amount_cents=attempt.amount_cents,
        currency="usd",
        status="processing",
        method="us_bank_account",
        last4="6789",
        livemode=False,
    )
    assert "Bank account ending in 6789" in receipt(maya, attempt).content.decode()


def main_of(client, url: str) -> str:
    """What a page of paying says, without what the two doors say differently: whose bill, the way back, the token."""
    html = page(client, url)
    main = re.search(r"<main.*</main>", html)
    assert main is not None
    said = main[0]
    tell = r"<div>\s*<div class=\"choice\"><input[^>]*name=\"tell\".*?</div>\s*</div>\s*</div>|<p>Maya will not see who paid.</p>"
    for own in (tell, r"<ol class=\"steps\".*?</ol>", r"<dl class=\"facts\">.*?</dl>", r"<a class=\"back\".*?</a>"):
        said = re.sub(own, "", said)
    said = re.sub(r"name=\"csrfmiddlewaretoken\" value=\"\w+\"", "", said)
    said = re.sub(r" value=\"[^\"]*@[^\"]*\"", "", said)
    amount = r"href=\"(/billing/[0-9a-f-]{36}/pay/|/pay/[\w-]{12}/amount/)(\?draft=[\w-]{12})?\""
    return re.sub(amount, "href=amount", " ".join(said.split()))


@pytest.mark.parametrize("step", ["amount", "review"])
def test_guest_and_signed_in_payer_see_the_same_page(client, family, omar, step):
    client.force_login(omar)
    twenty = {"how": "other", "amount": "20", "email": "x@example.org"}
    review = review_of(client, family.account, **twenty)
    signed_in = main_of(client, url_of("pay", family.account) if step == "amount" else review)
    client.logout()
    handle = hold(client, DOOR, GuestGrantFactory(account=family.account))
    amount = reverse("billing:guest_amount", kwargs={"handle": handle})
    review = client.post(amount, twenty)["Location"]
    as_guest = main_of(client, amount if step == "amount" else review)
    assert "20.00" in signed_in or "$194.96" in signed_in
    assert as_guest == signed_in


@pytest.mark.parametrize("step", ["amount", "review"])
def test_cost_does_not_grow_with_visits(maya, family, step):
    review = review_of(maya, family.account, how="visits", visits=[str(family.emergency.pk)])
    address = url_of("pay", family.account) if step == "amount" else review
    page(maya, address)  # the log's first row costs more
    one = cost_of(lambda: maya.get(address))
    for _number in range(20):
        VisitFactory(account=family.account, patient=family.maya, owed_cents=1_00)
    assert cost_of(lambda: maya.get(address)) == one <= BUDGET


def test_payer_says_who_they_are_only_with_a_tick(client, family, omar):
    client.force_login(omar)
    assert "Tell Maya it was you" in page(client, url_of("pay", family.account))
    html = choose(client, family.account, how="other", amount="20", name="Omar Reyes")
    assert "Maya will not see who paid." in html
    review = review_of(client, family.account, how="other", amount="20", name="Uncle Omar", tell="on")
    assert "Maya will see that <b>Uncle Omar</b> paid." in page(client, review)
    press(client, review)
    assert PaymentAttempt.objects.get().payer_name == "Uncle Omar"


def test_tick_without_a_name_asks_for_one(client, family, omar):
    client.force_login(omar)
    response = client.post(url_of("pay", family.account), {"how": "total", "tell": "on", "name": " "})
    assert "Enter the name that Maya should see, or take the tick away." in response.content.decode()


def test_guarantor_is_asked_nothing_about_telling(maya, family):
    assert "it was you" not in page(maya, url_of("pay", family.account))


@pytest.mark.parametrize(("name", "said"), [("Uncle Omar", "Uncle Omar"), ("", "Someone who may pay")])
def test_guarantor_sees_who_paid_if_the_payer_says_so_and_nothing_of_their_card_or_address(
    maya, family, omar, name, said
):
    attempt = AttemptFactory(
        account=family.account,
        payer_kind="user",
        user=omar,
        payer_name=name,
        receipt_email="omar@example.org",
        state=AttemptState.PAID,
        paid_at=timezone.now(),
    )
    ProviderPayment.objects.create(
        provider="sandbox", ref="sbx_1", attempt=attempt, amount_cents=125_00, currency="usd", status="succeeded",
        method="card", last4="4242", livemode=False, paid_at=timezone.now(),
    )  # fmt: skip
    html = receipt(maya, attempt).content.decode()
    assert f"<dt>Paid by</dt><dd>{said}</dd>" in html
    assert "This payment went through" in html
    for secret in ("4242", "omar@example.org"):
        assert secret not in html
    maya.force_login(omar)
    html = receipt(maya, attempt).content.decode()
    assert "4242" in html
    assert "Paid by" not in html


@pytest.mark.parametrize("state", [AttemptState.OPEN, AttemptState.PROCESSING, AttemptState.EXPIRED])
def test_guarantor_is_offered_nothing_to_do_with_somebody_elses_unfinished_payment(maya, family, omar, state):
    attempt = AttemptFactory(
        account=family.account, payer_kind="user", user=omar, state=state, page_url="https://pay.example/page"
    )
    html = receipt(maya, attempt, "?n=10").content.decode()
    assert "Begun by" in html
    for offer in ("pay.example", "Try again", "Look again"):
        assert offer not in html
