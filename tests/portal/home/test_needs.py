"""What the first page says of bills."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger.choices import AccessRole, AccountKind, Standing
from portal.home import needs
from tests.factories.appointments import AppointmentFactory, WaitlistOfferFactory, next_morning
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory
from tests.factories.records import GrantFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def _bill(user, cents: int = 428_16, *, role: str = AccessRole.GUARANTOR, **account):
    bill = AccountFactory(**account)
    AccessFactory(user=user, account=bill, role=role)
    VisitFactory(account=bill, owed_cents=cents)
    return bill


def test_bill_that_can_be_paid_waits_with_its_amount(client):
    user = UserFactory()
    account = _bill(user)
    client.force_login(user)
    html = client.get("/home/").content.decode()
    assert "$428.16" in html
    assert reverse("billing:account", kwargs={"account": account.pk}) in html


def test_estates_bill_names_the_estate():
    user = UserFactory()
    account = _bill(user, standing=Standing.ESTATE)
    (need,) = needs.of(user, [], timezone.now())
    assert need.text == account.addressee


@pytest.mark.parametrize(
    "account",
    [
        {"role": AccessRole.PAYER_AMOUNTS},
        {"kind": AccountKind.WORKERS_COMPENSATION},
        {"standing": Standing.AGENCY},
        {"cents": 0},
    ],
    ids=["somebody else's", "not theirs to pay", "with an agency", "nothing owed"],
)
def test_bill_that_is_not_theirs_to_pay_now_is_no_need(account):
    user = UserFactory()
    _bill(user, **account)
    assert needs.of(user, [], timezone.now()) == []


def test_earlier_time_that_is_offered_comes_before_what_is_ahead(client):
    grant = GrantFactory()
    soon = AppointmentFactory(patient=grant.patient, starts_at=next_morning(2), visit_type__name="Check-up")
    AppointmentFactory(patient=grant.patient, starts_at=next_morning(20), visit_type__name="Far away")
    offer = WaitlistOfferFactory(entry__appointment__patient=grant.patient)
    client.force_login(grant.user)
    html = client.get("/home/").content.decode()
    offered = html.index(f"/appointments/offers/{offer.pk}/")
    assert offered < html.index(f"/appointments/{soon.pk}/")
    assert "Check in ahead" in html
    assert "Far away" not in html


def test_confidential_appointment_is_nobodys_need_but_the_patients(client):
    sensitive = AppointmentFactory(starts_at=next_morning(2), is_sensitive=True, visit_type__name="Private talk")
    proxy = GrantFactory(patient=sensitive.patient, kind="proxy", permissions=["appointments"])
    client.force_login(proxy.user)
    assert "Private talk" not in client.get("/home/").content.decode()


def test_who_may_only_look_is_not_asked_to_act(client):
    soon = AppointmentFactory(starts_at=next_morning(2), visit_type__name="Check-up")
    WaitlistOfferFactory(entry__appointment__patient=soon.patient)
    proxy = GrantFactory(patient=soon.patient, kind="proxy", permissions=["appointments"])
    client.force_login(proxy.user)
    html = client.get("/home/").content.decode()
    assert "Check-up" in html
    assert "Check in ahead" not in html
    assert "/offers/" not in html


def test_offer_is_not_crowded_out_by_what_is_ahead(client):
    grant = GrantFactory()
    for hour in range(needs.MOST + 1):
        AppointmentFactory(patient=grant.patient, starts_at=next_morning(2, 9 + hour))
    offer = WaitlistOfferFactory(
        entry__appointment__patient=grant.patient, entry__appointment__starts_at=next_morning(30)
    )
    client.force_login(grant.user)
    assert f"/appointments/offers/{offer.pk}/" in client.get("/home/").content.decode()
