"""The folders of the inbox, and how much is in those that wait."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from messaging.conversations.models import ConversationQuerySet
from messaging.conversations.states import State
from messaging.inbox.desk import StaffDesk


class Folder(TextChoices):
    WAITING = "waiting", _("My pools")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    OVERDUE = "overdue", _("Overdue")
    URGENT = "urgent", _("Urgent")
    THEIRS = "theirs", _("Waiting for them")
    CLOSED = "closed", _("Closed")


_STATES = {Folder.THEIRS: State.YOU, Folder.CLOSED: State.CLOSED}
# Folders of what waits for the clinic are counted on their tabs.
COUNTED = frozenset(set(Folder) - set(_STATES))


def in_folder(rows: ConversationQuerySet, folder: Folder, desk: StaffDesk) -> ConversationQuerySet:
    """What is in a folder: what waits for the clinic by urgency and day due, the rest by its last message."""
    if folder in _STATES:
        return rows.filter(state=_STATES[folder]).order_by("-last_message_at", "pk")
    waiting = rows.filter(_conditions(desk.user.pk, desk.at)[folder], state=State.CLINIC)
    return waiting.order_by("-is_urgent", F("due_at").asc(nulls_last=True), "pk")


def tally(rows: ConversationQuerySet, desk: StaffDesk) -> dict[str, int]:
    """How many are in each of the folders of COUNTED, in one query."""
    counts: dict[str, Any] = {
        folder.value: Count("pk", filter=condition) if condition else Count("*")
        for folder, condition in _conditions(desk.user.pk, desk.at).items()
    }
    return rows.filter(state=State.CLINIC).order_by().aggregate(**counts)


def _conditions(user_id: uuid.UUID, at: dt.datetime) -> Mapping[Folder, Q]:
    return {
        Folder.WAITING: Q(),
        Folder.MINE: Q(assigned_to=user_id),
        Folder.UNASSIGNED: Q(assigned_to__isnull=True),
        Folder.OVERDUE: Q(due_at__lt=at),
        Folder.URGENT: Q(is_urgent=True),
    }
