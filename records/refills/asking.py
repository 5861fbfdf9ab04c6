"""What people do with their own requests: ask for medications, answer a question, cancel. Each whole or not at all."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction

from records.access.numbers import new_number
from records.access.permissions import Permission
from records.access.scope import Scope
from records.danger.check import Danger, danger_in
from records.hours.calendar import calendar
from records.refills import promises, standings, telling
from records.refills.actors import Actor
from records.refills.handling import NotNow, move
from records.refills.pharmacies import Pharmacy
from records.refills.requests import RefillItem, RefillRequest
from records.refills.standings import Standing
from records.refills.states import EventKind, Kind, State

# So many days of supply or fewer cannot wait for an answer in business days.
URGENT_LEFT = 2


class OnceTaken(BadRequest):
    """Something else was sent under this `once`, by somebody else or for another patient. Answered 400."""


class CannotAsk(Exception):
    """Some of what was chosen cannot be asked for any more: nothing was sent."""


class Closed(Exception):
    """Nothing is asked for a patient who has died."""


@dataclass(frozen=True)
class Wish:
    """One medication and how many days of it are left."""

    medication_id: uuid.UUID
    days_left: int

    @property
    def is_urgent(self) -> bool:
        return self.days_left <= URGENT_LEFT


@dataclass(frozen=True)
class Destination:
    """Where it should go: a pharmacy of the clinic's list, or another in the patient's words."""

    pharmacy: Pharmacy | None = None
    other: str = ""


def ask(
    *,
    actor: Actor,
    wishes: Sequence[Wish],
    destination: Destination,
    comment: str,
    once: uuid.UUID,
    at: dt.datetime,
) -> RefillRequest:
    """Sends a request; the same `once` again gives the one that is there, also when both come at the same moment.

    A refill goes to the clinic's own pharmacy that fills it, all else where the patient chose. Words of danger in
    the comment make all of it urgent. Raises PermissionMissing, CannotAsk, Closed, OnceTaken.
    """
    scope = _scope_of(actor)
    try:
        return _ask(actor, scope, wishes, destination, comment, once, at)
    except IntegrityError as error:
        # Another window was faster: with the same request, or with one for the same medication.
        known = _known(once, actor, scope)
        if known is None:
            raise CannotAsk from error
        return known


@transaction.atomic
def _ask(
    actor: Actor,
    scope: Scope,
    wishes: Sequence[Wish],
    destination: Destination,
    comment: str,
    once: uuid.UUID,
    at: dt.datetime,
) -> RefillRequest:
    known = _known(once, actor, scope)
    if known is not None:
        return known
    patient = scope.patient
    if patient.is_deceased:
        raise Closed
    chosen = _chosen(scope, wishes, at)
    request = RefillRequest.objects.create(
        patient=patient,
        released_at=at,
        is_sensitive=any(standing.medication.is_sensitive for standing, _wish in chosen),
        once=once,
        number=new_number(),
        asked_by=actor.user,
        asked_as=scope.kind,
        comment=comment,
        created_at=at,
    )
    _add_items(request, chosen, destination, actor, at)
    actor.log_change(patient.pk, request.pk, at)
    return request


def _scope_of(actor: Actor) -> Scope:
    assert actor.scope is not None  # noqa: S101 (for the type checker: staff do not ask)
    actor.scope.require(Permission.REFILLS_REQUEST)
    actor.scope.require(Permission.REFILLS)
    return actor.scope


def _chosen(scope: Scope, wishes: Sequence[Wish], at: dt.datetime) -> list[tuple[Standing, Wish]]:
    """Raises CannotAsk unless every medication can be asked for at this moment."""
    by_id = {standing.medication.pk: standing for standing in standings.standings_of(scope, at) if standing.can_ask}
    if not wishes or not all(wish.medication_id in by_id for wish in wishes):
        raise CannotAsk
    return [(by_id[wish.medication_id], wish) for wish in wishes]


def _add_items(
    request: RefillRequest,
    chosen: Sequence[tuple[Standing, Wish]],
    destination: Destination,
    actor: Actor,
    at: dt.datetime,
) -> None:
    danger, hours = danger_in(request.comment, destination.other), calendar()
    for position, (standing, wish) in enumerate(chosen):
        kind = Kind(standing.verdict.kind or Kind.RENEWAL)
        is_urgent = wish.is_urgent or danger is not None
        is_ours = kind == Kind.REFILL
        item = RefillItem.objects.create(
            request=request,
            position=position,
            patient=request.patient,
            released_at=at,
            is_sensitive=standing.medication.is_sensitive,
            medication=standing.medication,
            kind=kind,
            schedule=standing.schedule,
            days_left=wish.days_left,
            pharmacy=standing.pharmacy if is_ours else destination.pharmacy,
            pharmacy_other="" if is_ours else destination.other,
            is_urgent=is_urgent,
            danger=danger or "",
            moved_at=at,
            due_at=promises.due_after(at, promises.days_for(kind, is_urgent=is_urgent), hours),
        )
        item.note(EventKind.REQUESTED, at=at, by=actor.user)
        telling.tell(item, at)


def _locked(item_id: uuid.UUID) -> RefillItem:
    item: RefillItem = RefillItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    return item


def _known(once: uuid.UUID, actor: Actor, scope: Scope) -> RefillRequest | None:
    """What the same person has sent for the same patient under this `once` before. Raises OnceTaken for another's."""
    sent = RefillRequest.objects.filter(once=once).first()
    if sent is not None and (sent.asked_by_id, sent.patient_id) != (actor.user.pk, scope.patient.pk):
        raise OnceTaken
    return sent


@transaction.atomic
def answer(*, actor: Actor, item_id: uuid.UUID, text: str, at: dt.datetime) -> RefillItem:
    """Answers the clinic's question: it is the clinic's turn again. Words of danger make it urgent.

    Raises NotNow once no answer is waited for, PermissionMissing.
    """
    item = _locked(item_id)
    actor.require_for(item)
    if item.state != State.QUESTION:
        raise NotNow(item.state)
    danger = danger_in(text)
    if danger is not None:
        item.is_urgent, item.danger = True, Danger(danger)
    days = promises.days_for(item.kind, is_urgent=item.is_urgent)
    item.escalated_at = None
    move(item, State.IN_REVIEW, at=at, due_at=promises.due_after(at, days))
    item.note(EventKind.ANSWERED, at=at, by=actor.user, text=text)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item


@transaction.atomic
def cancel(*, actor: Actor, item_id: uuid.UUID, at: dt.datetime) -> RefillItem:
    """Takes one medication back while it has not gone to the pharmacy. Raises NotNow, PermissionMissing."""
    item = _locked(item_id)
    actor.require_for(item)
    move(item, State.CANCELLED, at=at)
    item.note(EventKind.CANCELLED, at=at, by=actor.user)
    telling.tell(item, at)
    actor.log_change(item.patient_id, item.pk, at)
    return item
