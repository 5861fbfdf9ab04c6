"""What staff do with a request, step by step along states.NEXT; whom it concerns is told in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from records.access.models import User
from records.refills import promises, telling
from records.refills.actors import Actor
from records.refills.controlled import controlled_list
from records.refills.requests import RefillItem
from records.refills.states import OPEN, SUPPLIED, EventKind, Kind, State, may_become

CHANGE, SIGN = "records.change_refillitem", "records.sign_refillitem"
# So many late ones are passed on in one run; the next run takes the rest.
LATE_AT_ONCE = 500


class NotNow(Exception):
    """The request has moved on meanwhile: this cannot be done with it any more."""


class NeedsSignature(Exception):
    """Only somebody who may sign approves this."""


class PatientDied(Exception):
    """Nothing more is approved or sent for a patient who has died."""


def move(item: RefillItem, target: State, *, at: dt.datetime, due_at: dt.datetime | None = None) -> None:
    """Brings a locked item to its next state; `due_at` is by when the clinic does what comes then. Raises NotNow."""
    if not may_become(item.state, target):
        raise NotNow(f"{item.state} → {target}")
    item.state, item.moved_at, item.due_at = target, at, due_at
    item.save()


def may_approve(item: RefillItem, user: User) -> bool:
    return user.has_perm(SIGN) or (not item.needs_signature and user.has_perm(CHANGE))


def may_bulk_approve(item: RefillItem, user: User) -> bool:
    """One by one where a look at the one matters: controlled, stopped, new prescriptions, words of danger."""
    is_plain = not (item.schedule or item.is_stopped or item.kind == Kind.NEW_PRESCRIPTION or item.danger)
    return is_plain and item.state in (State.REQUESTED, State.IN_REVIEW) and may_approve(item, user)


@transaction.atomic
def take(*, actor: Actor, item_id: uuid.UUID, at: dt.datetime) -> RefillItem:
    """Makes it the actor's own, also from a colleague; what was only requested is in review then. Raises NotNow."""
    item = _locked(item_id)
    _take(item, actor, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


def _take(item: RefillItem, actor: Actor, at: dt.datetime, *, tells: bool = True) -> None:
    """Without `tells` for a deed that tells of itself: nobody is told twice of one click."""
    item.assigned_to = actor.user
    if item.state == State.REQUESTED:
        move(item, State.IN_REVIEW, at=at, due_at=item.due_at)
        item.note(EventKind.IN_REVIEW, at=at, by=actor.user)
        if tells:
            telling.tell(item, at)
    elif item.state in OPEN:
        item.save(update_fields=["assigned_to"])
    else:
        raise NotNow(item.state)


@transaction.atomic
def give_back(*, actor: Actor, item_id: uuid.UUID, at: dt.datetime) -> RefillItem:
    """Leaves it to whoever takes it next. Raises NotNow once it is finished."""
    item = _locked(item_id)
    if item.state not in OPEN:
        raise NotNow(item.state)
    item.assigned_to = None
    item.save(update_fields=["assigned_to"])
    item.note(EventKind.GIVEN_BACK, at=at, by=actor.user)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def pass_on(*, actor: Actor, item_id: uuid.UUID, note: str, at: dt.datetime) -> RefillItem:
    """Says that it is looked at and only waits for a signature; `note` is for colleagues. Raises NotNow."""
    item = _locked(item_id)
    follow_list([item])
    if not item.needs_signature:
        raise NotNow(item.kind)
    if item.state == State.REQUESTED:
        _take(item, actor, at)
    if item.state != State.IN_REVIEW:
        raise NotNow(item.state)
    item.prepared_by, item.prepared_at, item.assigned_to = actor.user, at, None
    item.save(update_fields=["prepared_by", "prepared_at", "assigned_to", "schedule", "kind"])
    item.note(EventKind.PASSED_ON, at=at, by=actor.user, for_staff=note)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def question(*, actor: Actor, item_id: uuid.UUID, text: str, at: dt.datetime) -> RefillItem:
    """Asks the patient: it is their turn, and nothing is due from the clinic. Raises NotNow."""
    item = _in_review(item_id, actor, at)
    move(item, State.QUESTION, at=at)
    item.note(EventKind.QUESTION, at=at, by=actor.user, text=text)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def approve(*, actor: Actor, item_id: uuid.UUID, text: str = "", at: dt.datetime) -> RefillItem:
    """Says yes, with words for the patient or without; it is due at the pharmacy by the next business day.

    Raises NeedsSignature, PatientDied, NotNow.
    """
    item = _in_review(item_id, actor, at)
    follow_list([item])
    if not may_approve(item, actor.user):
        raise NeedsSignature(item.kind)
    if item.patient.is_deceased:
        raise PatientDied
    _decide(item, actor, text, at)
    move(item, State.APPROVED, at=at, due_at=promises.due_after(at, promises.SENDING_DAYS))
    item.note(EventKind.APPROVED, at=at, by=actor.user, text=text)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def deny(*, actor: Actor, item_id: uuid.UUID, text: str, at: dt.datetime) -> RefillItem:
    """Says no, with the reason in words for the patient. Raises NotNow."""
    item = _locked(item_id)
    if item.state != State.QUESTION:
        _review(item, actor, at)
    return _deny(item, actor, text, at)


@transaction.atomic
def take_back(*, actor: Actor, item_id: uuid.UUID, text: str, at: dt.datetime) -> RefillItem:
    """Turns a yes that has not gone to the pharmacy into a no, with the reason for the patient. Raises NotNow.

    Apart from `deny`, so that who says no to what a colleague has just approved does not undo it unawares.
    """
    item = _locked(item_id)
    if item.state != State.APPROVED:
        raise NotNow(item.state)
    return _deny(item, actor, text, at)


def _deny(item: RefillItem, actor: Actor, text: str, at: dt.datetime) -> RefillItem:
    _decide(item, actor, text, at)
    move(item, State.DENIED, at=at)
    item.note(EventKind.DENIED, at=at, by=actor.user, text=text)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def forward(*, actor: Actor, item_id: uuid.UUID, target: State, at: dt.datetime) -> RefillItem:
    """What happens at the pharmacy: it was sent there, is ready, was picked up. Raises PatientDied, NotNow."""
    if target not in SUPPLIED:
        raise ValueError(f"{target} is decided, not forwarded.")
    item = _locked(item_id)
    if target == State.SENT and item.patient.is_deceased:
        raise PatientDied
    move(item, target, at=at)
    item.note(EventKind(target.value), at=at, by=actor.user)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


def escalate_late(at: dt.datetime) -> int:
    """Moves what is late to the top, says so to the patient, and returns how many. A periodic job."""
    late = RefillItem.objects.late(at).filter(escalated_at__isnull=True, patient__is_deceased=False)
    found = list(late.order_by("due_at").values_list("pk", flat=True)[:LATE_AT_ONCE])
    for pk in found:
        _escalate(pk, at)
    return len(found)


@transaction.atomic
def _escalate(item_id: uuid.UUID, at: dt.datetime) -> None:
    """Nobody has it then: whoever is there takes it."""
    item = _locked(item_id)
    if item.escalated_at is not None or not item.is_late(at):
        return
    item.escalated_at, item.assigned_to = at, None
    item.save(update_fields=["escalated_at", "assigned_to"])
    item.note(EventKind.LATE, at=at, by=None)
    telling.tell_late(item, at)


def _locked(item_id: uuid.UUID) -> RefillItem:
    rows = (
        RefillItem.objects.select_related("patient", "request", "medication")
        .defer("medication__raw")
        .select_for_update(of=("self",))
    )
    item: RefillItem = rows.get(pk=item_id)
    return item


def _in_review(item_id: uuid.UUID, actor: Actor, at: dt.datetime) -> RefillItem:
    item = _locked(item_id)
    _review(item, actor, at)
    return item


def _review(item: RefillItem, actor: Actor, at: dt.datetime) -> None:
    """Who decides or asks about what nobody has taken yet, takes it by that. Raises NotNow unless it is in review."""
    if item.state == State.REQUESTED:
        _take(item, actor, at, tells=False)
    if item.state != State.IN_REVIEW:
        raise NotNow(item.state)


def follow_list(items: Sequence[RefillItem]) -> None:
    """Gives each the schedule that the clinic's list says now: it may have grown since they were asked for."""
    listed = controlled_list()
    for item in items:
        row = item.medication
        item.follow(listed.schedule_of(row.code, row.text, row.code_display))


def _decide(item: RefillItem, actor: Actor, text: str, at: dt.datetime) -> None:
    item.decided_by, item.decided_at, item.answer, item.escalated_at = actor.user, at, text, None
