"""Lists and threads: who sees which, what is unread, what they cost, and that nothing written in them runs or leaks."""

import datetime as dt
import logging

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.conversations import actions, handling
from messaging.conversations.states import Author
from messaging.models import Conversation, InternalNote, Message, ReadMark
from records.access.models import AccessLogEntry, Grant
from records.access.permissions import ALL, Permission
from records.models import DiagnosticReport, DocumentReference, Notification
from records.notifications import delivery
from tests.factories.messaging import ConversationFactory, MessageFactory, StoredFileFactory
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.messaging.conversations.steps import ask, begin, hidden, reply, url
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

POLYGLOTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ request.user.password }}{% debug %}",
    "</textarea><svg onload=alert(1)>",
]
CANARY = "zebrafish-canary"


@pytest.fixture
def maya(client: Client, family):
    client.force_login(family.user)
    return family.maya


def test_folders_say_whose_turn_it_is(client, maya):
    for state in ("clinic", "you", "closed"):
        MessageFactory(conversation__patient=maya, conversation__state=state, conversation__subject=f"Is {state}")
    page = client.get(url("messages", maya)).text
    assert all(f"Is {state}" in page for state in ("clinic", "you", "closed"))
    page = client.get(url("messages", maya), {"show": "closed"}).text
    assert "Is closed" in page and "Is you" not in page
    assert "Waiting for you (1)" in page


def test_list_has_pages(client, maya):
    ConversationFactory.create_batch(25, patient=maya)
    assert "Page 1 of 2" in client.get(url("messages", maya)).text
    assert "Page 2 of 2" in client.get(url("messages", maya), {"page": 2}).text


def test_search_finds_words_of_subjects_and_messages(client, maya):
    MessageFactory(conversation__patient=maya, conversation__subject="The wrist", body="Splint for two weeks.")
    MessageFactory(conversation__patient=maya, conversation__subject="The knee")
    for words, found in (("splint", "The wrist"), ("KNEE", "The knee")):
        page = client.post(url("messages", maya), {"q": words}).text
        assert "1 conversation found." in page and found in page
    assert "No conversation has these words" in client.post(url("messages", maya), {"q": "elbow"}).text


def test_search_finds_nothing_in_notes_of_staff(client, maya, family):
    row = MessageFactory(conversation__patient=maya).conversation
    InternalNote.objects.create(conversation=row, author=family.nurse, body="whisper", created_at=timezone.now())
    assert "whisper" not in client.post(url("messages", maya), {"q": "whisper"}).text.replace('value="whisper"', "")
    assert "whisper" not in client.get(url("thread", maya, conversation=row.pk)).text


def test_unread_until_opened_and_again_when_marked(client, maya):
    row = MessageFactory(conversation__patient=maya).conversation
    thread = url("thread", maya, conversation=row.pk)
    assert "<b>1</b> conversation has something" in client.get(url("messages", maya)).text
    client.get(thread)
    assert "Unread" not in client.get(url("messages", maya)).text
    client.post(url("unread", maya, conversation=row.pk))
    assert "Unread" in client.get(url("messages", maya)).text


def test_answer_is_hidden_and_silent_while_it_can_be_taken_back(client, family, maya):
    conversation = ask(client, maya)
    now = timezone.now()
    MessageFactory(conversation=conversation, body="Too early", sent_at=now)
    assert "Too early" not in client.get(url("thread", maya, conversation=conversation.pk)).text
    assert "Unread" not in client.get(url("messages", maya)).text
    ReadMark.objects.update(read_at=now - dt.timedelta(seconds=61))
    Message.objects.update(visible_at=now - dt.timedelta(seconds=1))
    assert "Unread" in client.get(url("messages", maya)).text
    assert "Too early" in client.get(url("thread", maya, conversation=conversation.pk)).text


def test_new_conversation_is_its_authors_alone_for_a_minute(client, maya):
    conversation = ask(client, maya, subject="Still mine")
    other = GrantFactory(patient=maya, kind=Grant.Kind.PROXY).user
    client.force_login(other)
    assert "Still mine" not in client.get(url("messages", maya)).text
    assert client.get(url("thread", maya, conversation=conversation.pk)).status_code == 404
    Conversation.objects.update(created_at=timezone.now() - dt.timedelta(seconds=61))
    assert "Still mine" in client.get(url("messages", maya)).text


