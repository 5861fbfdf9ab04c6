"""Pools, conversations and messages."""

import datetime as dt
import uuid

import factory
from django.utils import timezone

from messaging.conversations.actions import UNDO
from messaging.conversations.states import Author, Progress, State
from messaging.models import Conversation, Message, Pool, RoutingRule
from messaging.pools.choices import Topic
from records.models import StoredFile
from tests.factories.records import PatientFactory


class StoredFileFactory(factory.django.DjangoModelFactory[StoredFile]):
    """A short text."""

    name = "letter.txt"
    content_type = "text/plain"
    content = factory.django.FileField(data=b"Dear school", filename="file")
    size = 11
    sha256 = "0" * 64
    created_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = StoredFile


class PoolFactory(factory.django.DjangoModelFactory[Pool]):
    name = factory.Sequence(lambda n: f"Pool {n}")
    described_as = "The nurses of Larkspur Family Medicine"

    class Meta:
        model = Pool


class RuleFactory(factory.django.DjangoModelFactory[RoutingRule]):
    """Takes everything, after every other rule."""

    order = 1000
    pool = factory.SubFactory(PoolFactory)

    class Meta:
        model = RoutingRule


class ConversationFactory(factory.django.DjangoModelFactory[Conversation]):
    """Answered by the clinic an hour ago, about one patient."""

    number = factory.Sequence(lambda n: f"TEST-{n:06d}")
    patient = factory.SubFactory(PatientFactory)
    topic = Topic.FOLLOW_UP
    subject = "My knee after the walk"
    pool = factory.SubFactory(PoolFactory)
    state = State.YOU
    progress = Progress.ANSWERED
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))
    last_message_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))

    class Meta:
        model = Conversation


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    """From the clinic, an hour ago."""

    conversation = factory.SubFactory(ConversationFactory)
    once = factory.LazyFunction(uuid.uuid4)
    author_kind = Author.STAFF
    author_name = "Nora Lindqvist"
    body = "Rest it for two days, then walk again."
    sent_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))
    visible_at = factory.LazyAttribute(lambda message: message.sent_at + UNDO)

    class Meta:
        model = Message
