"""Somebody who asks, a nurse and a clinician who answer, and requests brought to any state by what people do."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from records.access.permissions import ALL, Permission
from records.access.scope import Scope
from records.models import ControlledDrug, MedicationRequest, RefillItem, RefillRequest
from records.refills import asking, handling
from records.refills.actors import Actor
from records.refills.asking import Destination, Wish
from records.refills.states import State
from tests.factories.records import GrantFactory
from tests.factories.refills import PharmacyFactory, prescribed


def controlled(words: str, schedule: str) -> None:
    """Whether or not the installation's own list holds it."""
    ControlledDrug.objects.update_or_create(words=words, code="", defaults={"schedule": schedule})


def scope_of(grant: Any) -> Scope:
    return Scope(grant.user, grant.patient, grant.kind, grant.permission_set)


def asker(grant: Any) -> Actor:
    return Actor(grant.user, scope_of(grant))


def proxy_of(patient: Any, *without: Permission, **fields: Any) -> Any:
    permissions = sorted(ALL - {*without})
    return GrantFactory(patient=patient, kind="proxy", permissions=permissions, **fields)


def ask(grant: Any, *medications: MedicationRequest, left: int = 6, comment: str = "", **fields: Any) -> RefillRequest:
    """Asked now, unless `at` is given."""
    values: dict[str, Any] = {"once": uuid.uuid4(), "at": timezone.now()} | fields
    return asking.ask(
        actor=asker(grant),
        wishes=[Wish(medication.pk, left) for medication in medications],
        destination=Destination(PharmacyFactory()),
        comment=comment,
        **values,
    )


def one(grant: Any, **fields: Any) -> RefillItem:
    """A renewal that was just asked for."""
    return ask(grant, prescribed(grant.patient), **fields).items.get()


def bring_to(item: RefillItem, state: State, doctor: Actor, owner: Actor) -> RefillItem:
    """Along the way that people go; each step is an action."""
    at, pk = timezone.now(), item.pk
    steps: dict[State, Any] = {
        State.REQUESTED: lambda: None,
        State.IN_REVIEW: lambda: handling.take(actor=doctor, item_id=pk, at=at),
        State.QUESTION: lambda: handling.question(actor=doctor, item_id=pk, text="Since when?", at=at),
        State.APPROVED: lambda: handling.approve(actor=doctor, item_id=pk, at=at),
        State.SENT: lambda: _forward(doctor, pk, State.SENT, at),
        State.READY: lambda: _forward(doctor, pk, State.READY, at),
        State.PICKED_UP: lambda: _forward(doctor, pk, State.PICKED_UP, at),
        State.DENIED: lambda: handling.deny(actor=doctor, item_id=pk, text="Come in first.", at=at),
        State.CANCELLED: lambda: asking.cancel(actor=owner, item_id=pk, at=at),
    }
    before = {State.SENT: [State.APPROVED], State.READY: [State.APPROVED, State.SENT]}
    before[State.PICKED_UP] = [State.APPROVED, State.SENT, State.READY]
    for step in (*before.get(state, ()), state):
        steps[step]()
    item.refresh_from_db()
    return item


def _forward(doctor: Actor, pk: uuid.UUID, target: State, at: dt.datetime) -> None:
    handling.forward(actor=doctor, item_id=pk, target=target, at=at)
