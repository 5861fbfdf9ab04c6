import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.conversations import actions, handling
from messaging.conversations.states import Author, State
from messaging.models import ReadMark
from records.access.models import AccessLogEntry
from records.models import DiagnosticReport, DocumentReference
from tests.factories.messaging import ConversationFactory, PoolFactory, StoredFileFactory
from tests.messaging.inbox.conftest import asked, message_of
from tests.queries import BUDGET, cost_of
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def url(office, button="change"):
    return reverse(f"admin:messaging_conversation_{button}", args=[office.conversation.pk])


def test_page_shows_the_thread_escaped_with_its_lines(nurse_client, office):
    message_of(office.conversation, body="<script>alert(1)</script>\nsecond line")
    text = nurse_client.get(url(office)).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line" in text


def test_title_names_neither_subject_nor_patient(nurse_client, office):
    text = nurse_client.get(url(office)).text
    title = text[text.index("<title>") : text.index("</title>")]
    assert "Alvarez" not in title
    assert office.conversation.subject not in title


def test_opened_conversation_logs_its_patient(nurse_client, office):
    nurse_client.get(url(office))
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.actor_id, entry.patient_id) == (office.nurse.pk, office.conversation.patient_id)
    assert (entry.verb, entry.object_id) == ("view", f"conversation:{office.conversation.pk}")


def test_what_was_done_is_logged_as_a_change(nurse_client, office):
    nurse_client.post(url(office, "take"))
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.verb, entry.patient_id) == ("change", office.conversation.patient_id)


def test_conversation_of_another_pool_does_not_exist_for_the_reader(nurse_client, office):
    elsewhere = asked(PoolFactory())
    for button in ("change", "answer"):
        address = reverse(f"admin:messaging_conversation_{button}", args=[elsewhere.pk])
        assert nurse_client.get(address).status_code == 404
    for button in ("take", "assign", "hand_over", "note", "close", "urgent", "undo", "begin", "answer"):
        address = reverse(f"admin:messaging_conversation_{button}", args=[elsewhere.pk])
        assert nurse_client.post(address, {"body": "x", "reason": "x"}).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.assigned_to is None


def test_privacy_officer_opens_no_conversation_even_as_a_member(client, office):
    officer = staff_in("Privacy officer")
    office.pool.members.add(officer)
    client.force_login(officer)
    assert client.get(url(office)).status_code == 403


def test_taking_assigns_to_oneself(nurse_client, office):
    nurse_client.post(url(office, "take"))
    office.conversation.refresh_from_db()
    assert (office.conversation.assigned_to, office.conversation.progress) == (office.nurse, "assigned")


def test_assigning_is_for_members_of_the_pool(nurse_client, office):
    outsider = staff_in("Nurse")
    assert nurse_client.post(url(office, "assign"), {"to": outsider.pk}).status_code == 422
    nurse_client.post(url(office, "assign"), {"to": office.colleague.pk})
    office.conversation.refresh_from_db()
    assert office.conversation.assigned_to == office.colleague
    nurse_client.post(url(office, "assign"), {"to": ""})
    office.conversation.refresh_from_db()
    assert office.conversation.assigned_to is None


def test_handing_over_moves_it_and_leads_back_to_the_inbox(nurse_client, office):
    other = PoolFactory()
    response = nurse_client.post(url(office, "hand_over"), {"pool": other.pk})
    assert response.url == reverse("admin:messaging_conversation_changelist")
    office.conversation.refresh_from_db()
    assert office.conversation.pool == other
    assert nurse_client.get(url(office)).status_code == 404


def test_note_is_shown_to_colleagues_apart_from_the_thread(nurse_client, client, office):
    nurse_client.post(url(office, "note"), {"body": "Call her daughter first"})
    client.force_login(office.colleague)
    text = client.get(url(office)).text
    assert "Call her daughter first" in text
    assert "Call her daughter first" not in text[text.index('class="letters"') : text.index("</ol>")]


