"""What waits with somebody who is away goes to who stands in for them, or back to the pool."""

import datetime as dt

from messaging.conversations import handling
from messaging.conversations.models import Conversation
from messaging.conversations.states import State
from messaging.pools.models import Absence

MOST = 500


def forward_work(at: dt.datetime) -> int:
    """Passes on what waits with absent people, and returns how many. A periodic job."""
    away = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).values("user")
    waiting = Conversation.objects.standing().filter(state=State.CLINIC, assigned_to__in=away)
    found = list(waiting.select_related("assigned_to").order_by("due_at", "pk")[:MOST])
    for conversation in found:
        assignee = conversation.assigned_to
        if assignee is not None:
            handling.assign(conversation_id=conversation.pk, to=assignee, pool=None, by=assignee, at=at)
    return len(found)
