"""One visit, line by line."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying as ledger
from billing.ledger import posting
from billing.ledger.choices import Hold
from billing.models import Charge, LedgerTransaction
from records.access.models import AccessLogEntry
from tests.factories.billing import ChargeFactory, VisitFactory, bill
from tests.factories.records import UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def url_of(visit) -> str:
    return reverse("billing:visit", kwargs={"account": visit.account_id, "visit": visit.pk})


def page(client, user, visit) -> str:
    client.force_login(user)
    response = client.get(url_of(visit))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def pay(visit, cents: int) -> LedgerTransaction:
    now = timezone.now()
    return ledger.pay(
        account_id=visit.account_id,
        cents=cents,
        chosen={visit.pk: cents},
        is_guarantor=True,
        source="test",
        payment_ref="p1",
        at=now,
        effective_date=now.date(),
    )


def test_lines_go_from_charge_to_share_with_the_reasons(client, family, decided):
    pay(decided, 75_00)
    html = page(client, family.user, decided)
    assert "<h1>Skin biopsy, Mar 4, 2026</h1>" in html
    for said in (
        "$690.00",
        "$158.00",
        "$241.00",
        "$291.00",
        "Deductible $200.00",
        "Copay $20.00",
        "Coinsurance $71.00",
        "Decided by Acme Health Plan",
        "<dd>−$75.00</dd>",
        '<dd class="strong">$216.00</dd>',
        '<p class="amount">$216.00</p>',
    ):
        assert said in html, said
    assert "Not covered" not in html


def test_lines_that_wait_say_so(client, family, decided):
    bill(decided, pending_cents=40_00)
    html = page(client, family.user, decided)
    assert html.count("Waiting for insurance</span>") == 1
    assert "<dt>Waiting for insurance</dt><dd>$40.00</dd>" in html


def test_line_that_the_insurer_never_saw_says_so_and_is_nobodys_share(client, family, decided):
    ChargeFactory(visit=decided, line=9, description="Visit fee", cents=12_00, is_adjudicated=False)
    html = page(client, family.user, decided)
    assert "Not adjudicated</span>" in html
    assert "$303.00" not in html


def test_self_pay_visit_is_the_patients_share_without_an_insurer(client, family):
    html = page(client, family.user, family.emergency)
    assert "<span>$144.96</span>" in html
    assert "Waiting for insurance" not in html


def test_payment_taken_back_shows_both_ways(client, family, decided):
    posted = pay(decided, 75_00)
    now = timezone.now()
    posting.reverse(posted, source="test", source_ref="back", effective_date=now.date(), at=now)
    html = page(client, family.user, decided)
    assert "<dt>Taken back, " in html
    assert "<dd>$75.00</dd>" in html
    assert '<dd class="strong">$291.00</dd>' in html


def test_bills_of_the_same_event_stand_beside(client, family):
    html = page(client, family.user, family.emergency)
    assert "Other bills of the same event" in html
    assert url_of(family.physician) in html
    assert url_of(family.emergency) not in html


def test_one_press_pays_the_visit_and_leads_to_the_review(client, family):
    page(client, family.user, family.emergency)
    pay_url = reverse("billing:pay", kwargs={"account": family.account.pk})
    data = {"how": "visits", "visits": str(family.emergency.pk), "email": family.user.email}
    response = client.post(pay_url, data)
    assert "Pay $144.96</button>" in client.get(response["Location"]).content.decode()


def test_visit_on_a_plan_says_why_it_is_not_paid_here(client, family):
    family.emergency.hold = Hold.PLAN
    family.emergency.save()
    html = page(client, family.user, family.emergency)
    assert "$144.96 is on your payment plan" in html
    assert '<dt class="strong">On a payment plan</dt>' in html
    assert "On a payment plan <b>$144.96</b>" in html
    assert '<p class="soft small">You owe</p>' not in html
    assert '<p class="soft small">On a payment plan</p><p class="amount">$144.96</p>' in html
    assert 'aria-disabled="true"' in html
    assert 'name="how"' not in html


def test_sensitive_visit_shows_amounts_date_and_place_and_no_word_more(client, family):
    visit = VisitFactory(
        account=family.account, patient=family.maya, title="Abortion care", is_sensitive=True, owed_cents=50_00
    )
    Charge.objects.filter(visit=visit).update(description="Mifepristone", code_system="http://loinc.org", code="X-9")
    html = page(client, family.user, visit)
    assert "<h1>Visit, Mar 4, 2026</h1>" in html
    assert "$50.00" in html
    for secret in ("Abortion", "Mifepristone", "X-9"):
        assert secret not in html


def test_sensitive_line_of_an_ordinary_visit_is_masked_with_its_code(client, family):
    charge = family.emergency.charges.get()
    Charge.objects.filter(pk=charge.pk).update(
        description="HIV antibody", code_system="http://loinc.org", code="56888-1", is_sensitive=True
    )
    html = page(client, family.user, family.emergency)
    assert "Emergency department" in html
    assert "HIV" not in html
    assert "56888" not in html


def test_payer_with_visits_but_no_clinical_grant_reads_no_description(client, family, aunt):
    html = page(client, aunt, family.emergency)
    assert "<h1>Visit, Sep 14, 2026</h1>" in html
    for secret in ("Emergency", "Leo", "Office visit", "Orthopedist"):
        assert secret not in html


def test_amounts_only_payer_finds_no_visit(client, family, omar):
    client.force_login(omar)
    assert client.get(url_of(family.emergency)).status_code == 404


def test_visit_is_found_only_under_its_own_account(client, family):
    other = VisitFactory()
    client.force_login(family.user)
    assert client.get(url_of(other)).status_code == 404
    crossed = reverse("billing:visit", kwargs={"account": family.account.pk, "visit": other.pk})
    assert client.get(crossed).status_code == 404
    client.force_login(UserFactory())
    assert client.get(url_of(family.emergency)).status_code == 404


def test_confidential_visit_is_not_found(client, family):
    family.emergency.hold = Hold.CONFIDENTIAL
    family.emergency.save()
    client.force_login(family.user)
    assert client.get(url_of(family.emergency)).status_code == 404


def test_log_names_the_patient_of_the_visit(client, family):
    page(client, family.user, family.emergency)
    assert AccessLogEntry.objects.get().patient_id == family.leo.pk


def test_descriptions_are_escaped(client, family):
    Charge.objects.filter(visit=family.emergency).update(description="<script>alert(1)</script>")
    assert "<script>alert" not in page(client, family.user, family.emergency)


def test_cost_does_not_grow_with_lines(client, family, decided):
    client.force_login(family.user)
    client.get(url_of(decided))
    one = cost_of(lambda: client.get(url_of(decided)))
    for _number in range(20):
        bill(decided, pending_cents=5_00)
    assert cost_of(lambda: client.get(url_of(decided))) == one <= BUDGET
