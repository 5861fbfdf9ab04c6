"""What staff note for each other reaches nothing that anybody outside can see."""

import contextlib

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from messaging.cases.gate import DOOR
from messaging.conversations import actions, handling
from messaging.conversations.states import Author
from messaging.models import CaseLink, Conversation, ConversationEvent
from records.notifications.models import Notification
from tests.architecture.access_table import TABLE
from tests.architecture.examples import EXAMPLES
from tests.doors import hold
from tests.factories.messaging import ConversationFactory, PoolFactory
from tests.messaging.inbox.conftest import message_of
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

CANARY = "CANARY-7f3a"


@pytest.fixture
def noted(office):
    """The patient's conversation, with the canary in a note and in the detail of an event, answered and late."""
    now, pk = timezone.now(), office.conversation.pk
    handling.note_internally(conversation_id=pk, body=f"{CANARY} call her daughter", by=office.nurse, at=now)
    other = PoolFactory(name=CANARY, described_as="The nurses")
    other.members.add(office.nurse)
    handling.assign(conversation_id=pk, to=None, pool=other, by=office.nurse, at=now)
    Conversation.objects.filter(pk=pk).update(due_at=now)
    handling.escalate_overdue(timezone.now())
    writer = actions.Writer(Author.STAFF, office.nurse.full_name, office.nurse)
    actions.reply(conversation_id=pk, writer=writer, body="Rest it.", once=pk, at=now)
    assert ConversationEvent.objects.filter(detail=CANARY).exists()
    return office


def pages_of(patient, conversation):
    """Every page that answers GET and needs no more than the patient, one of the patient's rows, or nobody."""
    for name, row in TABLE.items():
        if "GET" not in row.methods:
            continue
        if row.gate == "patient":
            kwargs = EXAMPLES[row.example](patient) if row.example else {}
            if row.example == "conversation":
                kwargs = {"conversation": conversation.pk}
            yield reverse(name, kwargs={"patient": patient.pk, **kwargs})
        elif row.gate in {"signed_in", "public"}:
            with contextlib.suppress(NoReverseMatch):  # Those of one payment, case or file.
                yield reverse(name)


def test_patient_sees_no_note_on_any_page(noted):
    client = Client()
    client.force_login(noted.patient_user)
    opened = 0
    for url in pages_of(noted.conversation.patient, noted.conversation):
        response = client.get(url, follow=True)
        assert CANARY.encode() not in b"".join(response), url
        opened += response.status_code == 200
    assert opened > 30
    thread = reverse(
        "messaging:thread", kwargs={"patient": noted.conversation.patient_id, "conversation": noted.conversation.pk}
    )
    assert "My knee hurts." in client.get(thread).text


def test_search_of_a_patient_finds_no_note(noted):
    client = Client()
    client.force_login(noted.patient_user)
    url = reverse("messaging:messages", kwargs={"patient": noted.conversation.patient_id})
    assert noted.conversation.number not in client.post(url, {"q": CANARY}).text


def test_no_mail_and_no_row_of_telling_carries_a_note(noted):
    work()
    assert mail.outbox
    for message in mail.outbox:
        assert CANARY not in str(message.message())
    assert CANARY not in str(list(Notification.objects.values()))


def test_guest_sees_no_note(noted):
    case = ConversationFactory(
        patient=None, guest_name="Gus", guest_email="gus@example.org", topic="other", pool=noted.conversation.pool
    )
    message_of(case, "The page stays white.", author_kind=Author.GUEST)
    now = timezone.now()
    handling.note_internally(conversation_id=case.pk, body=CANARY, by=noted.nurse, at=now)
    link = CaseLink.objects.create(conversation=case, created_at=now, expires_at=now + handling.ANSWERING, used_at=now)
    client = Client()
    page = client.get(reverse("messaging:case", kwargs={"handle": hold(client, DOOR, link)}))
    assert "The page stays white." in page.text
    assert CANARY not in page.text
