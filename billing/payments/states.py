"""The life of a payment attempt: who may follow whom. Only actions move it; buttons ask the same table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptState(models.TextChoices):
    CREATED = "created", _("Started")
    OPEN = "open", _("Waiting for you to pay")
    PROCESSING = "processing", _("On its way from your bank")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Did not go through")
    EXPIRED = "expired", _("Not finished in time")
    ABANDONED = "abandoned", _("Given up")


UNFINISHED = frozenset({AttemptState.CREATED, AttemptState.OPEN})
LOOKED_AFTER = UNFINISHED | {AttemptState.PROCESSING}

# What the provider says wins: money that arrives after the end is still money (payments.md §6).
_NEXT: dict[AttemptState, frozenset[AttemptState]] = {
    AttemptState.CREATED: frozenset(
        {AttemptState.OPEN, AttemptState.PROCESSING, AttemptState.PAID, AttemptState.EXPIRED, AttemptState.ABANDONED}
    ),
    AttemptState.OPEN: frozenset(
        {AttemptState.PROCESSING, AttemptState.PAID, AttemptState.FAILED, AttemptState.EXPIRED}
    ),
    AttemptState.PROCESSING: frozenset({AttemptState.PAID, AttemptState.FAILED}),
    AttemptState.FAILED: frozenset({AttemptState.PAID}),
    AttemptState.EXPIRED: frozenset({AttemptState.PAID, AttemptState.PROCESSING}),
    AttemptState.ABANDONED: frozenset({AttemptState.PAID, AttemptState.PROCESSING}),
    AttemptState.PAID: frozenset(),
}

LATE = frozenset({AttemptState.FAILED, AttemptState.EXPIRED, AttemptState.ABANDONED})


def may_follow(now: str, then: AttemptState) -> bool:
    return then in _NEXT[AttemptState(now)]


class EventState(models.TextChoices):
    RECEIVED = "received", _("Received")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Nothing to do")
    DEAD = "dead", _("Given up")
