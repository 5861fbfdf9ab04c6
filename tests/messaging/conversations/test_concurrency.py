"""One `once` pressed by many at one moment is one message; without the unique constraint it would be many."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone

from messaging.conversations import actions
from messaging.conversations.actions import Writer
from messaging.conversations.states import Author
from messaging.models import Conversation, ConversationEvent, Message
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MANY = 8


def press(family, once: uuid.UUID):
    """What the button does in each of many windows."""
    writer = Writer(Author.PATIENT, "Maya Alvarez", family.user)
    new = Conversation(patient=family.maya, topic="symptom", subject="My knee")
    return actions.start(conversation=new, writer=writer, body="It hurts.", once=once, at=timezone.now()).pk


def test_new_conversation_is_begun_once(family):
    once = uuid.uuid4()
    results = together(*[lambda: press(family, once)] * MANY)
    assert len(set(results)) == 1
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_reply_is_written_once(family):
    conversation, once = press(family, uuid.uuid4()), uuid.uuid4()
    writer = Writer(Author.PATIENT, "Maya Alvarez", family.user)

    def answer():
        return actions.reply(conversation_id=conversation, writer=writer, body="More", once=once, at=timezone.now()).pk

    assert len(set(together(*[answer] * MANY))) == 1
    assert Message.objects.count() == 2


def test_it_is_the_constraint_that_makes_it_once(family):
    """The race is real: taken away, the same presses leave several messages."""
    field = Message._meta.get_field("once")
    plain = uuid_field_without_constraint()
    with connection.schema_editor() as editor:
        editor.alter_field(Message, field, plain)
    try:
        counts = []
        for _round in range(5):
            once = uuid.uuid4()
            together(*[lambda once=once: press(family, once)] * MANY)
            counts.append(Message.objects.filter(once=once).count())
        assert max(counts) > 1
    finally:
        for model in (Message, ConversationEvent, Conversation):
            model.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.alter_field(Message, plain, field)


def uuid_field_without_constraint():
    plain = Message._meta.get_field("once").clone()
    plain._unique = False
    plain.set_attributes_from_name("once")
    plain.model = Message
    return plain
