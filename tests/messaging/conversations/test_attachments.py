"""Files on their way with a message: added, refused, removed, sent, and read by those who may."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from messaging.conversations import attachments
from messaging.models import Conversation, Draft, Message
from records.models import StoredFile
from tests.factories.messaging import StoredFileFactory
from tests.factories.records import GrantFactory
from tests.messaging.conversations.steps import ask, hidden, reply, send, url
from tests.records.documents.files import samples

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def maya(client: Client, family):
    client.force_login(family.user)
    client.post(url("new", family.maya), {"topic": "form"})
    return family.maya


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def write(client, patient, *files, **fields):
    return client.post(
        url("write", patient), {"subject": "A form", "body": "Please sign it.", "files": list(files), **fields}
    )


def attached(client, patient, *files) -> Conversation:
    """A conversation that was sent with these files."""
    assert write(client, patient, *files).status_code == 302
    response = send(client, patient, client.get(url("review", patient)).text)
    return Conversation.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])


def test_files_go_with_the_message_and_come_back_as_downloads_that_nothing_runs(client, maya):
    conversation = attached(client, maya, upload(samples.PDF, "form.pdf"), upload(b"a note", "note.txt"))
    stored = {file.name: file for file in conversation.messages.get().files.all()}
    assert set(stored) == {"form.pdf", "note.txt"}
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    assert "form.pdf" in page
    response = client.get(url("file", maya, conversation=conversation.pk, file=stored["note.txt"].pk))
    assert response.getvalue() == b"a note"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="note.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store"


def test_files_have_no_other_address(client, maya):
    stored = attached(client, maya, upload(b"a note", "note.txt")).messages.get().files.get()
    for guess in (f"/{stored.content.name}", f"/media/{stored.content.name}", f"/static/{stored.content.name}"):
        assert client.get(guess).status_code == 404


def test_refused_file_is_named_and_nothing_typed_or_added_is_lost(client, maya):
    response = write(client, maya, upload(samples.PDF, "good.pdf"), upload(samples.SVG, "bad.svg"))
    assert response.status_code == 422
    assert "“bad.svg”: We take photos" in response.text
    assert "Please sign it." in response.text and "good.pdf" in response.text
    assert write(client, maya).status_code == 302
    assert "good.pdf" in client.get(url("review", maya)).text


def test_only_so_many_files_are_taken(client, maya, settings):
    settings.FILES_PER_MESSAGE = 2
    response = write(client, maya, *(upload(b"text", f"{number}.txt") for number in range(3)))
    assert response.status_code == 422
    assert "“2.txt”: A message takes 2 files at most." in response.text
    assert len(Draft.objects.get().content["files"]) == 2


def test_file_that_is_too_large_is_named_and_never_stored(client, maya, settings):
    settings.FILE_MAX_BYTES = 1_000_000
    response = write(client, maya, upload(b"a" * 1_200_000, "huge.txt"), upload(b"small", "small.txt"))
    assert response.status_code == 422
    assert "“huge.txt”: This file is larger than 1 MB." in response.text
    assert [file.name for file in StoredFile.objects.all()] == ["small.txt"]


def test_request_larger_than_every_file_together_is_not_read(client, maya, settings):
    settings.FILE_MAX_BYTES, settings.FILES_PER_MESSAGE = 1000, 1
    assert write(client, maya, upload(b"a" * 2_100_000, "huge.txt")).status_code == 400


def test_scanner_that_is_down_keeps_the_words_and_says_so(client, maya, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    response = write(client, maya, upload(b"harmless", "note.txt"))
    assert response.status_code == 422
    assert "cannot be checked for viruses" in response.text and "Please sign it." in response.text
    assert not StoredFile.objects.exists()
    assert write(client, maya).status_code == 302  # Without the file it can go.


def test_added_file_can_be_taken_out_again(client, maya):
    write(client, maya, upload(b"wrong one", "wrong.txt"), save="yes")
    pk = StoredFile.objects.get().pk
    assert write(client, maya, remove=str(pk)).status_code == 302
    assert "wrong.txt" not in client.get(url("write", maya)).text


def test_reply_takes_files_too_and_once(client, maya):
    conversation = ask(client, maya)
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    for _press in range(2):
        fields = {"once": hidden(page, "once"), "body": "Here it is.", "files": [upload(b"text", "scan.txt")]}
        assert client.post(url("reply", maya, conversation=conversation.pk), fields).status_code == 302
    assert conversation.messages.last().files.count() == 1
    assert StoredFile.objects.count() == 1


def test_taking_a_message_back_keeps_its_files_with_the_draft(client, maya):
    conversation = attached(client, maya, upload(b"text", "scan.txt"))
    client.post(url("undo", maya, conversation=conversation.pk))
    assert "scan.txt" in client.get(url("write", maya)).text


def test_file_is_its_authors_alone_until_others_can_see_the_message(client, family, maya):
    conversation = ask(client, maya)
    Conversation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    Message.objects.update(visible_at=timezone.now() - dt.timedelta(minutes=30))
    reply(client, conversation, "Here.", files=[upload(b"text", "scan.txt")])
    stored = StoredFile.objects.get()
    file_url = url("file", maya, conversation=conversation.pk, file=stored.pk)
    assert client.get(file_url).status_code == 200
    client.force_login(GrantFactory(patient=maya, kind="proxy").user)
    assert client.get(file_url).status_code == 404
    Message.objects.update(visible_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(file_url).status_code == 200


def test_file_of_another_conversation_is_not_found(client, family, maya):
    conversation, loose = ask(client, maya), StoredFileFactory(patient=maya)
    assert client.get(url("file", maya, conversation=conversation.pk, file=loose.pk)).status_code == 404


def test_draft_names_no_file_of_somebody_else(client, family, maya):
    theirs = StoredFileFactory(uploaded_by=family.teen, patient=maya, name="theirs.txt")
    write(client, maya, save="yes")
    Draft.objects.update(content={**Draft.objects.get().content, "files": [str(theirs.pk)]})
    assert "theirs.txt" not in client.get(url("write", maya)).text


def test_files_that_nothing_holds_are_thrown_away_after_a_day(client, family, maya):
    attached(client, maya, upload(b"sent", "sent.txt"))
    client.post(url("new", maya), {"topic": "form"})
    write(client, maya, upload(b"kept", "kept.txt"), save="yes")
    StoredFileFactory(name="loose.txt")
    StoredFile.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    assert attachments.throw_away_unheld(timezone.now()) == 1
    assert set(StoredFile.objects.values_list("name", flat=True)) == {"sent.txt", "kept.txt"}


def test_draft_names_no_file_about_another_patient(client, family, maya):
    about_sofia = StoredFileFactory(uploaded_by=family.user, patient=family.sofia, name="sofia.txt")
    write(client, maya, save="yes")
    Draft.objects.update(content={**Draft.objects.get().content, "files": [str(about_sofia.pk)]})
    assert "sofia.txt" not in client.get(url("write", maya)).text


def test_second_window_with_a_file_is_told_that_the_file_was_not_sent(client, maya):
    conversation = ask(client, maya)
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    fields = {"once": hidden(page, "once"), "body": "Here it is."}
    address = url("reply", maya, conversation=conversation.pk)
    assert client.post(address, fields).status_code == 302
    second = client.post(address, fields | {"files": [upload(b"text", "scan.txt")]})
    assert second.status_code == 409
    assert "not sent yet" in second.text and "Here it is." in second.text
    assert conversation.messages.count() == 2 and conversation.messages.last().files.count() == 0
