"""The fields of a reply template: "{patient_first_name}". Nothing but these names is ever replaced."""

import re
from collections.abc import Callable, Mapping

from django.conf import settings

from messaging.conversations.models import Conversation
from records.access.models import User

_FIELD = re.compile(r"\{(\w+)\}")


def _first_name(conversation: Conversation, staff: User) -> str:
    """Of whom it is about: the patient, or who wrote to customer service."""
    if conversation.patient is not None:
        return conversation.patient.given.partition(" ")[0]
    name = conversation.owner.full_name if conversation.owner is not None else conversation.guest_name
    return name.partition(" ")[0]


FIELDS: Mapping[str, Callable[[Conversation, User], str]] = {
    "patient_first_name": _first_name,
    "staff_name": lambda conversation, staff: staff.full_name,
    "number": lambda conversation, staff: conversation.number,
    "pool": lambda conversation, staff: conversation.pool.described_as,
    "phone": lambda conversation, staff: str(settings.SERVICE_PHONE),
}


def unknown_fields(body: str) -> list[str]:
    """The fields of a text that nobody could fill in, each once."""
    return list(dict.fromkeys(name for name in _FIELD.findall(body) if name not in FIELDS))


def filled(body: str, conversation: Conversation, staff: User) -> str:
    """The text with its fields filled in; what somebody is called is put in as it is and never read again."""

    def value(match: re.Match[str]) -> str:
        fill = FIELDS.get(match[1])
        return fill(conversation, staff) if fill else match[0]

    return _FIELD.sub(value, body)
