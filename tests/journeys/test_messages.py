"""Somebody asks, the clinic answers, they are told, write again and close; with and without scripts."""

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from messaging.conversations import actions
from messaging.conversations.states import Author
from messaging.models import Conversation, Draft, Pool, RoutingRule
from records.access.models import Grant
from records.hours.models import OpeningHours
from tests.factories.messaging import PoolFactory, RuleFactory
from tests.factories.records import GrantFactory, UserFactory
from tests.journeys.steps import sign_in
from tests.records.documents.files import samples

type CheckPage = Callable[[Page], None]


@pytest.fixture
def maya(live_server: object) -> Grant:
    """Maya, the nurses who answer within two business days, and hours of weekdays."""
    RoutingRule.objects.all().delete()
    pool = Pool.objects.filter(name="Nurses").first() or PoolFactory(name="Nurses")
    Pool.objects.filter(pk=pool.pk).update(may_be_billed=True, described_as="The nurses of your care team")
    RuleFactory(pool=pool)
    for day in range(5):
        OpeningHours.objects.get_or_create(weekday=day, defaults={"opens_at": "08:00", "closes_at": "18:00"})
    return GrantFactory(patient__given="Maya", patient__family="Alvarez", user__full_name="Maya Alvarez")


def as_if_minutes_passed(conversation: Conversation) -> None:
    """Nobody waits in a test: the question was asked ten minutes ago."""
    earlier = timezone.now() - dt.timedelta(minutes=10)
    conversation.messages.update(sent_at=earlier, visible_at=earlier + actions.UNDO)
    conversation.read_marks.update(read_at=earlier)
    Conversation.objects.filter(pk=conversation.pk).update(created_at=earlier, last_message_at=earlier)


def answer(conversation: Conversation, body: str) -> None:
    """What the staff's page does."""
    nurse = UserFactory(is_staff=True, full_name="Nora Lindqvist")
    writer = actions.Writer(Author.STAFF, nurse.full_name, nurse)
    two_minutes_ago = timezone.now() - dt.timedelta(minutes=2)
    actions.reply(conversation_id=conversation.pk, writer=writer, body=body, once=uuid.uuid4(), at=two_minutes_ago)


def test_question_is_asked_answered_told_and_closed(page: Page, check_page: CheckPage, maya: Grant) -> None:
    sign_in(page, maya.user)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Messages").click()
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="To Maya Alvarez’s care team").click()

    # A topic first; without one the page says so.
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)
    page.get_by_label("A new symptom").check()
    page.get_by_role("button", name="Next").click()

    # Who reads it, by when, what it may cost, and what to do in an emergency; what is typed is kept by itself.
    expect(page.get_by_text("The nurses of your care team")).to_be_visible()
    expect(page.get_by_text("It may be billed")).to_be_visible()
    check_page(page)
    page.get_by_label("Subject").fill("My knee")
    page.get_by_label("Your message").fill("It hurts when I climb stairs.")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    assert Draft.objects.get().content["body"] == "It hurts when I climb stairs."
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("It hurts when I climb stairs.")

    # Words of danger are answered to, but stop nobody.
    page.get_by_label("Your message").fill("It hurts when I climb stairs, and I have chest pain.")
    page.get_by_label("Photos or documents").set_input_files(
        {"name": "knee.jpg", "mimeType": "image/jpeg", "buffer": samples.photo_with_place()}
    )
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_role("alert")).to_contain_text("Please do not wait for an answer")
    expect(page.get_by_text("knee.jpg")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Your message").fill("It hurts when I climb stairs.")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick this first")
    check_page(page)
    page.get_by_label(re.compile("may be billed")).check()
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    check_page(page)
    conversation = Conversation.objects.get()
    assert conversation.messages.count() == 1

    # The clinic answers; the mail says that, and nothing more.
    as_if_minutes_passed(conversation)
    answer(conversation, "Rest it for two days, then walk on flat ground.")
    mail.outbox.clear()
    call_command("work", once=True)
    (told,) = [message for message in mail.outbox if maya.user.email in message.to]
    assert "new message" in told.subject and "knee" not in str(told.message()).lower()

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Messages").click()
    expect(page.get_by_text("Unread", exact=True)).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="My knee").click()
    expect(page.get_by_text("walk on flat ground")).to_be_visible()
    check_page(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="knee.jpg").click()
    assert download.value.suggested_filename == "knee.jpg"

    page.get_by_label("Your message").fill("Thank you, that helps!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Thank you, that helps!")).to_be_visible()
    page.get_by_role("button", name="Close this conversation").click()
    expect(page.get_by_role("heading", name="Write to open it again")).to_be_visible()
    check_page(page)


def test_everything_works_without_scripts(
    new_context: Callable[..., BrowserContext], base_url: str, maya: Grant
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, maya.user)
    page.goto(f"/patients/{maya.patient_id}/messages/new/")
    page.get_by_label("A medication").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Subject").fill("Two tablets")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved. Only you can see it.")).to_be_visible()
    page.get_by_label("Your message").fill("Can I take both at once?")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_label(re.compile("may be billed")).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("Can I take both at once?")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_label(re.compile("may be billed")).check()
    page.get_by_role("button", name="Send").click()
    conversation = Conversation.objects.standing().get()
    page.go_back()  # The review page again, in the browser's memory or asked anew.
    page.goto(f"/patients/{maya.patient_id}/messages/{conversation.pk}/")
    page.get_by_label("Your message").fill("One more thing.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("One more thing.")).to_be_visible()
    assert conversation.messages.count() == 2
