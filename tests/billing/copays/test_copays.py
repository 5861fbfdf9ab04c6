import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import ExpectedCopay
from records.models import CheckInAnswer
from tests.factories.appointments import AppointmentFactory
from tests.factories.records import GrantFactory
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_copay_is_a_step_only_where_one_is_expected(client: Client) -> None:
    grant = GrantFactory()
    client.force_login(grant.user)
    appointment = AppointmentFactory(patient=grant.patient)
    ids = {"patient": grant.patient.pk, "appointment": appointment.pk}
    steps = reverse("records:check_in", kwargs=ids)
    copay = reverse("records:check_in_step", kwargs={**ids, "step": "copay"})
    assert "Copay" not in client.get(steps).content.decode()
    assert client.get(copay)["Location"] == steps
    ExpectedCopay.objects.create(appointment=appointment, amount_cents=25_00)
    assert "$25.00" in client.get(copay).content.decode()
    client.post(copay, {})
    assert CheckInAnswer.objects.get(step="copay").outcome == "verified"


@pytest.mark.parametrize(("typed", "cents"), [("25", 25_00), ("25.50", 25_50), ("0", None), ("-5", None), ("x", None)])
def test_front_desk_enters_dollars(typed: str, cents: int | None) -> None:
    appointment = AppointmentFactory()
    staff = client_of("Front desk")
    staff.post(reverse("admin:billing_expectedcopay_add"), {"appointment": appointment.pk, "amount": typed})
    assert [copay.amount_cents for copay in ExpectedCopay.objects.all()] == ([cents] if cents else [])


def test_desk_comes_from_the_appointment_and_finds_what_was_entered() -> None:
    appointment, staff = AppointmentFactory(), client_of("Front desk")
    add = f"{reverse('admin:billing_expectedcopay_add')}?appointment={appointment.pk}"
    assert add in staff.get(reverse("admin:records_appointment_change", args=[appointment.pk])).content.decode()
    assert str(appointment.pk) in staff.get(add).content.decode()
    kept = ExpectedCopay.objects.create(appointment=appointment, amount_cents=25_00)
    change = reverse("admin:billing_expectedcopay_change", args=[kept.pk])
    assert staff.get(add)["Location"] == change
    assert staff.get(reverse("admin:billing_expectedcopay_add") + "?appointment=x").status_code == 200
    seen = client_of("Billing office").get(change).content.decode()
    assert "$25.00" in seen
    assert "/admin/records/appointment/" not in seen


def test_nurse_enters_none() -> None:
    assert client_of("Nurse").get(reverse("admin:billing_expectedcopay_add")).status_code == 403


def test_copay_goes_along_when_the_appointment_is_moved(client: Client) -> None:
    grant = GrantFactory()
    client.force_login(grant.user)
    old = AppointmentFactory(patient=grant.patient, status="cancelled", cancelled_at=timezone.now())
    new = AppointmentFactory(patient=grant.patient, replaces=old, calendar_uid=old.calendar_uid, sequence=1)
    ExpectedCopay.objects.create(appointment=old, amount_cents=25_00)
    ids = {"patient": grant.patient.pk, "appointment": new.pk, "step": "copay"}
    copay = reverse("records:check_in_step", kwargs=ids)
    assert "$25.00" in client.get(copay).content.decode()
    ExpectedCopay.objects.create(appointment=new, amount_cents=40_00)
    assert "$40.00" in client.get(copay).content.decode()