def test_teens_question_is_confidential_and_its_parent_sees_neither_it_nor_its_count(client, family):
    client.force_login(family.teen)
    client.post(url("new", family.sofia), {"topic": "symptom"})
    assert "This conversation is confidential" in client.get(url("write", family.sofia)).text
    conversation = ask(client, family.sofia, subject="Between us")
    assert conversation.is_sensitive
    Conversation.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    client.force_login(family.user)
    for page in (client.get(url("messages", family.sofia)), client.get(reverse("messaging:mine"))):
        assert "Between us" not in page.text
        assert "All (0)" in page.text
    assert client.get(url("thread", family.sofia, conversation=conversation.pk)).status_code == 404
    assert client.post(url("messages", family.sofia), {"q": "between"}).text.count("Between us") == 0


def test_what_a_parent_asks_for_a_teen_is_not_confidential(client, family):
    client.force_login(family.user)
    client.post(url("new", family.sofia), {"topic": "symptom"})
    page = client.get(url("write", family.sofia)).text
    assert "confidential" not in page
    assert "Sofia Alvarez" in page  # who else will read it
    assert not ask(client, family.sofia).is_sensitive


@pytest.mark.parametrize(("years", "is_private"), [(11, False), (12, True), (17, True), (18, False)])
def test_privacy_holds_from_12_to_17(client, family, years, is_private):
    today = timezone.localdate()
    family.sofia.birth_date = today.replace(year=today.year - years, day=min(today.day, 28))
    family.sofia.save()
    client.force_login(family.teen)
    assert ask(client, family.sofia).is_sensitive is is_private


def test_everyone_who_can_read_it_is_listed(client, family, maya):
    proxy = GrantFactory(patient=maya, kind=Grant.Kind.PROXY, permissions=[Permission.MESSAGES])
    GrantFactory(
        patient=maya,
        kind=Grant.Kind.PROXY,
        permissions=sorted(ALL - {Permission.MESSAGES}),
        user__full_name="No Reader",
    )
    row = MessageFactory(conversation__patient=maya, conversation__pool=family.pool).conversation
    page = client.get(url("thread", maya, conversation=row.pk)).text
    assert f'<b>{proxy.user.full_name}</b><span class="soft small">Proxy</span>' in page
    assert family.pool.described_as in page
    assert "No Reader" not in page


def test_progress_is_shown_like_a_parcels(client, family, maya):
    conversation = ask(client, maya)
    family.pool.members.add(family.nurse)
    thread = url("thread", maya, conversation=conversation.pk)
    assert "You have an answer by" in client.get(thread).text
    handling.assign(conversation_id=conversation.pk, to=family.nurse, pool=None, by=family.nurse, at=timezone.now())
    assert '<li aria-current="step"><b>Assigned</b>' in client.get(thread).text
    handling.begin_answering(conversation_id=conversation.pk, by=family.nurse, at=timezone.now())
    assert '<li aria-current="step"><b>Being answered</b>' in client.get(thread).text
    Conversation.objects.update(answering_until=timezone.now())
    assert '<li aria-current="step"><b>Assigned</b>' in client.get(thread).text


def test_late_answer_is_owned_up_to(client, family, maya):
    conversation = ask(client, maya)
    Conversation.objects.update(due_at=timezone.now() - dt.timedelta(hours=2))
    handling.escalate_overdue(timezone.now())
    page = client.get(url("thread", maya, conversation=conversation.pk)).text
    assert "We are sorry." in page and "passed on to a supervisor on" in page
    assert "Late. We have passed it on." in client.get(url("messages", maya)).text


def test_closing_and_writing_again_opens_it(client, maya):
    conversation = ask(client, maya)
    client.post(url("close", maya, conversation=conversation.pk))
    assert "Write to open it again" in client.get(url("thread", maya, conversation=conversation.pk)).text
    assert reply(client, conversation, "One more thing").status_code == 302
    conversation.refresh_from_db()
    assert conversation.state == "clinic"


def test_everything_one_may_read_is_on_one_page_with_whose_it_is(client, family, maya):
    MessageFactory(conversation__patient=maya, conversation__subject="Mine")
    MessageFactory(conversation__patient=family.sofia, conversation__subject="Hers")
    MessageFactory(conversation__patient=None, conversation__owner=family.user, conversation__subject="Case")
    MessageFactory(conversation__patient=PatientFactory(), conversation__subject="Strangers")
    MessageFactory(
        conversation__patient=None, conversation__owner=UserFactory(), conversation__subject="Somebodys case"
    )
    page = client.get(reverse("messaging:mine")).text
    assert "Maya Alvarez · " in page and "Sofia Alvarez · " in page and "You, with customer service · " in page
    assert "Strangers" not in page and "Somebodys case" not in page


