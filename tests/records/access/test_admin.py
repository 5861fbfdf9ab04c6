"""Staff give access to a record by e-mail address, and see people by their names."""

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.models import Grant
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.staff import client_of, staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ADD = "admin:records_grant_add"


def data(**fields):
    now = timezone.localtime()
    return {
        "kind": "proxy",
        "permissions": ["messages", "results"],
        "starts_at_0": now.date().isoformat(),
        "starts_at_1": "08:00",
    } | fields


def test_front_desk_gives_access_by_the_address_somebody_signs_in_with():
    desk, user, patient = client_of("Front desk"), UserFactory(email="ana@example.org"), PatientFactory()
    wrong = desk.post(reverse(ADD), data(user="nobody@example.org", patient=patient.pk)).content.decode()
    assert "Nobody signs in with this address." in wrong
    assert desk.post(reverse(ADD), data(user=" Ana@Example.org", patient=patient.pk)).status_code == 302
    grant = Grant.objects.get()
    assert (grant.user, grant.patient, grant.permissions) == (user, patient, ["messages", "results"])


def test_access_stays_whose_it_is():
    grant, other = GrantFactory(user__full_name="Maya Alvarez"), UserFactory()
    change = reverse("admin:records_grant_change", args=[grant.pk])
    desk = client_of("Front desk")
    page = desk.get(change).content.decode()
    assert f"Maya Alvarez ({grant.user.email})" in page
    assert "/admin/records/user/" not in page
    assert desk.post(change, data(user=other.email, patient=PatientFactory().pk)).status_code == 302
    kept = Grant.objects.get()
    assert (kept.user, kept.patient, kept.permissions) == (grant.user, grant.patient, ["messages", "results"])


def test_what_cannot_be_permitted_is_refused():
    desk, user = client_of("Front desk"), UserFactory()
    sent = data(user=user.email, patient=PatientFactory().pk, permissions=["everything"])
    assert desk.post(reverse(ADD), sent).status_code == 200
    assert not Grant.objects.exists()


def test_nobody_is_deleted_and_staff_are_chosen_by_name(client):
    client.force_login(staff_in("Nurse", is_superuser=True, full_name="Nora Lindqvist"))
    user = UserFactory()
    assert client.post(reverse("admin:records_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    assert "Nora Lindqvist" in client.get(reverse("admin:messaging_absence_add")).content.decode()
