import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from messaging.conversations import handling
from messaging.models import Message, ReplyTemplate
from records.models import DiagnosticReport, StoredFile
from tests.factories.messaging import ConversationFactory, PoolFactory, StoredFileFactory
from tests.factories.records import PatientFactory
from tests.records.documents.files import samples

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def url(office, button="answer"):
    return reverse(f"admin:messaging_conversation_{button}", args=[office.conversation.pk])


def typed(client, office, **fields):
    page = client.get(url(office))
    return {"once": page.context["form"].initial["once"], "body": "Rest it for two days.", **fields}


def report_of(patient, **fields):
    now = timezone.now()
    values = {"status": "final", "text": "Blood count", "category": "laboratory", "released_at": now} | fields
    return DiagnosticReport.objects.create(patient=patient, effective_start=now, **values)


def answers():
    return Message.objects.filter(author_kind="staff")


def test_begin_holds_it_and_leads_to_writing(nurse_client, office):
    response = nurse_client.post(url(office, "begin"))
    assert response.url == url(office)
    office.conversation.refresh_from_db()
    assert (office.conversation.answering_by, office.conversation.progress) == (office.nurse, "answering")


def test_nothing_is_sent_before_the_review(nurse_client, office):
    page = nurse_client.post(url(office), typed(nurse_client, office))
    assert "Is this right?" in page.text
    assert "Maya Alvarez" in page.text
    assert not answers().exists()


def test_confirmed_answer_is_sent_once(nurse_client, office):
    data = typed(nurse_client, office, confirm="yes")
    assert nurse_client.post(url(office), data).status_code == 302
    assert nurse_client.post(url(office), data).status_code == 302
    message = answers().get()
    assert (message.body, message.author, message.author_name) == (
        "Rest it for two days.", office.nurse, "Nora Lindqvist",
    )  # fmt: skip
    office.conversation.refresh_from_db()
    assert (office.conversation.state, office.conversation.answering_by) == ("you", None)


def test_second_window_with_other_words_is_told_that_nothing_was_sent(nurse_client, office):
    data = typed(nurse_client, office, confirm="yes")
    nurse_client.post(url(office), data)
    page = nurse_client.post(url(office), data | {"body": "Something else"})
    assert page.status_code == 409
    assert "Something else" in page.text
    assert answers().count() == 1


def test_change_something_keeps_what_was_typed(nurse_client, office):
    page = nurse_client.post(url(office), typed(nurse_client, office, change="yes"))
    assert "Rest it for two days." in page.text
    assert "Is this right?" not in page.text


def test_colleague_cannot_answer_while_somebody_does(nurse_client, client, office):
    data = typed(nurse_client, office, confirm="yes")
    handling.begin_answering(conversation_id=office.conversation.pk, by=office.colleague, at=timezone.now())
    page = nurse_client.post(url(office), data)
    assert page.status_code == 409
    assert "Otto Berg is answering" in page.text
    assert "Rest it for two days." in page.text
    assert not answers().exists()


def test_hold_that_ran_out_is_nobodys(nurse_client, office):
    then = timezone.now() - handling.ANSWERING
    handling.begin_answering(conversation_id=office.conversation.pk, by=office.colleague, at=then)
    assert nurse_client.post(url(office), typed(nurse_client, office, confirm="yes")).status_code == 302


def test_template_is_filled_in_below_what_is_written(nurse_client, office):
    template = ReplyTemplate.objects.create(
        pool=office.pool, name="Thanks", body="Dear {patient_first_name},\nthank you.\n{staff_name}"
    )
    page = nurse_client.post(url(office), typed(nurse_client, office, template=template.pk, fill="yes", body="First"))
    assert page.context["form"].initial["body"] == "First\n\nDear Maya,\nthank you.\nNora Lindqvist"
    assert not answers().exists()


def test_template_of_another_pool_is_not_offered(nurse_client, office):
    other = ReplyTemplate.objects.create(pool=PoolFactory(), name="Secret", body="Secret")
    page = nurse_client.post(url(office), typed(nurse_client, office, template=other.pk, fill="yes", body=""))
    assert "Secret" not in page.context["form"].initial["body"]


def test_answer_points_at_results_of_this_patient_alone(nurse_client, office):
    own, other = report_of(office.conversation.patient), report_of(PatientFactory())
    unreleased = report_of(office.conversation.patient, released_at=None)
    for wrong in (other, unreleased):
        page = nurse_client.post(url(office), typed(nurse_client, office, reports=[wrong.pk], confirm="yes"))
        assert page.status_code == 422
    nurse_client.post(url(office), typed(nurse_client, office, reports=[own.pk], confirm="yes"))
    assert list(answers().get().reports.all()) == [own]


def test_empty_answer_is_refused(nurse_client, office):
    page = nurse_client.post(url(office), {"once": uuid.uuid4(), "body": " ", "confirm": "yes"})
    assert page.status_code == 422
    assert "Write your answer." in page.text


def upload(data=b"Rest, ice, walk.", name="plan.txt"):
    return SimpleUploadedFile(name, data)


def reviewed(client, office, *files, **fields):
    """The review page after these files were added."""
    page = client.post(url(office), typed(client, office, files=list(files), **fields))
    assert page.status_code == 200, page.text
    return page