def test_reading_is_logged_for_each_patient(client, family, maya):
    row = MessageFactory(conversation__patient=maya).conversation
    MessageFactory(conversation__patient=family.sofia)
    client.get(reverse("messaging:mine"))
    seen = AccessLogEntry.objects.filter(kind="message")
    assert {(entry.patient_id, entry.acting_as) for entry in seen} == {(maya.pk, "self"), (family.sofia.pk, "parent")}
    client.get(url("thread", maya, conversation=row.pk))
    assert AccessLogEntry.objects.latest("number").object_id == str(row.pk)


@pytest.mark.parametrize("count", [1, 200])
def test_list_costs_the_same_for_one_and_for_two_hundred(client, family, maya, count):
    for row in ConversationFactory.create_batch(count, patient=maya, pool=family.pool):
        MessageFactory(conversation=row)
    MessageFactory(conversation__patient=family.sofia)
    client.get(url("new", maya))  # What only the first page of a session costs is not the list's.
    for page in (url("messages", maya), reverse("messaging:mine")):
        assert cost_of(lambda page=page: client.get(page)) <= BUDGET
        assert cost_of(lambda page=page: client.post(page, {"q": "knee"})) <= BUDGET


def test_thread_costs_the_same_for_one_message_and_for_sixty(client, family, maya):
    row = MessageFactory(conversation__patient=maya).conversation
    thread, now = url("thread", maya, conversation=row.pk), timezone.now()

    def add(message):
        message.files.add(StoredFileFactory())
        message.reports.add(DiagnosticReport.objects.create(patient=maya, text="Blood count", released_at=now))
        message.documents.add(DocumentReference.objects.create(patient=maya, title="Letter", released_at=now))

    add(row.messages.get())
    client.get(url("new", maya))
    client.get(thread)
    one = cost_of(lambda: client.get(thread))
    for message in MessageFactory.create_batch(59, conversation=row, author=family.nurse):
        add(message)
    assert cost_of(lambda: client.get(thread)) == one <= BUDGET
    page = client.get(thread).text
    assert (page.count("letter.txt"), page.count("See the test result"), page.count("from your record")) == (60, 60, 60)


def test_steps_of_writing_stay_in_the_budget(client, family, maya):
    family.pool.may_be_billed = True
    family.pool.save()
    begin(client, maya)
    for name in ("new", "write", "review"):
        assert cost_of(lambda name=name: client.get(url(name, maya))) <= BUDGET, name


@pytest.mark.parametrize("payload", POLYGLOTS)
def test_markup_in_every_field_is_shown_as_words(client, family, maya, payload):
    GrantFactory(patient=maya, kind=Grant.Kind.PROXY, user__full_name=payload)
    conversation = ask(client, maya, subject=payload, body=payload)
    message = MessageFactory(conversation=conversation, author_name=payload, body=payload)
    message.files.add(StoredFileFactory(name=payload))
    begin(client, maya, subject=payload, body=payload)
    client.post(url("draft", maya, conversation=conversation.pk), {"body": payload})
    pages = [
        client.get(url("messages", maya)),
        client.post(url("messages", maya), {"q": payload}),
        client.get(url("thread", maya, conversation=conversation.pk)),
        client.get(url("write", maya)),
        client.get(url("review", maya)),
        client.get(reverse("messaging:mine")),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "<svg onload" not in page.text
        assert 'href="javascript:' not in page.text
    thread = pages[2].text
    assert payload.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") in thread


def test_words_stay_out_of_logs_mails_addresses_and_titles(
    client, family, maya, caplog, django_capture_on_commit_callbacks
):
    caplog.set_level(logging.DEBUG)
    with django_capture_on_commit_callbacks(execute=True):
        conversation = ask(client, maya, subject=f"{CANARY} subject", body=f"{CANARY} body")
        writer = actions.Writer(Author.STAFF, "Nora Lindqvist", family.nurse)
        page = client.get(url("thread", maya, conversation=conversation.pk))
        once = hidden(page.text, "once")
        hour_ago = timezone.now() - dt.timedelta(hours=1)
        actions.reply(conversation_id=conversation.pk, writer=writer, body=f"{CANARY} answer", once=once, at=hour_ago)
        client.post(url("messages", maya), {"q": CANARY})
    for told in Notification.objects.filter(channel="email"):
        delivery.deliver(notification_id=told.pk, at=timezone.now())
    sent = [message for message in mail.outbox if "new message" in message.subject]
    assert sent
    for message in mail.outbox:
        whole = message.message().as_string()
        assert CANARY not in whole and "Maya" not in message.body and "Nora" not in message.body
    assert "You have a new message in MyLarkspur" in sent[0].body
    assert reverse("messaging:mine") in sent[0].body
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert title == "Messages · MyLarkspur"
    assert CANARY not in caplog.text
    assert not [entry for entry in AccessLogEntry.objects.all() if CANARY in str(vars(entry))]
