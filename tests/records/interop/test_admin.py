import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from django.urls import reverse

from records.models import ImportBatch, Patient
from tests.factories import fhir
from tests.factories.records import UserFactory
from tests.records.interop.conftest import Import

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    user = UserFactory(is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    return client


def test_staff_see_what_became_of_a_file(staff: Client, bring_in: Import) -> None:
    broken = fhir.condition("c2", onsetDateTime="never")
    bring_in(fhir.patient(), fhir.condition(), broken, {"resourceType": "Provenance", "id": "x"})
    listing = staff.get(reverse("admin:records_importbatch_changelist")).content.decode()
    assert "bundle.json" in listing
    page = staff.get(reverse("admin:records_importbatch_change", args=[ImportBatch.objects.get().pk])).content.decode()
    assert "This is not a date." in page
    assert '<th scope="row">Condition</th><td>2</td><td>1</td><td>0</td><td>0</td><td>0</td><td>1</td>' in page
    assert "Who sent a record is kept with the batch." in page


def test_batches_cannot_be_changed(staff: Client, bring_in: Import) -> None:
    bring_in(fhir.patient())
    batch = ImportBatch.objects.get()
    assert (
        staff.post(reverse("admin:records_importbatch_change", args=[batch.pk]), {"file_name": "x"}).status_code == 403
    )
    assert staff.get(reverse("admin:records_importbatch_delete", args=[batch.pk])).status_code == 403
    assert staff.get(reverse("admin:records_importbatch_add")).status_code == 403


@pytest.mark.parametrize("model", ["condition", "observation", "documentreference", "coverage", "patient"])
def test_staff_can_list_rows_and_open_one(staff: Client, bring_in: Import, model: str) -> None:
    coverage = {"resourceType": "Coverage", "id": "v1", "status": "active", "beneficiary": fhir.SUBJECT}
    document = fhir.resource("DocumentReference", "d1", status="current", content=[])
    bring_in(fhir.patient(), fhir.condition(), fhir.lab(), document, coverage)
    assert staff.get(reverse(f"admin:records_{model}_changelist")).status_code == 200
    row = apps.get_model("records", model)._base_manager.get()
    page = staff.get(reverse(f"admin:records_{model}_change", args=[row.pk])).content.decode()
    assert str(row.pk) in page
    assert Patient.objects.get().family not in page.split("<title>")[1].split("</title>")[0]
