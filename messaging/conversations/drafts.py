"""What somebody has begun to write, kept on the server until it is sent. A draft is its author's alone."""

import contextlib
import hashlib
import json
import uuid
from typing import Any

from django.db.models import Q

from messaging.conversations.desks import Desk
from messaging.conversations.models import BODY_LENGTH, SUBJECT_LENGTH, Conversation, Draft

type Content = dict[str, Any]

# What the browser may put into a draft while somebody types, and how much of it.
TYPED = {"subject": SUBJECT_LENGTH, "body": BODY_LENGTH}


def draft_of(desk: Desk, conversation: Conversation | None = None) -> Content:
    """The draft at this desk, for one conversation or a new one; empty when there is none."""
    return _rows(desk, conversation).values_list("content", flat=True).first() or {}


def save(desk: Desk, conversation: Conversation | None = None, **changes: Any) -> Content:
    """Keeps the changes with what was kept before; a new draft gets the `once` under which it will be sent."""
    content = {"once": str(uuid.uuid4()), **draft_of(desk, conversation), **changes}
    Draft.objects.update_or_create(
        user=desk.user,
        conversation=conversation,
        patient=desk.patient if conversation is None else None,
        defaults={"content": content, "updated_at": desk.at},
    )
    return content


def discard(desk: Desk, conversation: Conversation | None = None) -> None:
    _rows(desk, conversation).delete()


def typed(data: Any) -> Content:
    """The fields of a form that is still being typed, cut to what can be kept. PostgreSQL takes no NUL."""
    found = {name: data[name].replace("\0", "")[:most] for name, most in TYPED.items() if name in data}
    with contextlib.suppress(KeyError, ValueError):
        found["once"] = str(uuid.UUID(data["once"]))
    return found


def fingerprint(content: Content) -> str:
    """Tells one state of a draft from another, so that what is sent is what was reviewed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _rows(desk: Desk, conversation: Conversation | None) -> Any:
    if conversation is not None:
        return Draft.objects.filter(user=desk.user, conversation=conversation)
    return Draft.objects.filter(Q(patient=desk.patient_id) if desk.patient_id else Q(patient__isnull=True)).filter(
        user=desk.user, conversation__isnull=True
    )
