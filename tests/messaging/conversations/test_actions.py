"""What happens in a conversation, by its actions."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from messaging.conversations import actions, handling
from messaging.conversations.actions import Writer
from messaging.conversations.states import Author, EventKind
from messaging.models import Absence, Conversation, ConversationEvent, Message
from messaging.pools.routing import NoPool
from records.access.models import User
from records.access.permissions import ALL, Permission
from records.access.scope import PermissionMissing, Scope
from records.models import DiagnosticReport, DocumentReference, Notification, StoredFile
from tests.factories.messaging import PoolFactory, RuleFactory, StoredFileFactory
from tests.factories.records import UserFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2031, 6, 2, 15, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def started(family, *, writer=None, body="It hurts.", at=MONDAY, **fields):
    fields = {"patient": family.maya, "topic": "symptom", "subject": "My knee", **fields}
    return actions.start(
        conversation=Conversation(**fields),
        writer=writer or Writer(Author.PATIENT, "Maya Alvarez", family.user),
        body=body,
        once=uuid.uuid4(),
        at=at,
    )


def answered(family, conversation, *, at=MONDAY + 10 * MINUTE, body="Rest it.", by=None):
    by = by or family.nurse
    writer = Writer(Author.STAFF, by.full_name, by)
    return actions.reply(conversation_id=conversation.pk, writer=writer, body=body, once=uuid.uuid4(), at=at)


def asked_again(family, conversation, *, at=MONDAY + 20 * MINUTE, body="And now?"):
    writer = Writer(Author.PATIENT, "Maya Alvarez", family.user)
    return actions.reply(conversation_id=conversation.pk, writer=writer, body=body, once=uuid.uuid4(), at=at)


def kinds_of(conversation):
    return [event.kind for event in conversation.events.all()]


def test_question_waits_for_the_clinic_until_the_promised_day(family):
    conversation = started(family)
    assert (conversation.state, conversation.progress) == ("clinic", "received")
    assert timezone.localdate(conversation.due_at) == dt.date(2031, 6, 4)
    assert kinds_of(conversation) == [EventKind.RECEIVED]


def test_clinic_can_write_first_and_nothing_is_due(family):
    conversation = started(family, writer=Writer(Author.STAFF, "Nora Lindqvist", family.nurse))
    assert (conversation.state, conversation.due_at, conversation.is_urgent) == ("you", None, False)


def test_first_rule_that_fits_decides_who_reads_it(family):
    hearts = PoolFactory(name="Heart clinic")
    RuleFactory(order=1, topic="symptom", team_name="Heart team", pool=hearts)
    RuleFactory(order=2, word="warfarin", pool=hearts)
    assert started(family).pool == family.pool
    assert started(family, team_name="heart team").pool == hearts
    assert started(family, body="About my Warfarin").pool == hearts


def test_without_a_rule_nothing_is_written(family):
    family.pool.rules.all().delete()
    with pytest.raises(NoPool):
        started(family)
    assert not Conversation.objects.exists()


def test_scope_without_the_right_to_write_is_refused(family):
    scope = Scope(family.user, family.maya, "proxy", frozenset({Permission.MESSAGES}))
    writer = Writer(Author.PROXY, "Somebody", family.user, scope)
    with pytest.raises(PermissionMissing):
        started(family, writer=writer)
    conversation = started(family)
    with pytest.raises(PermissionMissing):
        actions.reply(conversation_id=conversation.pk, writer=writer, body="x", once=uuid.uuid4(), at=MONDAY)


def test_same_once_gives_what_is_there(family):
    writer, once = Writer(Author.PATIENT, "Maya Alvarez", family.user), uuid.uuid4()
    new = {"topic": "symptom", "subject": "My knee", "patient": family.maya}
    first, second = (
        actions.start(conversation=Conversation(**new), writer=writer, body="Once", once=once, at=MONDAY)
        for _press in range(2)
    )
    assert first.pk == second.pk
    again = uuid.uuid4()
    replies = [
        actions.reply(conversation_id=first.pk, writer=writer, body="More", once=again, at=MONDAY)
        for _press in range(2)
    ]
    assert replies[0].pk == replies[1].pk
    assert Message.objects.count() == 2


def test_answer_ends_the_wait_and_is_told_after_its_minute_without_a_word_of_it(family):
    conversation = started(family)
    message = answered(family, conversation)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.progress, conversation.due_at) == ("you", "answered", None)
    assert conversation.first_answered_at == message.sent_at
    told = Notification.objects.get(channel="email")
    assert (told.kind, told.user, told.next_try_at) == ("message", family.user, message.visible_at)
    assert "knee" not in str(told.context).lower()


def test_proxies_who_may_read_are_told_of_what_is_not_confidential(family):
    open_one, private = started(family, patient=family.sofia), started(family, patient=family.sofia, is_sensitive=True)
    answered(family, open_one)
    assert set(Notification.objects.values_list("user", flat=True)) == {family.user.pk, family.teen.pk}
    Notification.objects.all().delete()
    answered(family, private)
    assert set(Notification.objects.values_list("user", flat=True)) == {family.teen.pk}


def test_whoever_was_switched_off_is_told_of_nothing(family):
    User.objects.filter(pk=family.user.pk).update(is_active=False)
    answered(family, started(family, patient=family.sofia))
    own = started(family, patient=None, owner=family.user, topic="billing")
    own.refresh_from_db()
    answered(family, own)
    assert set(Notification.objects.values_list("user", flat=True)) == {family.teen.pk}


def test_writing_again_opens_what_was_closed_and_is_due_anew(family):
    conversation = started(family)
    answered(family, conversation)
    handling.close(conversation_id=conversation.pk, reason="Done", by=family.user, at=MONDAY + 15 * MINUTE)
    asked_again(family, conversation, at=MONDAY + dt.timedelta(days=1))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.closed_reason) == ("clinic", None, "")
    assert timezone.localdate(conversation.due_at) == dt.date(2031, 6, 5)
    assert kinds_of(conversation)[-2:] == [EventKind.CLOSED, EventKind.REOPENED]


def test_second_question_keeps_the_day_of_the_first(family):
    conversation = started(family)
    due = conversation.due_at
    asked_again(family, conversation, at=MONDAY + dt.timedelta(days=1))
    conversation.refresh_from_db()
    assert conversation.due_at == due


def test_danger_in_a_later_message_makes_it_urgent_once(family):
    conversation = started(family)
    assert not conversation.is_urgent
    for _time in range(2):
        asked_again(family, conversation, body="I cannot breathe")
    conversation.refresh_from_db()
    assert conversation.is_urgent
    assert kinds_of(conversation).count(EventKind.URGENT) == 1


def test_only_message_taken_back_takes_the_conversation_with_it(family):
    conversation = started(family)
    actions.take_back(message_id=conversation.messages.get().pk, by=family.user, at=MONDAY + MINUTE / 2)
    assert not Conversation.objects.standing().exists()


def test_taking_back_an_answer_makes_it_the_clinics_turn_again_and_tells_nobody(family):
    conversation = started(family)
    due = conversation.due_at
    message = answered(family, conversation)
    actions.take_back(message_id=message.pk, by=family.nurse, at=message.sent_at + MINUTE / 2)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.due_at, conversation.first_answered_at) == ("clinic", due, None)
    assert not Notification.objects.exists()


def test_taking_back_what_opened_it_again_closes_it_again(family):
    conversation = started(family)
    answered(family, conversation)
    closed_at = MONDAY + 15 * MINUTE
    handling.close(conversation_id=conversation.pk, reason="", by=family.user, at=closed_at)
    message = asked_again(family, conversation)
    actions.take_back(message_id=message.pk, by=family.user, at=message.sent_at)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.due_at) == ("closed", closed_at, None)


def test_message_is_taken_back_by_its_author_alone_and_in_time(family):
    message = started(family).messages.get()
    with pytest.raises(Message.DoesNotExist):
        actions.take_back(message_id=message.pk, by=family.nurse, at=MONDAY)
    with pytest.raises(actions.TooLate):
        actions.take_back(message_id=message.pk, by=family.user, at=message.visible_at)


def test_assigning_says_so_and_replaces_who_is_away(family):
    conversation, colleague = started(family), UserFactory(is_staff=True)
    conversation.pool.members.add(family.nurse, colleague)
    Absence.objects.create(
        user=family.nurse, starts_at=MONDAY, ends_at=MONDAY + dt.timedelta(days=1), forward_to=colleague
    )
    handling.assign(conversation_id=conversation.pk, to=family.nurse, pool=None, by=family.nurse, at=MONDAY)
    conversation.refresh_from_db()
    assert (conversation.assigned_to, conversation.progress) == (colleague, "assigned")


def test_handing_over_moves_it_to_the_other_pool(family):
    conversation, other = started(family), PoolFactory(name="Referrals")
    handling.assign(conversation_id=conversation.pk, to=None, pool=other, by=family.nurse, at=MONDAY)
    conversation.refresh_from_db()
    assert (conversation.pool, conversation.assigned_to, conversation.progress) == (other, None, "received")
    assert kinds_of(conversation)[-1] == EventKind.HANDED_OVER


def test_colleagues_do_not_answer_what_somebody_is_answering(family):
    conversation, colleague = started(family), UserFactory(is_staff=True)
    handling.begin_answering(conversation_id=conversation.pk, by=family.nurse, at=MONDAY)
    with pytest.raises(handling.BeingAnswered):
        handling.begin_answering(conversation_id=conversation.pk, by=colleague, at=MONDAY + MINUTE)
    with pytest.raises(handling.BeingAnswered):
        answered(family, conversation, by=colleague, at=MONDAY + MINUTE)
    answered(family, conversation, by=colleague, at=MONDAY + handling.ANSWERING + MINUTE)


def test_late_answer_is_passed_on_and_told_once(family):
    conversation = started(family)
    late = conversation.due_at + MINUTE
    assert handling.escalate_overdue(conversation.due_at) == 0
    assert [handling.escalate_overdue(late), handling.escalate_overdue(late + MINUTE)] == [1, 0]
    conversation.refresh_from_db()
    assert conversation.escalated_at == late
    told = Notification.objects.get(channel="email")
    assert (told.kind, told.user) == ("message_late", family.user)
    assert kinds_of(conversation)[-1] == EventKind.ESCALATED


def test_answered_and_closed_conversations_are_never_late(family):
    done, open_one = started(family), started(family)
    answered(family, done)
    handling.close(conversation_id=open_one.pk, reason="", by=None, at=MONDAY)
    assert handling.escalate_overdue(MONDAY + dt.timedelta(days=30)) == 0


def test_closing_twice_is_closing_once(family):
    conversation = started(family)
    for _time in range(2):
        handling.close(conversation_id=conversation.pk, reason="Done", by=family.user, at=MONDAY)
    assert kinds_of(conversation).count(EventKind.CLOSED) == 1


def written_by(kind, user, patient, *missing):
    return Writer(kind, user.full_name, user, Scope(user, patient, "proxy", ALL - set(missing)))


def test_scope_of_another_patient_begins_nothing(family):
    for_sofia = written_by(Author.PROXY, family.user, family.sofia)
    with pytest.raises(PermissionMissing):
        started(family, writer=for_sofia, patient=family.maya)
    assert not Conversation.objects.exists()


def test_scope_of_another_patient_finds_no_conversation_to_write_in(family):
    conversation = started(family)
    for_sofia = written_by(Author.PROXY, family.user, family.sofia)
    with pytest.raises(Conversation.DoesNotExist):
        actions.reply(conversation_id=conversation.pk, writer=for_sofia, body="x", once=uuid.uuid4(), at=MONDAY)


def test_who_may_not_read_what_is_confidential_cannot_write_in_it(family):
    private = started(family, patient=family.sofia, is_sensitive=True)
    parent = written_by(Author.PROXY, family.user, family.sofia, Permission.SENSITIVE)
    with pytest.raises(Conversation.DoesNotExist):
        actions.reply(conversation_id=private.pk, writer=parent, body="x", once=uuid.uuid4(), at=MONDAY)
    sofia = written_by(Author.PATIENT, family.teen, family.sofia)
    actions.reply(conversation_id=private.pk, writer=sofia, body="x", once=uuid.uuid4(), at=MONDAY)


def test_once_of_somebody_else_gives_away_nothing_of_theirs(family):
    writer, once = Writer(Author.PATIENT, "Maya Alvarez", family.user), uuid.uuid4()
    theirs = Conversation(patient=family.maya, topic="symptom", subject="My knee")
    actions.start(conversation=theirs, writer=writer, body="Secret", once=once, at=MONDAY)
    mine = Conversation(patient=family.sofia, topic="symptom", subject="Mine")
    teen = Writer(Author.PATIENT, "Sofia Alvarez", family.teen)
    with pytest.raises(actions.OnceTaken):
        actions.start(conversation=mine, writer=teen, body="Mine", once=once, at=MONDAY)
    other = started(family, writer=teen, patient=family.sofia)
    with pytest.raises(actions.OnceTaken):
        actions.reply(conversation_id=other.pk, writer=teen, body="Mine", once=once, at=MONDAY)
    assert not Message.objects.filter(body="Mine").exists()


def test_once_of_another_conversation_is_no_message_of_this_one(family):
    first, second = started(family), started(family)
    writer, once = Writer(Author.PATIENT, "Maya Alvarez", family.user), uuid.uuid4()
    actions.reply(conversation_id=first.pk, writer=writer, body="More", once=once, at=MONDAY)
    with pytest.raises(actions.OnceTaken):
        actions.reply(conversation_id=second.pk, writer=writer, body="More", once=once, at=MONDAY)


@pytest.mark.parametrize("kind", ["files", "reports", "documents"])
def test_nothing_of_another_patient_goes_with_a_message(family, kind):
    conversation = started(family)
    model = {"files": StoredFile, "reports": DiagnosticReport, "documents": DocumentReference}[kind]
    make = StoredFileFactory if model is StoredFile else model.objects.create
    writer = Writer(Author.STAFF, "Nora Lindqvist", family.nurse)
    with pytest.raises(PermissionMissing):
        actions.reply(
            conversation_id=conversation.pk,
            writer=writer,
            body="See this.",
            once=uuid.uuid4(),
            at=MONDAY,
            **{kind: [make(patient=family.sofia)]},
        )
    own = make(patient=family.maya)
    message = actions.reply(
        conversation_id=conversation.pk, writer=writer, body="See", once=uuid.uuid4(), at=MONDAY, **{kind: [own]}
    )
    assert list(getattr(message, kind).all()) == [own]


def test_file_of_another_patient_begins_no_conversation(family):
    theirs = StoredFileFactory(patient=family.sofia)
    with pytest.raises(PermissionMissing):
        actions.start(
            conversation=Conversation(patient=family.maya, topic="symptom", subject="My knee"),
            writer=Writer(Author.PATIENT, "Maya Alvarez", family.user),
            body="x",
            once=uuid.uuid4(),
            at=MONDAY,
            files=[theirs],
        )


def test_answer_opens_what_was_closed_and_taking_it_back_closes_it_with_its_reason(family):
    conversation = started(family)
    answered(family, conversation)
    closed_at = MONDAY + 15 * MINUTE
    handling.close(conversation_id=conversation.pk, reason="By phone", by=family.nurse, at=closed_at)
    message = answered(family, conversation, at=MONDAY + 20 * MINUTE)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.closed_reason) == ("you", None, "")
    assert EventKind.REOPENED in kinds_of(conversation)
    actions.take_back(message_id=message.pk, by=family.nurse, at=message.sent_at)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.closed_reason) == ("closed", closed_at, "By phone")


def test_taking_back_what_was_closed_meanwhile_leaves_it_open(family):
    """The clinic closed it within the minute: what is left is the question before, which still waits."""
    conversation = started(family)
    message = asked_again(family, conversation)
    handling.close(conversation_id=conversation.pk, reason="Done", by=family.nurse, at=message.sent_at + MINUTE / 4)
    actions.take_back(message_id=message.pk, by=family.user, at=message.sent_at + MINUTE / 2)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.closed_reason) == ("clinic", None, "")


def test_second_wait_can_be_late_and_told_anew(family):
    conversation = started(family)
    handling.escalate_overdue(conversation.due_at + MINUTE)
    answered(family, conversation, at=conversation.due_at + dt.timedelta(hours=1))
    asked_again(family, conversation, at=conversation.due_at + dt.timedelta(hours=2))
    conversation.refresh_from_db()
    assert conversation.escalated_at is None
    assert handling.escalate_overdue(conversation.due_at + MINUTE) == 1
    assert Notification.objects.filter(kind="message_late", channel="email").count() == 2


def test_what_was_answered_since_it_was_found_late_is_not_passed_on(family):
    """Between the list of what is late and the lock on one of it somebody answers; a second worker comes too late."""
    conversation, late = started(family), MONDAY + dt.timedelta(days=30)
    answered(family, conversation)
    handling._escalate(conversation.pk, late)
    waiting = started(family)
    for _worker in range(2):
        handling._escalate(waiting.pk, late)
    assert [row.kind for row in ConversationEvent.objects.filter(kind=EventKind.ESCALATED)] == [EventKind.ESCALATED]
