"""What is asked for, how far it has come, and the only ways on from there."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a request for one medication asks for."""

    REFILL = "refill", _("Refill")
    RENEWAL = "renewal", _("Renewal")
    NEW_PRESCRIPTION = "new", _("New prescription")


class State(models.TextChoices):
    """Like a parcel's."""

    REQUESTED = "requested", _("Requested")
    IN_REVIEW = "in_review", _("In review")
    QUESTION = "question", _("Question to you")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent to pharmacy")
    READY = "ready", _("Ready")
    PICKED_UP = "picked_up", _("Picked up")
    DENIED = "denied", _("Not approved")
    CANCELLED = "cancelled", _("Cancelled")


# From each state to those that may follow it; records/refills/{asking,handling}.py alone move a request along it.
NEXT: Mapping[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.IN_REVIEW, State.CANCELLED}),
    State.IN_REVIEW: frozenset({State.QUESTION, State.APPROVED, State.DENIED, State.CANCELLED}),
    State.QUESTION: frozenset({State.IN_REVIEW, State.DENIED, State.CANCELLED}),
    State.APPROVED: frozenset({State.SENT, State.DENIED, State.CANCELLED}),
    State.SENT: frozenset({State.READY, State.PICKED_UP}),
    State.READY: frozenset({State.PICKED_UP}),
    State.PICKED_UP: frozenset(),
    State.DENIED: frozenset(),
    State.CANCELLED: frozenset(),
}

# The clinic has not finished: at most one such request for a medication.
OPEN = (State.REQUESTED, State.IN_REVIEW, State.QUESTION, State.APPROVED)
# Something is expected of the clinic.
CLINICS_TURN = (State.REQUESTED, State.IN_REVIEW, State.APPROVED)
AT_PHARMACY = (State.SENT, State.READY)
# The pharmacy has, or had, what was asked for.
SUPPLIED = (*AT_PHARMACY, State.PICKED_UP)


def may_become(state: str, target: State) -> bool:
    return target in NEXT[State(state)]


class EventKind(models.TextChoices):
    """A step of a request; those named like a state say that it was reached."""

    REQUESTED = "requested", _("Requested")
    IN_REVIEW = "in_review", _("In review")
    QUESTION = "question", _("Asked a question")
    ANSWERED = "answered", _("Answered")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent to pharmacy")
    READY = "ready", _("Ready")
    PICKED_UP = "picked_up", _("Picked up")
    DENIED = "denied", _("Not approved")
    CANCELLED = "cancelled", _("Cancelled")
    GIVEN_BACK = "given_back", _("Given back to everyone")
    PASSED_ON = "passed_on", _("Passed on to be signed")
    LATE = "late", _("Late: moved to the top")


class Purpose(models.TextChoices):
    """What a text that staff answer with is for."""

    QUESTION = "question", _("A question")
    DENIAL = "denial", _("A reason not to approve")
