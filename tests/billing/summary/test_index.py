"""Billing Summary."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying as ledger
from billing.ledger.choices import AccountKind, Hold, Standing
from billing.payments.models import PaymentAttempt
from billing.payments.payable import Reason, payable_of
from billing.payments.states import AttemptState
from billing.payments.words import reason_words
from records.access.models import Grant
from tests.factories.billing import AccessFactory, AccountFactory, AttemptFactory, VisitFactory, bill, payer_of
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

URL = "/billing/"


def page(client, user) -> str:
    client.force_login(user)
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_says_what_is_owed_today_and_whose_visits_it_covers(client, family):
    html = page(client, family.user)
    assert "<h1>Billing Summary</h1>" in html
    assert "Maya, you have one account." in html
    assert '<b class="num">$194.96</b>' in html
    assert '<p class="amount">$194.96</p>' in html
    assert "<dt>Covers</dt><dd>Leo</dd>" in html
    assert "<span>1020</span><span>4417</span>" in html
    assert "<dt>Last payment</dt><dd>None yet</dd>" in html
    assert f'href="{reverse("billing:pay", kwargs={"account": family.account.pk})}">Pay Now' in html


def test_several_accounts_are_counted_in_words_and_their_sums_added(client, family):
    other = AccountFactory(guarantor=family.account.guarantor)
    AccessFactory(user=family.user, account=other)
    VisitFactory(account=other, patient=family.maya, owed_cents=5_04)
    html = page(client, family.user)
    assert "Maya, you have two accounts." in html
    assert '<b class="num">$200.00</b>' in html


def test_both_halves_of_an_episode_stand_together(client, family):
    html = page(client, family.user)
    assert html.count("Leo’s broken wrist, Sep 14, 2026</h2>") == 1
    assert "Of $194.96 billed: you owe $194.96." in html
    for title, kind in [("Emergency department", "hospital"), ("Orthopedist", "physician")]:
        assert f'>{title}</a> <span class="soft small">· {kind}</span>' in html


def test_shows_the_newest_three_events_that_owe(client, family):
    for month in range(1, 9):
        VisitFactory(
            account=family.account,
            patient=family.maya,
            title=f"Visit of {month}",
            service_date=timezone.now().date().replace(year=2027, month=month, day=1),
            owed_cents=10_00 if month != 8 else None,
        )
    html = page(client, family.user)
    assert [month for month in range(1, 9) if f">Visit of {month}</a>" in html] == [5, 6, 7]


def test_last_payment_names_amount_and_day(client, family):
    now = timezone.now()
    for cents, ref in [(10_00, "a"), (25_00, "b")]:
        ledger.pay(
            account_id=family.account.pk,
            cents=cents,
            chosen={},
            is_guarantor=True,
            source="test",
            payment_ref=ref,
            at=now,
            effective_date=now.date().replace(month=1, day=len(ref) if ref == "a" else 2),
        )
    assert f"<dt>Last payment</dt><dd>$25.00 on Jan 2, {now.year}</dd>" in page(client, family.user)


def test_pending_plan_contested_and_credit_stand_beside_what_is_owed(client, family):
    account, on = family.account, {"account": family.account, "patient": family.maya}
    VisitFactory(**on, pending_cents=420_00)
    VisitFactory(**on, hold=Hold.PLAN, owed_cents=800_00)
    VisitFactory(**on, hold=Hold.CONTESTED, owed_cents=30_00)
    account.credit_cents = 62_50
    account.save()
    html = page(client, family.user)
    assert "<dt>Waiting for insurance</dt><dd>$420.00</dd>" in html
    assert "<dt>On a payment plan</dt><dd>$800.00</dd>" in html
    assert "<dt>Being looked at</dt><dd>$30.00</dd>" in html
    assert "<dt>Your credit with us</dt><dd>$62.50</dd>" in html
    assert 'You owe <b class="num">$132.46</b> today.' in html  # 194.96 less the credit


def test_amounts_only_payer_sees_amounts_only(client, family, omar):
    html = page(client, omar)
    assert '<p class="amount">$194.96</p>' in html
    assert "Owed on this account" in html
    assert "this account is somebody else’s" in html
    for secret in ("Leo", "Emergency", "Orthopedist", "wrist", "Larkspur Hospital", "7000", "Covers"):
        assert secret not in html.replace("Larkspur Health", ""), secret


def test_payer_who_may_see_visits_reads_no_description_without_a_clinical_grant(client, family, aunt):
    html = page(client, aunt)
    assert "Visits, Sep 14, 2026</h2>" in html
    assert "$144.96" in html
    for secret in ("Leo", "Emergency", "Orthopedist", "wrist"):
        assert secret not in html, secret


def test_sensitive_visit_is_never_described_even_to_the_patients_parent(client, family):
    VisitFactory(
        account=family.account,
        patient=family.leo,
        episode=family.episode,
        title="HIV test",
        is_sensitive=True,
        owed_cents=9_00,
    )
    html = page(client, family.user)
    assert "HIV" not in html
    assert "broken wrist" not in html, "the episode's title would speak of it"
    assert "Emergency department" in html
    assert "$9.00" in html


def test_confidential_visit_is_nowhere_and_hides_the_title_of_its_episode(client, family):
    VisitFactory(
        account=family.account,
        patient=family.leo,
        episode=family.episode,
        hold=Hold.CONFIDENTIAL,
        title="Secret",
        owed_cents=77_77,
    )
    html = page(client, family.user)
    assert "Secret" not in html
    assert "77.77" not in html
    assert "$272.73" not in html
    assert "broken wrist" not in html


def test_grant_without_visits_gives_no_description(client, family):
    Grant.objects.filter(patient=family.leo).update(permissions=["allergies", "immunizations"])
    html = page(client, family.user)
    assert "Emergency department" not in html
    assert "Leo · Larkspur" in html, "whose visit it was is on the guarantor's bill"


def test_names_are_escaped(client, family):
    family.leo.given = "<script>alert(1)</script>"
    family.leo.save()
    family.episode.title = family.emergency.title = family.emergency.place = '"><img src=x>'
    family.episode.save()
    family.emergency.save()
    html = page(client, family.user)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_without_an_account_the_page_teaches(client):
    html = page(client, UserFactory())
    assert "No bills here yet" in html
    assert reverse("billing:guest_lookup") in html


def test_revoked_access_shows_nothing(client, family):
    family.account.access.update(revoked_at=timezone.now())
    assert "No bills here yet" in page(client, family.user)


def test_every_bill_links_help_with_paying(client, family):
    assert html_links(page(client, family.user)) >= 2  # below the bill, and in the foot of the page


def html_links(html: str) -> int:
    return html.count(f'href="{reverse("portal:assistance")}"')


def _processing(account):
    user = account.access.get().user
    AttemptFactory(
        account=account, amount_cents=194_96, state=AttemptState.PROCESSING, payer_kind="user", payer_ref=user.pk
    )


SITUATIONS = {
    Reason.NOT_YOURS: lambda account: _set(account, kind=AccountKind.WORKERS_COMPENSATION),
    Reason.GUARANTOR_NEEDED: lambda account: _set(account, standing=Standing.GUARANTOR_NEEDED),
    Reason.AGENCY: lambda account: _set(account, standing=Standing.AGENCY),
    Reason.PROCESSING: _processing,
    Reason.COVERED: lambda account: _set(account, credit_cents=200_00),
    Reason.ON_PLAN: lambda account: account.visits.update(hold=Hold.PLAN),
    Reason.CONTESTED: lambda account: account.visits.update(hold=Hold.CONTESTED),
    Reason.TOO_SMALL: lambda account: account.visits.update(patient_cents=7),
    Reason.PENDING: lambda account: (
        account.visits.update(patient_cents=0),
        bill(account.visits.first(), pending_cents=5),
    ),
    Reason.CREDIT: lambda account: (account.visits.update(patient_cents=0), _set(account, credit_cents=5)),
    Reason.NOTHING: lambda account: account.visits.update(patient_cents=0),
    Reason.CLOSED: lambda account: None,
}


def _set(account, **fields):
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_what_cannot_be_paid_says_why_and_what_to_do_next(client, family, settings, reason):
    SITUATIONS[reason](family.account)
    if reason == Reason.CLOSED:
        settings.PAYMENT_GATEWAY = ""
    family.account.refresh_from_db()
    payable = payable_of(family.account, payer=payer_of(family.account.access.get()))
    words = reason_words(payable)
    assert words is not None
    assert payable.reason == reason
    html = page(client, family.user)
    for said in (words.title, words.text, words.next_step):
        assert str(said) in html
    assert 'aria-disabled="true"' in html
    assert reverse("billing:pay", kwargs={"account": family.account.pk}) not in html


@pytest.mark.parametrize("reason", [Reason.NOT_YOURS, Reason.GUARANTOR_NEEDED])
def test_what_somebody_else_has_to_pay_is_not_called_owed(client, family, reason):
    SITUATIONS[reason](family.account)
    html = page(client, family.user)
    assert '<p class="amount">$0.00</p>' in html
    assert "<dd>$194.96</dd>" in html


def test_estate_is_spoken_to_gently_and_can_be_paid(client, family):
    _set(family.account, standing=Standing.ESTATE)
    html = page(client, family.user)
    assert "Estate of Maya Alvarez" in html
    assert "We are sorry for your loss." in html
    assert ">Pay Now</a>" in html


def test_staff_have_no_bills(client, family):
    family.user.is_staff = True
    family.user.save()
    client.force_login(family.user)
    response = client.get(URL)
    assert response.status_code == 302 or b"194.96" not in response.content


def test_cost_does_not_grow_with_accounts_or_visits(client, family):
    client.force_login(family.user)
    client.get(URL)  # the session's first page writes
    one = cost_of(lambda: client.get(URL))
    for number in range(19):
        account = AccountFactory(guarantor=family.account.guarantor)
        AccessFactory(user=family.user, account=account)
        patient = PatientFactory()
        GrantFactory(user=family.user, patient=patient, kind=Grant.Kind.PARENT)
        VisitFactory(account=account, patient=patient, owed_cents=100 + number, service_date="2026-10-01")
        VisitFactory(account=family.account, patient=patient, pending_cents=100 + number)
    assert cost_of(lambda: client.get(URL)) == one <= BUDGET


def test_unfinished_attempts_change_nothing(client, family):
    AttemptFactory(account=family.account, state=PaymentAttempt.State.OPEN)
    assert '<p class="amount">$194.96</p>' in page(client, family.user)
