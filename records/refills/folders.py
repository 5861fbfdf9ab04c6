"""The folders of staff's queue, and how much is in those that wait."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, F, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from records.refills.requests import RefillItemQuerySet
from records.refills.states import AT_PHARMACY, CLINICS_TURN, OPEN, State

_NEW = (State.REQUESTED, State.IN_REVIEW)


class Folder(TextChoices):
    WAITING = "waiting", _("To decide")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Nobody’s")
    TO_SIGN = "to_sign", _("To sign")
    LATE = "late", _("Overdue")
    TO_SEND = "to_send", _("To send")
    QUESTION = "question", _("Waiting for them")
    AT_PHARMACY = "at_pharmacy", _("At the pharmacy")
    CLOSED = "closed", _("Closed")


_LATEST_FIRST = frozenset({Folder.AT_PHARMACY, Folder.CLOSED})
# What waits is counted on its tab.
COUNTED = frozenset(set(Folder) - _LATEST_FIRST)


def in_folder(rows: RefillItemQuerySet, folder: Folder, user_id: uuid.UUID, at: dt.datetime) -> RefillItemQuerySet:
    """What waits: the overdue first, then the urgent, then by the day due. The rest by when it moved last."""
    found = rows.filter(_conditions(user_id, at)[folder])
    if folder in _LATEST_FIRST:
        return found.order_by("-moved_at", "pk")
    is_late = Case(When(due_at__lt=at, state__in=CLINICS_TURN, then=Value(0)), default=Value(1))
    return found.order_by(is_late, "-is_urgent", F("due_at").asc(nulls_last=True), "pk")


def tally(rows: RefillItemQuerySet, user_id: uuid.UUID, at: dt.datetime) -> dict[str, int]:
    """How many are in each of the folders of COUNTED, in one query."""
    conditions = _conditions(user_id, at)
    counts: dict[str, Any] = {folder.value: Count("pk", filter=conditions[folder]) for folder in COUNTED}
    return rows.filter(state__in=OPEN).order_by().aggregate(**counts)


def _conditions(user_id: uuid.UUID, at: dt.datetime) -> Mapping[Folder, Q]:
    return {
        Folder.WAITING: Q(state__in=_NEW),
        Folder.MINE: Q(state__in=OPEN, assigned_to=user_id),
        Folder.UNASSIGNED: Q(state__in=_NEW, assigned_to__isnull=True),
        Folder.TO_SIGN: Q(state=State.IN_REVIEW, prepared_at__isnull=False),
        Folder.LATE: Q(state__in=CLINICS_TURN, due_at__lt=at),
        Folder.TO_SEND: Q(state=State.APPROVED),
        Folder.QUESTION: Q(state=State.QUESTION),
        Folder.AT_PHARMACY: Q(state__in=AT_PHARMACY),
        Folder.CLOSED: Q(state__in=(State.PICKED_UP, State.DENIED, State.CANCELLED)),
    }
