"""The way of one request as people see it, like a parcel's."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from records.refills.requests import RefillEvent, RefillItem
from records.refills.states import EventKind, State, may_become

_WAY = (State.REQUESTED, State.IN_REVIEW, State.APPROVED, State.SENT, State.READY, State.PICKED_UP)
_ENDED = (State.DENIED, State.CANCELLED)
# What was asked and answered stands beside the way, in full.
_TALK = (EventKind.QUESTION, EventKind.ANSWERED)


@dataclass(frozen=True)
class Stage:
    label: Promise | str
    is_reached: bool
    is_current: bool
    when: dt.datetime | None


@dataclass(frozen=True)
class Tracked:
    """An item with its way and what was asked and answered; its events must be at hand."""

    item: RefillItem
    stages: Sequence[Stage]
    talk: Sequence[RefillEvent]
    is_late: bool
    can_cancel: bool

    @property
    def is_waiting_for_answer(self) -> bool:
        return self.item.state == State.QUESTION


def tracked(item: RefillItem, at: dt.datetime) -> Tracked:
    events = list(item.events.all())
    return Tracked(
        item=item,
        stages=_stages(item, {event.kind: event.at for event in events}),
        talk=[event for event in events if event.kind in _TALK],
        is_late=item.is_late(at),
        can_cancel=may_become(item.state, State.CANCELLED),
    )


def _stages(item: RefillItem, reached: dict[str, dt.datetime]) -> list[Stage]:
    way = _way(item, reached)
    here = way.index(State(item.state))
    return [
        Stage(state.label, place < here, place == here, reached.get(state.value) if place <= here else None)
        for place, state in enumerate(way)
    ]


def _way(item: RefillItem, reached: dict[str, dt.datetime]) -> list[State]:
    """Where the clinic fills it itself, up to the counter; elsewhere the pharmacy tells the rest, unless we heard it."""
    if item.state in _ENDED:
        return [*(state for state in _WAY if state.value in reached), State(item.state)]
    is_ours = item.pharmacy is not None and item.pharmacy.is_clinics_own
    way = [state for state in _WAY if is_ours or state.value in reached or state not in (State.READY, State.PICKED_UP)]
    if item.state == State.QUESTION:
        way.insert(way.index(State.IN_REVIEW) + 1, State.QUESTION)
    return way
