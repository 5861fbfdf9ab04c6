"""Work elsewhere that a conversation can become: a line for each queue that takes such work."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from messaging.conversations.models import Conversation
from messaging.conversations.states import EventKind
from records.access.models import User


@dataclass(frozen=True)
class Queue:
    """`label` is what staff press, `permission` what of the admin lets them.

    `fits` says whether a conversation has what the queue needs, and `add` puts it there, with a colleague's note;
    adding the same conversation again changes nothing.
    """

    name: str
    label: Promise | str
    permission: str
    fits: Callable[[Conversation], bool]
    add: Callable[[Conversation, str, dt.datetime], None]


def _to_billing(conversation: Conversation, note: str, at: dt.datetime) -> None:
    open_work_item(
        kind=WorkKind.QUESTION,
        cause=f"conversation:{conversation.pk}",
        at=at,
        account=conversation.account,
        visit=conversation.visit,
        note=" ".join(part for part in (conversation.number, note) if part),
    )


QUEUES = {
    queue.name: queue
    for queue in [
        Queue(
            "billing", _("Billing work"), "billing.change_workitem", lambda row: row.account_id is not None, _to_billing
        ),
    ]
}


def offered(conversation: Conversation, user: User) -> list[Queue]:
    """The queues that this person can put it in, where it is not yet."""
    able = [queue for queue in QUEUES.values() if queue.fits(conversation) and user.has_perm(queue.permission)]
    if not able:
        return []
    there = set(conversation.events.filter(kind=EventKind.QUEUED).values_list("detail", flat=True))
    return [queue for queue in able if queue.name not in there]


@transaction.atomic
def put(*, conversation_id: uuid.UUID, queue: Queue, note: str, by: User, at: dt.datetime) -> bool:
    """Makes a conversation work of the queue, once; says whether it was not yet.

    Raises PermissionDenied for who may not, and for what the queue has no use for.
    """
    if not by.has_perm(queue.permission):
        raise PermissionDenied(queue.permission)
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if not queue.fits(conversation):
        raise PermissionDenied(queue.name)
    if conversation.events.filter(kind=EventKind.QUEUED, detail=queue.name).exists():
        return False
    queue.add(conversation, note, at)
    conversation.note(EventKind.QUEUED, at=at, by=by, detail=queue.name)
    return True
