"""Staff answer in the admin what a patient asked; and a guest's case goes from the first word to the answer."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.conversations import actions
from messaging.conversations.actions import UNDO, Writer
from messaging.conversations.states import Author
from messaging.models import Conversation, Message, ReplyTemplate
from records.access.models import User
from records.models import DocumentReference
from tests.factories.messaging import RuleFactory
from tests.factories.records import GrantFactory
from tests.records.documents.files import samples
from tests.staff import staff_in

type EnterAs = Callable[[Page, User], None]
type CheckPage = Callable[[Page], None]


@pytest.fixture
def nurse(live_server: object) -> User:
    user = staff_in("Nurse", full_name="Nora Lindqvist")
    # Before every rule that an installation begins with.
    pool = RuleFactory(order=0, pool__name="Nurses of the journey").pool
    pool.members.add(user)
    ReplyTemplate.objects.create(pool=pool, name="Rest", body="Dear {patient_first_name},\n\nplease rest it.")
    return user


def asked(user: User, patient: Any) -> Conversation:
    fresh = Conversation(patient=patient, topic="symptom", subject="My knee")
    writer = Writer(Author.PATIENT, user.full_name, user)
    return actions.start(
        conversation=fresh,
        writer=writer,
        body="It hurts.\nSince Monday.",
        once=uuid.uuid4(),
        at=timezone.now() - 2 * UNDO,
    )


def minute_is_over() -> None:
    Message.objects.update(visible_at=timezone.now())


def test_staff_take_note_answer_and_close(page: Page, check_page: CheckPage, nurse: User, enter_as: EnterAs) -> None:
    grant: Any = GrantFactory(patient__given="Maya", patient__family="Alvarez")
    case = asked(grant.user, grant.patient)
    enter_as(page, nurse)
    page.goto("/admin/messaging/conversation/")
    check_page(page)
    page.get_by_role("link", name=case.number).click()
    expect(page.get_by_text("Since Monday.")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    page.get_by_role("textbox", name="Internal note").fill("Call her daughter first")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("Call her daughter first")).to_be_visible()

    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_label("Template").select_option(label="Rest")
    page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value("Dear Maya,\n\nplease rest it.")
    check_page(page)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not read yet")).to_be_visible()

    minute_is_over()
    enter_as(page, grant.user)
    page.goto(f"/patients/{grant.patient.pk}/messages/{case.pk}/")
    expect(page.get_by_text("please rest it.")).to_be_visible()
    expect(page.get_by_text("Call her daughter first")).to_have_count(0)

    enter_as(page, nurse)
    page.goto(f"/admin/messaging/conversation/{case.pk}/change/")
    expect(page.get_by_text(f"Read by {grant.user.full_name}")).to_be_visible()
    page.get_by_role("textbox", name="Reason").fill("Answered")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("Closed.").first).to_be_visible()
    page.goto("/admin/messaging/conversation/measures/")
    check_page(page)


def test_guest_writes_and_reads_the_answer_by_its_link(page: Page, check_page: CheckPage, nurse: User) -> None:
    page.goto("/contact/")
    page.get_by_role("main").get_by_role("link", name="Write to us").click()
    check_page(page)
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)
    page.get_by_label("Your name").fill("Gus Guest")
    page.get_by_label("Your e-mail address").fill("gus@example.org")
    page.get_by_label("What is it about?").select_option("technical")
    page.get_by_label("Your message").fill("The page stays white.")
    key = page.locator('input[name="captcha_0"]').input_value()
    page.get_by_label("Type the characters you see").fill(CaptchaStore.objects.get(hashkey=key).response)
    page.get_by_role("button", name="Send", exact=True).last.click()
    case = Conversation.objects.get(guest_email="gus@example.org")
    expect(page.get_by_text(case.number)).to_be_visible()
    check_page(page)

    writer = Writer(Author.STAFF, nurse.full_name, nurse)
    at = timezone.now() - 2 * UNDO
    actions.reply(conversation_id=case.pk, writer=writer, body="Try again now.", once=uuid.uuid4(), at=at)
    call_command("work", once=True)
    (path,) = re.findall(r"https?://\S+/contact/case/open/\S+", str(mail.outbox[-1].body))
    path = path.removeprefix(settings.PORTAL_URL)
    page.goto(path)
    check_page(page)
    page.get_by_role("button", name="Open my case").click()
    expect(page.get_by_text("Try again now.")).to_be_visible()
    check_page(page)
    page.get_by_label("Your message").fill("It works, thank you.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It works, thank you.")).to_be_visible()
    page.goto(path)
    expect(page.get_by_role("button", name="Send me a new link")).to_be_visible()
    check_page(page)


def test_clinic_writes_to_a_list_and_sees_who_has_read_it(
    page: Page, check_page: CheckPage, nurse: User, enter_as: EnterAs
) -> None:
    first, second = (
        GrantFactory(patient__mrn=mrn, patient__given=given, user__full_name=f"{given} Reader")
        for mrn, given in (("MRN-1", "Maya"), ("MRN-2", "Omar"))
    )
    enter_as(page, nurse)
    page.goto("/admin/messaging/conversation/")
    page.get_by_role("link", name="Write to patients").click()
    check_page(page)
    page.get_by_label("Or a list of them").set_input_files(
        {"name": "recall.csv", "mimeType": "text/csv", "buffer": b"MRN,Name\nMRN-1,Maya\nMRN-2,Omar\nMRN-9,Nobody\n"}
    )
    page.get_by_label("From").select_option(label="Nurses of the journey")
    page.get_by_label("Topic").select_option("follow_up")
    page.get_by_label("Subject").fill("Time for your flu shot")
    page.get_by_label("Message").fill("Dear {patient_first_name},\nplease call us.")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("It goes to 2 patients.")).to_be_visible()
    expect(page.get_by_text("1 number is no patient’s: MRN-9")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("sent to 0")).to_be_visible()
    receipts = page.url
    call_command("work", once=True)
    minute_is_over()
    Conversation.objects.update(created_at=timezone.now() - 2 * UNDO)
    page.reload()
    expect(page.get_by_text("sent to 2")).to_be_visible()
    expect(page.get_by_text("read by 0")).to_be_visible()
    check_page(page)

    enter_as(page, first.user)
    page.goto("/messages/")
    page.get_by_role("link", name="Time for your flu shot").click()
    expect(page.get_by_text("Dear Maya,")).to_be_visible()

    enter_as(page, nurse)
    page.goto(receipts)
    expect(page.get_by_text("read by 1")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("MRN-1")).get_by_text("Yes")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("MRN-2")).get_by_text("Not yet")).to_be_visible()
    assert Conversation.objects.get(patient=second.patient).read_marks.count() == 0


def test_staff_answer_with_a_file_and_a_document_of_the_record(
    page: Page, check_page: CheckPage, nurse: User, enter_as: EnterAs
) -> None:
    grant: Any = GrantFactory(patient__given="Maya", patient__family="Alvarez")
    now = timezone.now()
    DocumentReference.objects.create(
        patient=grant.patient, title="School letter", content="Dear school", status="current", released_at=now
    )
    case = asked(grant.user, grant.patient)
    enter_as(page, nurse)
    page.goto(f"/admin/messaging/conversation/{case.pk}/answer/")
    page.get_by_label("Your answer").fill("Here is your letter, and how to rest the knee.")
    page.get_by_label("School letter").check()
    page.get_by_label("Photos or documents").set_input_files(
        [
            {"name": "rest.txt", "mimeType": "text/plain", "buffer": b"Two days."},
            {"name": "bad.svg", "mimeType": "image/svg+xml", "buffer": samples.SVG},
        ]
    )
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("“bad.svg”: We take photos")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Remove.*rest.txt"))).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("Document of the record: School letter")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Document: School letter")).to_be_visible()
    check_page(page)

    minute_is_over()
    enter_as(page, grant.user)
    page.goto(f"/patients/{grant.patient.pk}/messages/{case.pk}/")
    check_page(page)
    for link, name in (("rest.txt", "rest.txt"), ("School letter", "School letter.txt")):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        assert download.value.suggested_filename == name
