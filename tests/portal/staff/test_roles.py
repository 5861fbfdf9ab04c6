import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.staff import roles
from records.access.models import AccessLogEntry
from tests.factories.records import PatientFactory
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def staff(client):
    """Signs in somebody in a role, with a second factor."""

    def sign_in(role):
        user = staff_in(role)
        client.force_login(user)
        return user

    return sign_in


@pytest.mark.parametrize(
    ("role", "opens", "refuses"),
    [
        ("Nurse", "records_condition", "billing_ledgerentry"),
        ("Clinician", "records_observation", "records_accesslogentry"),
        ("Front desk", "portal_activationcode", "records_condition"),
        ("Billing office", "billing_workitem", "records_condition"),
        ("Privacy officer", "records_accesslogentry", "billing_workitem"),
    ],
)
def test_role_opens_its_own_lists_and_no_others(client, staff, role, opens, refuses):
    staff(role)
    assert client.get(reverse(f"admin:{opens}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:{refuses}_changelist")).status_code == 403


def test_every_rule_names_a_permission_that_exists():
    roles.sync()
    for role, rules in roles.ROLES.items():
        wanted = {f"{action}_{model}" for action, _app, models in rules for model in models}
        assert set(Group.objects.get(name=role).permissions.values_list("codename", flat=True)) == wanted


def test_what_was_changed_by_hand_is_put_back():
    roles.sync()
    Group.objects.get(name="Nurse").permissions.clear()
    roles.sync()
    assert Group.objects.get(name="Nurse").permissions.exists()


def test_opened_patient_and_list_are_logged(client, staff):
    user = staff("Nurse")
    patient = PatientFactory()
    client.get(reverse("admin:records_patient_changelist"))
    client.get(reverse("admin:records_patient_change", args=[patient.pk]))
    opened, listed = AccessLogEntry.objects.order_by("-number")
    assert (opened.actor_id, opened.acting_as, opened.patient_id) == (user.pk, "staff", patient.pk)
    assert (listed.patient_id, listed.count) == (None, 1)
