"""One guarantor account."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying as ledger
from billing.ledger import posting
from billing.models import LedgerTransaction
from records.access.models import AccessLogEntry
from tests.factories.billing import AttemptFactory, VisitFactory
from tests.factories.records import GrantFactory, UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def url_of(account) -> str:
    return reverse("billing:account", kwargs={"account": account.pk})


def page(client, user, account, query: str = "") -> str:
    client.force_login(user)
    response = client.get(url_of(account) + query)
    assert response.status_code == 200
    return response.content.decode()


def paid(account, cents: int, *, attempt=None, ref: str = "p1", day: int = 3) -> None:
    ledger.pay(
        account_id=account.pk,
        cents=cents,
        chosen={},
        is_guarantor=True,
        source="test",
        payment_ref=ref,
        at=timezone.now(),
        effective_date=dt.date(2026, 10, day),
        attempt_id=attempt and attempt.pk,
    )


def test_lists_visits_by_event_with_a_bar_and_a_row_each(client, family, decided):
    html = page(client, family.user, family.account)
    assert html.count("<h2 id=") >= 4
    assert html.count('class="story"') == 2
    assert "Skin biopsy, Mar 4, 2026" in html
    for visit in (family.emergency, family.physician, decided):
        assert reverse("billing:visit", kwargs={"account": family.account.pk, "visit": visit.pk}) in html


def test_settled_visits_are_under_all_visits(client, family):
    VisitFactory(account=family.account, patient=family.maya, title="Old checkup")
    assert "Old checkup" not in page(client, family.user, family.account)
    assert "Old checkup" in page(client, family.user, family.account, "?show=all")
    assert "Old checkup" not in page(client, family.user, family.account, "?show=nonsense")


def test_long_lists_are_paged_by_event(client, family):
    for number in range(12):
        VisitFactory(account=family.account, patient=family.maya, title=f"Lab {number}", owed_cents=100)
    first, second = (page(client, family.user, family.account, f"?page={number}") for number in (1, 2))
    assert "Page 1 of 2" in first
    assert "Leo’s broken wrist" in first
    assert "Leo’s broken wrist" not in second
    assert len([number for number in range(12) if f">Lab {number}</a>" in first + second]) == 12


def test_payments_are_listed_with_their_receipts(client, family):
    attempt = AttemptFactory(account=family.account, user=family.user, amount_cents=20_00)
    paid(family.account, 20_00, attempt=attempt, day=9)
    paid(family.account, 75_00, ref="p2")
    html = page(client, family.user, family.account)
    assert html.index("$20.00</b>") < html.index("$75.00</b>")
    assert f'href="{reverse("billing:payment", kwargs={"payment": attempt.pk})}">Receipt {attempt.confirmation}' in html
    assert "Not paid in the portal" in html
    assert "<dd>$20.00 on Oct 9, 2026</dd>" in html


def test_others_who_may_pay_see_only_what_they_paid_themselves(client, family, omar):
    own = AttemptFactory(account=family.account, user=omar)
    paid(family.account, 20_00, attempt=own)
    paid(family.account, 75_00, ref="p2", day=9)
    html = page(client, omar, family.account)
    assert own.confirmation in html
    assert "$75.00" not in html
    assert "<dd>$20.00 on Oct 3, 2026</dd>" in html


def test_payment_that_was_taken_back_is_not_listed(client, family):
    paid(family.account, 20_00)
    posted = LedgerTransaction.objects.get(kind="payment")
    now = timezone.now()
    posting.reverse(posted, source="test", source_ref="back", effective_date=now.date(), at=now)
    html = page(client, family.user, family.account)
    assert "$20.00" not in html
    assert '<p class="amount">$194.96</p>' in html


def test_amounts_only_payer_is_told_that_visits_stay_private(client, family, omar):
    html = page(client, omar, family.account)
    assert "The visits stay private." in html
    assert "$194.96" in html
    assert ">Pay Now</a>" in html
    for secret in ("Leo", "Emergency", "wrist", "7000", "144.96", "?show="):
        assert secret not in html, secret


def test_account_is_not_found_for_strangers_staff_and_after_revoking(client, family):
    stranger, staff = UserFactory(), UserFactory(is_staff=True)
    for user in (stranger, staff):
        client.force_login(user)
        assert client.get(url_of(family.account)).status_code in ({404} if user is stranger else {302, 404})
    client.force_login(family.user)
    family.account.access.update(revoked_at=timezone.now())
    assert client.get(url_of(family.account)).status_code == 404


def test_clinical_grants_open_no_bill(client, family):
    proxy = GrantFactory(patient=family.maya, kind="proxy").user
    client.force_login(proxy)
    assert client.get(url_of(family.account)).status_code == 404


def test_signed_out_people_are_asked_to_sign_in(client, family):
    response = client.get(url_of(family.account))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_opening_an_account_is_logged_as_a_payers(client, family):
    page(client, family.user, family.account)
    entry = AccessLogEntry.objects.get()
    assert (entry.kind, entry.acting_as, entry.object_id) == ("bill", "payer", str(family.account.pk))
    assert entry.patient_id is None


def test_help_with_paying_and_the_phone_are_there(client, family, settings):
    html = page(client, family.user, family.account)
    assert "Something looks wrong?" in html
    assert f"tel:{settings.SERVICE_PHONE}" in html
    assert html.count(reverse("portal:assistance")) >= 2


def test_cost_does_not_grow_with_visits_or_payments(client, family):
    paid(family.account, 1_00, ref="p0")
    client.force_login(family.user)
    client.get(url_of(family.account))
    one = cost_of(lambda: client.get(url_of(family.account) + "?show=all"))
    for number in range(20):
        VisitFactory(account=family.account, patient=family.maya, owed_cents=1_00)
        paid(family.account, 1_00, ref=f"more-{number}")
    assert cost_of(lambda: client.get(url_of(family.account) + "?show=all")) == one <= BUDGET


def test_guarantor_sees_by_whom_each_payment_was_made_and_others_only_their_own(client, family, omar):
    by = {"kind": "guest", "name": ""}, {"kind": "user", "name": "Uncle Omar"}, {"kind": "link", "name": ""}
    for day, payer in enumerate(by, start=1):
        attempt = AttemptFactory(
            account=family.account,
            payer_kind=payer["kind"],
            payer_name=payer["name"],
            user=omar if payer["kind"] == "user" else None,
        )
        paid(family.account, 10_00, attempt=attempt, ref=f"p{day}", day=day)
    html = page(client, family.user, family.account)
    for said in ("Someone with your statement", "Uncle Omar", "Someone with your link"):
        assert said in html
    html = page(client, omar, family.account)
    for said in ("Someone with your statement", "Uncle Omar", "Someone with your link"):
        assert said not in html
