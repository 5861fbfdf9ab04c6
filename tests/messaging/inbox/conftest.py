"""A nurse with a second factor, her pool, and what waits in it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from messaging.conversations.states import Author, Progress, State
from messaging.models import Conversation, Message, Pool
from records.access.models import User
from tests.factories.messaging import ConversationFactory, MessageFactory, PoolFactory
from tests.factories.records import GrantFactory
from tests.staff import staff_in


@dataclass
class Office:
    """What the tests of the inbox stand on; `conversation` waits for the nurse's pool since yesterday."""

    nurse: User
    colleague: User
    patient_user: User
    pool: Pool
    conversation: Conversation


def asked(pool: Pool, **fields: Any) -> Conversation:
    """What a patient wrote yesterday and waits for an answer to."""
    values: dict[str, Any] = {"state": State.CLINIC, "progress": Progress.RECEIVED, "pool": pool} | fields
    conversation: Conversation = ConversationFactory(**values)
    message_of(conversation)
    return conversation


def message_of(conversation: Conversation, body: str = "My knee hurts.", **fields: Any) -> Message:
    values: dict[str, Any] = {
        "author_kind": Author.PATIENT,
        "author_name": "Maya Alvarez",
        "sent_at": timezone.now() - dt.timedelta(days=1),
    } | fields
    message: Message = MessageFactory(conversation=conversation, body=body, **values)
    return message


@pytest.fixture
def office(db: None) -> Office:
    nurse, colleague = staff_in("Nurse", full_name="Nora Lindqvist"), staff_in("Nurse", full_name="Otto Berg")
    pool: Pool = PoolFactory(name="Nurses A")
    pool.members.add(nurse, colleague)
    grant: Any = GrantFactory(patient__given="Maya", patient__family="Alvarez", user__full_name="Maya Alvarez")
    return Office(nurse, colleague, grant.user, pool, asked(pool, patient=grant.patient))


@pytest.fixture
def nurse_client(client: Any, office: Office) -> Any:
    client.force_login(office.nurse)
    return client