def test_empty_note_is_refused_with_words(nurse_client, office):
    response = nurse_client.post(url(office, "note"), {"body": " "})
    assert response.status_code == 422
    assert not office.conversation.internal_notes.exists()


def test_closing_needs_a_reason(nurse_client, office):
    assert nurse_client.post(url(office, "close"), {"reason": ""}).status_code == 422
    nurse_client.post(url(office, "close"), {"reason": "Answered by phone"})
    office.conversation.refresh_from_db()
    assert (office.conversation.state, office.conversation.closed_reason) == (State.CLOSED, "Answered by phone")


def test_urgent_can_be_set_and_taken_away(nurse_client, office):
    nurse_client.post(url(office, "urgent"))
    office.conversation.refresh_from_db()
    assert office.conversation.is_urgent
    nurse_client.post(url(office, "urgent"), {"calm": "yes"})
    office.conversation.refresh_from_db()
    assert not office.conversation.is_urgent


def test_read_receipts_name_who_has_read_the_answer_since(nurse_client, office):
    now = timezone.now()
    message_of(
        office.conversation,
        "Rest it.",
        author_kind=Author.STAFF,
        author=office.nurse,
        sent_at=now - dt.timedelta(hours=2),
    )
    assert "Not read yet" in nurse_client.get(url(office)).text
    ReadMark.objects.create(user=office.patient_user, conversation=office.conversation, read_at=now)
    assert "Read by Maya Alvarez" in nurse_client.get(url(office)).text


def test_own_answer_is_taken_back_within_its_minute(nurse_client, office):
    now = timezone.now()
    writer = actions.Writer(Author.STAFF, office.nurse.full_name, office.nurse)
    message = actions.reply(
        conversation_id=office.conversation.pk, writer=writer, body="Oops", once=office.conversation.pk, at=now
    )
    assert "Take it back" in nurse_client.get(url(office)).text
    nurse_client.post(url(office, "undo"))
    message.refresh_from_db()
    assert message.withdrawn_at is not None
    assert "Oops" not in nurse_client.get(url(office)).text


def test_summary_beside_shows_only_what_the_role_may_see(client, office):
    desk = staff_in("Front desk")
    office.pool.members.add(desk)
    client.force_login(desk)
    text = client.get(url(office)).text
    assert "Allergies" not in text
    client.force_login(office.nurse)
    assert "Allergies" in client.get(url(office)).text


def test_case_of_a_guest_warns_that_nobody_knows_who_they_are(nurse_client, office):
    case = ConversationFactory(
        patient=None, guest_name="Gus Guest", guest_email="gus@example.org", topic="technical", pool=office.pool
    )
    text = nurse_client.get(reverse("admin:messaging_conversation_change", args=[case.pk])).text
    assert "Wrote without an account" in text


@pytest.mark.parametrize("button", ["change", "answer"])
def test_page_costs_the_same_with_one_message_and_with_sixty(nurse_client, office, button):
    """It shows a thread, notes, steps and the record beside it: what two pages cost, and no more with more to show."""
    patient, now = office.conversation.patient, timezone.now()

    def add():
        message = message_of(office.conversation)
        message.files.add(StoredFileFactory(patient=patient))
        message.reports.add(DiagnosticReport.objects.create(patient=patient, text="Blood count", released_at=now))
        message.documents.add(DocumentReference.objects.create(patient=patient, title="Letter", released_at=now))
        handling.note_internally(conversation_id=office.conversation.pk, body="x", by=office.colleague, at=now)
        handling.mark_urgent(
            conversation_id=office.conversation.pk, is_urgent=bool(message.body), by=office.nurse, at=now
        )

    page = url(office, button)
    add()
    nurse_client.get(page)
    one = cost_of(lambda: nurse_client.get(page))
    for _ in range(59):
        add()
    assert cost_of(lambda: nurse_client.get(page)) == one <= 2 * BUDGET
