"""An answer points at documents of the record: who may open one is decided by the record, not by the message."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.models import Message
from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.models import DocumentReference
from tests.factories.records import GrantFactory, PatientFactory
from tests.messaging.inbox.conftest import message_of
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def document_of(patient, **fields):
    now = timezone.now()
    values = {"status": "current", "title": "Letter: for school", "content": "Dear school", "released_at": now}
    return DocumentReference.objects.create(patient=patient, effective_start=now, **values | fields)


def answer_url(office):
    return reverse("admin:messaging_conversation_answer", args=[office.conversation.pk])


def sent(client, office, *documents):
    page = client.get(answer_url(office))
    once = page.context["form"].initial["once"]
    data = {"once": once, "body": "See this.", "documents": [row.pk for row in documents], "confirm": "yes"}
    return client.post(answer_url(office), data)


@pytest.fixture
def pointed(office):
    """A message that is seen by all, and the document it points at."""
    message = message_of(office.conversation, "See this.", author_kind="staff", author=office.nurse)
    document = document_of(office.conversation.patient)
    message.documents.add(document)
    return document


def ids(office):
    return {"patient": office.conversation.patient_id, "conversation": office.conversation.pk}


def download(client, office, document):
    return client.get(reverse("messaging:document", kwargs={**ids(office), "document": document.pk}))


def thread(client, office):
    return client.get(reverse("messaging:thread", kwargs=ids(office)))


def test_document_of_this_patient_goes_with_the_answer(nurse_client, office):
    own = document_of(office.conversation.patient)
    assert "Letter: for school" in nurse_client.get(answer_url(office)).text
    assert sent(nurse_client, office, own).status_code == 302
    assert list(Message.objects.get(author_kind="staff").documents.all()) == [own]
    shown = nurse_client.get(reverse("admin:messaging_conversation_change", args=[office.conversation.pk]))
    assert "Document: Letter: for school" in shown.text


@pytest.mark.parametrize(
    "fields",
    [{"released_at": None}, {"status": "superseded"}, {"entered_in_error": True}, {"content": ""}],
    ids=["unreleased", "superseded", "in-error", "empty"],
)
def test_document_that_patients_could_not_open_is_not_offered(nurse_client, office, fields):
    document_of(office.conversation.patient, title="Fine")
    row = document_of(office.conversation.patient, **fields)
    assert "Letter: for school" not in nurse_client.get(answer_url(office)).text
    assert sent(nurse_client, office, row).status_code == 422


def test_document_of_another_patient_is_refused(nurse_client, office):
    document_of(office.conversation.patient, title="Fine")
    assert sent(nurse_client, office, document_of(PatientFactory())).status_code == 422
    assert not Message.objects.filter(author_kind="staff").exists()


def test_role_that_sees_no_documents_can_point_at_none_and_reads_no_titles(client, office, pointed):
    desk = staff_in("Front desk")
    office.pool.members.add(desk)
    client.force_login(desk)
    assert "Point at documents" not in client.get(answer_url(office)).text
    sent(client, office, pointed)
    assert not Message.objects.filter(author=desk, documents__isnull=False).exists()
    shown = client.get(reverse("admin:messaging_conversation_change", args=[office.conversation.pk])).text
    assert "Document: –" in shown and "Letter: for school" not in shown


def test_patient_downloads_it_as_text_under_a_clean_name(client, office, pointed):
    client.force_login(office.patient_user)
    assert "Letter: for school" in thread(client, office).text
    response = download(client, office, pointed)
    assert response.text == "Dear school"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="Letter_ for school.txt"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_proxy_without_documents_reads_the_message_and_no_title(client, office, pointed):
    proxy = GrantFactory(
        patient=office.conversation.patient, kind=Grant.Kind.PROXY, permissions=sorted(ALL - {Permission.DOCUMENTS})
    ).user
    client.force_login(proxy)
    page = thread(client, office).text
    assert "See this." in page and "Letter: for school" not in page
    assert download(client, office, pointed).status_code == 403


def test_sensitive_document_is_hidden_from_who_may_not_see_such_things(client, office, pointed):
    DocumentReference.objects.update(is_sensitive=True)
    proxy = GrantFactory(
        patient=office.conversation.patient, kind=Grant.Kind.PROXY, permissions=sorted(ALL - {Permission.SENSITIVE})
    ).user
    client.force_login(proxy)
    assert "Letter: for school" not in thread(client, office).text
    assert download(client, office, pointed).status_code == 404


@pytest.mark.parametrize("fields", [{"released_at": None}, {"entered_in_error": True}], ids=["held-back", "in-error"])
def test_document_that_was_taken_out_of_the_record_is_gone_from_the_message(client, office, pointed, fields):
    DocumentReference.objects.update(**fields)
    client.force_login(office.patient_user)
    assert "Letter: for school" not in thread(client, office).text
    assert download(client, office, pointed).status_code == 404


def test_document_that_no_message_points_at_or_not_yet_is_not_found(client, office, pointed):
    client.force_login(office.patient_user)
    assert download(client, office, document_of(office.conversation.patient)).status_code == 404
    Message.objects.filter(documents=pointed).update(visible_at=timezone.now() + dt.timedelta(minutes=1))
    assert download(client, office, pointed).status_code == 404