def kept(page):
    return [str(file.pk) for file in page.context["files"]]


def test_file_is_taken_in_shown_at_the_review_and_goes_with_the_answer(nurse_client, client, office):
    page = reviewed(nurse_client, office, upload())
    assert "Is this right?" in page.text and "plan.txt" in page.text
    data = typed(nurse_client, office, confirm="yes", kept=kept(page))
    for _press in range(2):
        assert nurse_client.post(url(office), data).status_code == 302
    stored = answers().get().files.get()
    assert (stored.name, stored.uploaded_by, stored.patient) == ("plan.txt", office.nurse, office.conversation.patient)
    Message.objects.update(visible_at=timezone.now())
    client.force_login(office.patient_user)
    ids = {"patient": office.conversation.patient_id, "conversation": office.conversation.pk}
    response = client.get(reverse("messaging:file", kwargs={**ids, "file": stored.pk}))
    assert response.getvalue() == b"Rest, ice, walk."


def test_file_that_is_no_picture_pdf_or_text_is_refused_by_name_and_the_rest_is_kept(nurse_client, office):
    data = typed(nurse_client, office, files=[upload(), upload(samples.SVG, "bad.svg")])
    page = nurse_client.post(url(office), data)
    assert page.status_code == 422
    assert "“bad.svg”: We take photos" in page.text
    assert "Rest it for two days." in page.text
    assert [file.name for file in page.context["files"]] == ["plan.txt"]


def test_place_and_camera_are_taken_out_of_a_photo_of_staff(nurse_client, office):
    page = reviewed(nurse_client, office, upload(samples.photo_with_place(), "knee.jpg"))
    assert b"Exif" not in page.context["files"][0].content.read()


def test_scanner_that_is_down_lets_no_file_of_staff_in(nurse_client, office, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    page = nurse_client.post(url(office), typed(nurse_client, office, files=[upload()]))
    assert page.status_code == 422
    assert "cannot be checked for viruses" in page.text
    assert not StoredFile.objects.exists()


def test_file_can_be_taken_out_again_and_added_to_over_many_steps(nurse_client, office):
    first = kept(reviewed(nurse_client, office, upload(name="one.txt")))
    both = reviewed(nurse_client, office, upload(name="two.txt"), kept=first)
    assert [file.name for file in both.context["files"]] == ["one.txt", "two.txt"]
    page = nurse_client.post(url(office), typed(nurse_client, office, kept=kept(both), remove=first[0], body=""))
    assert page.status_code == 200
    assert [file.name for file in page.context["files"]] == ["two.txt"]
    assert "Is this right?" not in page.text


def test_template_put_in_keeps_the_files(nurse_client, office):
    first = kept(reviewed(nurse_client, office, upload()))
    page = nurse_client.post(url(office), typed(nurse_client, office, kept=first, fill="yes"))
    assert kept(page) == first
    assert f'name="kept" value="{first[0]}"' in page.text


def test_only_so_many_files_go_with_an_answer(nurse_client, office, settings):
    settings.FILES_PER_MESSAGE = 2
    page = nurse_client.post(
        url(office), typed(nurse_client, office, files=[upload(name=f"{number}.txt") for number in range(3)])
    )
    assert page.status_code == 422
    assert "“2.txt”: A message takes 2 files at most." in page.text
    many = [str(StoredFileFactory(uploaded_by=office.nurse, patient=office.conversation.patient).pk) for _ in range(3)]
    nurse_client.post(url(office), typed(nurse_client, office, kept=many, confirm="yes"))
    assert not answers().exists()


def test_file_of_a_colleague_or_about_somebody_else_cannot_be_named(nurse_client, office):
    patient = office.conversation.patient
    of_colleague = StoredFileFactory(uploaded_by=office.colleague, patient=patient)
    of_another = StoredFileFactory(uploaded_by=office.nurse, patient=PatientFactory())
    for pk in (of_colleague.pk, of_another.pk, "x", "\0"):
        data = typed(nurse_client, office, kept=[pk], confirm="yes")
        assert nurse_client.post(url(office), data).status_code in (200, 422)
    assert not answers().exists()


def test_second_window_with_another_file_is_told_that_nothing_was_sent(nurse_client, office):
    data = typed(nurse_client, office, confirm="yes")
    other = kept(reviewed(nurse_client, office, upload()))
    assert nurse_client.post(url(office), data).status_code == 302
    page = nurse_client.post(url(office), {**data, "kept": other})
    assert page.status_code == 409
    assert kept(page) == other
    assert answers().get().files.count() == 0


def test_no_file_is_taken_in_while_a_colleague_answers(nurse_client, office):
    data = typed(nurse_client, office, files=[upload()])
    handling.begin_answering(conversation_id=office.conversation.pk, by=office.colleague, at=timezone.now())
    assert nurse_client.post(url(office), data).status_code == 409
    assert not StoredFile.objects.exists()


def test_guest_is_answered_with_a_file(nurse_client, office):
    office.conversation = ConversationFactory(
        patient=None, guest_name="Gus", guest_email="gus@example.org", topic="technical", pool=office.pool
    )
    page = reviewed(nurse_client, office, upload())
    nurse_client.post(url(office), typed(nurse_client, office, confirm="yes", kept=kept(page)))
    assert [file.patient for file in answers().get().files.all()] == [None]
