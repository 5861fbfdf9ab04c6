"""Files in the admin: read by who was given that, never changed, and every download is logged."""

import pytest
from django.urls import reverse

from portal.staff import roles
from records.access.models import AccessLogEntry
from tests.factories.messaging import StoredFileFactory
from tests.factories.records import PatientFactory
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "admin:records_storedfile_changelist"


@pytest.fixture
def stored(db):
    roles.sync()
    return StoredFileFactory(name="letter <b>.txt", patient=PatientFactory())


@pytest.fixture
def admin(client, stored):
    user = staff_in("Nurse", is_superuser=True)
    client.force_login(user)
    return user


def url(stored, page="download"):
    return reverse(f"admin:records_storedfile_{page}", args=[stored.pk])


def test_download_is_one_that_nothing_runs_and_is_logged_with_its_patient(client, admin, stored):
    response = client.get(url(stored))
    assert response.getvalue() == b"Dear school"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.actor_id, entry.kind, entry.patient_id) == (admin.pk, "file", stored.patient_id)
    assert entry.object_id == f"storedfile:{stored.pk}"


def test_page_names_the_file_and_its_title_does_not(client, admin, stored):
    page = client.get(url(stored, "change")).text
    assert "letter &lt;b&gt;.txt" in page and "letter <b>" not in page
    assert "letter" not in page[: page.index("</title>")]
    assert "letter" not in client.get(reverse(LIST)).text


def test_nothing_of_it_can_be_changed(client, admin, stored):
    assert client.get(reverse("admin:records_storedfile_add")).status_code == 403
    assert client.post(url(stored, "change"), {"name": "other"}).status_code == 403
    assert client.post(url(stored, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_no_role_reads_files_outside_their_conversations(client, stored, role):
    client.force_login(staff_in(role))
    assert [client.get(page).status_code for page in (reverse(LIST), url(stored, "change"), url(stored))] == [403] * 3


def test_file_that_is_gone_is_not_found(client, admin, stored):
    gone = url(stored)
    stored.delete()
    assert client.get(gone).status_code == 404
