import re
from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import ActivationCode
from records.access.log import AccessLogEntry
from records.access.models import User
from tests.factories.records import GrantFactory, PatientFactory
from tests.portal.accounts.conftest import Issued

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "/admin/portal/activationcode/"


@pytest.fixture
def admin(client: Client, protected_staff: User) -> Client:
    client.force_login(protected_staff)
    return client


def test_issued_code_is_shown_once_and_works(admin: Client) -> None:
    patient = PatientFactory()
    page = admin.post(f"{LIST}add/", {"patient": str(patient.pk)})
    found = re.search(r"<code>([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})</code>", page.content.decode())
    assert found
    row = ActivationCode.objects.get()
    assert found[1] not in admin.get(LIST).content.decode()
    assert found[1] not in admin.get(f"{LIST}{row.pk}/change/").content.decode()
    answers = {"code": found[1], "birth_date": patient.birth_date.isoformat()}
    assert Client().post("/activate/", answers).status_code == 302


def test_record_that_is_taken_gets_no_code(admin: Client) -> None:
    page = admin.post(f"{LIST}add/", {"patient": str(GrantFactory().patient.pk)})
    assert b"signed up for this record already" in page.content
    assert not ActivationCode.objects.exists()


def test_selected_codes_are_revoked(admin: Client, issue: Callable[..., Issued]) -> None:
    rows = [issue().row, issue().row]
    admin.post(LIST, {"action": "revoke_selected", "_selected_action": [str(row.pk) for row in rows]})
    assert ActivationCode.objects.filter(revoked_at__isnull=False).count() == 2


def test_codes_are_neither_edited_nor_deleted(admin: Client, issue: Callable[..., Issued]) -> None:
    row = issue().row
    assert admin.post(f"{LIST}{row.pk}/change/", {"patient": str(PatientFactory().pk)}).status_code == 403
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ActivationCode.objects.get().patient_id == row.patient_id


def test_opening_a_code_is_in_the_access_log(admin: Client, issue: Callable[..., Issued]) -> None:
    row = issue().row
    admin.get(f"{LIST}{row.pk}/change/")
    assert AccessLogEntry.objects.filter(patient_id=row.patient_id, kind="record").exists()
