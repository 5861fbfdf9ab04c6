"""What happens at the same moment, on PostgreSQL; each control takes the database's guard away and goes wrong."""

import datetime as dt
import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import IntegrityError, connection

from records.appointments import booking, changing, earlier, freed, requesting
from records.appointments.actors import Actor
from records.appointments.booking import CannotMove, HoldOver
from records.appointments.changing import NotPossible
from records.appointments.choice import Details
from records.appointments.earlier import OfferOver, Wishes
from records.appointments.requesting import AlreadyAsked, WishedVisit
from records.appointments.states import CancelReason, OfferState, Status
from records.models import Appointment, AppointmentRequest, SlotCell, WaitlistOffer
from records.scheduling.cells import Taken
from tests.records.appointments.clinic import NOW, Clinic, on, somebody
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

MANY = 50


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The unique constraint on a provider's five minutes is not there."""
    constraint = next(each for each in SlotCell._meta.constraints if each.name == "slotcell_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(SlotCell, constraint)
    yield
    SlotCell.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(SlotCell, constraint)


def take(clinic: Clinic, actor: Actor, start: dt.datetime) -> Appointment:
    """From the press of a time to the appointment, as one person does it."""
    held = booking.hold(actor=actor, choice=clinic.choice(start), at=NOW)
    return booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW)


def doubly_booked() -> int:
    """Pairs of booked appointments of one provider that overlap."""
    rows = list(Appointment.objects.upcoming(NOW))
    return sum(
        a.provider_id == b.provider_id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
        for number, a in enumerate(rows)
        for b in rows[:number]
    )


def everybody_takes_the_same(clinic: Clinic, count: int) -> list[object]:
    return together(*(partial(take, clinic, somebody(), on(3, 10)) for _ in range(count)))


def test_fifty_people_book_one_time_and_one_gets_it(clinic: Clinic) -> None:
    outcomes = everybody_takes_the_same(clinic, MANY)
    assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == MANY - 1
    assert Appointment.objects.arranged().count() == 1
    assert SlotCell.objects.count() == 6


@pytest.mark.usefixtures("unguarded")
def test_without_the_constraint_several_get_it(clinic: Clinic) -> None:
    for _ in range(5):
        everybody_takes_the_same(clinic, 10)
        if doubly_booked():
            return
    pytest.fail("Nobody was booked doubly without the constraint: this test shows nothing.")


def overlapping_at_the_desk(clinic: Clinic) -> None:
    """Staff book times that overlap in part, at the same moment and outside the timetable."""
    nurse = somebody()
    patients = [somebody().scope.patient for _ in range(10)]
    together(
        *(
            partial(
                booking.book_at_once,
                patient=patient,
                actor=Actor(nurse.user),
                choice=clinic.choice(on(3, 20, 5 * number)),
                details=Details(),
                at=NOW,
                is_outside_hours=True,
            )
            for number, patient in enumerate(patients)
        )
    )


def test_visits_that_overlap_in_part_are_not_booked_together(clinic: Clinic) -> None:
    overlapping_at_the_desk(clinic)
    assert doubly_booked() == 0
    assert Appointment.objects.arranged().count() in (1, 2)


@pytest.mark.usefixtures("unguarded")
def test_without_the_constraint_they_are(clinic: Clinic) -> None:
    overlapping_at_the_desk(clinic)
    assert doubly_booked() > 0


def move(clinic: Clinic, actor: Actor, old: Appointment, start: dt.datetime) -> Appointment:
    held = booking.hold(actor=actor, choice=clinic.choice(start), at=NOW, replaces=old)
    return booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW)


def swap(clinic: Clinic) -> list[object]:
    """Two people move to each other's time, and two more try to get into either."""
    one, other = somebody(), somebody()
    mine, yours = clinic.booked(one, on(3, 10)), clinic.booked(other, on(3, 11))
    return together(
        partial(move, clinic, one, mine, on(3, 11)),
        partial(move, clinic, other, yours, on(3, 10)),
        partial(take, clinic, somebody(), on(3, 10)),
        partial(take, clinic, somebody(), on(3, 11)),
    )


def test_people_who_want_each_others_time_keep_their_own(clinic: Clinic) -> None:
    assert {type(outcome) for outcome in swap(clinic)} == {Taken}
    assert Appointment.objects.upcoming(NOW).count() == 2
    assert doubly_booked() == 0


def test_one_appointment_is_moved_to_one_place_only(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(3, 10))
    proxies = [somebody(patient=actor.scope.patient, kind="proxy") for _ in range(6)]
    outcomes = together(*(partial(move, clinic, proxy, old, on(4, 9 + n)) for n, proxy in enumerate(proxies)))
    assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Appointment | CannotMove) for outcome in outcomes)
    assert Appointment.objects.upcoming(NOW).count() == 1


def cancel(actor: Actor, appointment: Appointment) -> Appointment:
    return changing.cancel(actor=actor, appointment_id=appointment.pk, reason=CancelReason.TIME, note="", at=NOW)


@pytest.mark.parametrize("turn", range(5))
def test_cancelling_and_booking_the_same_time_leave_one_or_none(clinic: Clinic, turn: int) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    rivals = [partial(take, clinic, somebody(), on(3, 10)) for _ in range(5)]
    outcomes = together(partial(cancel, actor, booked), *rivals)
    won = [outcome for outcome in outcomes[1:] if isinstance(outcome, Appointment)]
    assert all(isinstance(outcome, Appointment | Taken) for outcome in outcomes)
    assert len(won) <= 1
    assert list(Appointment.objects.upcoming(NOW)) == won
    assert SlotCell.objects.count() == 6 * len(won)


@pytest.mark.parametrize("turn", range(5))
def test_cancelling_and_moving_leave_the_time_of_at_most_one(clinic: Clinic, turn: int) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(3, 10))
    held = booking.hold(actor=actor, choice=clinic.choice(on(3, 11)), at=NOW, replaces=old)
    outcomes = together(
        partial(cancel, actor, old),
        partial(booking.book, actor=actor, appointment_id=held.pk, details=Details(), at=NOW),
    )
    old.refresh_from_db()
    assert old.status == Status.CANCELLED
    booked = list(Appointment.objects.upcoming(NOW))
    assert booked == ([outcomes[1]] if isinstance(outcomes[1], Appointment) else [])
    assert all(isinstance(outcome, Appointment | CannotMove | NotPossible) for outcome in outcomes)


@pytest.mark.parametrize("turn", range(5))
def test_hold_that_runs_out_goes_to_one_of_those_who_want_it(clinic: Clinic, turn: int) -> None:
    slow = somebody()
    held = booking.hold(actor=slow, choice=clinic.choice(on(3, 10)), at=NOW)
    over = NOW + booking.HOLD
    outcomes = together(
        # The slow one's server clock is a moment behind.
        partial(
            booking.book,
            actor=slow,
            appointment_id=held.pk,
            details=Details(),
            at=over - dt.timedelta(milliseconds=1),
        ),
        *(partial(booking.hold, actor=somebody(), choice=clinic.choice(on(3, 10)), at=over) for _ in range(4)),
    )
    assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Appointment | Taken | HoldOver) for outcome in outcomes)
    assert SlotCell.objects.count() == 6


@pytest.mark.parametrize("turn", range(5))
def test_offer_is_taken_or_given_up_and_never_both(clinic: Clinic, turn: int) -> None:
    actor = somebody()
    mine = clinic.booked(actor, on(9, 10))
    earlier.join(actor=actor, appointment_id=mine.pk, wishes=Wishes(NOW.date()), at=NOW)
    gives_up = somebody()
    cancel(gives_up, clinic.booked(gives_up, on(3, 10)))
    offer = WaitlistOffer.objects.get()
    outcomes = together(
        partial(earlier.accept, actor=actor, offer_id=offer.pk, at=NOW),
        partial(earlier.accept, actor=actor, offer_id=offer.pk, at=NOW),
        partial(earlier.decline, actor=actor, offer_id=offer.pk, at=NOW),
        partial(cancel, actor, mine),
    )
    offer.refresh_from_db()
    booked = list(Appointment.objects.upcoming(NOW))
    assert len(booked) <= 1
    assert SlotCell.objects.count() == 6 * len(booked)
    assert (offer.state == OfferState.ACCEPTED) == (booked == [offer.held])
    allowed = Appointment | OfferOver | CannotMove | NotPossible | type(None)
    assert all(isinstance(outcome, allowed) for outcome in outcomes), outcomes


def freed_together(clinic: Clinic) -> list[object]:
    """One person waits, and two give up a time that would suit them at the same moment."""
    actor, givers = somebody(), [somebody(), somebody()]
    mine = clinic.booked(actor, on(9, 10))
    earlier.join(actor=actor, appointment_id=mine.pk, wishes=Wishes(NOW.date()), at=NOW)
    rows = [clinic.booked(giver, on(3, 10 + number)) for number, giver in enumerate(givers)]
    return together(*(partial(cancel, giver, row) for giver, row in zip(givers, rows, strict=True)))


@pytest.mark.parametrize("turn", range(5))
def test_two_times_freed_at_once_are_not_both_offered_to_one(clinic: Clinic, turn: int) -> None:
    outcomes = freed_together(clinic)
    assert all(isinstance(outcome, Appointment) for outcome in outcomes), outcomes
    assert WaitlistOffer.objects.filter(state=OfferState.OFFERED).count() == 1


def test_without_a_second_look_somebody_cannot_cancel(clinic: Clinic, monkeypatch) -> None:
    monkeypatch.setattr(freed, "_still_waits", lambda entry: True)
    for _ in range(10):
        outcomes = freed_together(Clinic(location=clinic.location, visit_type=clinic.visit_type))
        if any(isinstance(outcome, IntegrityError) for outcome in outcomes):
            return
    pytest.fail("Both could cancel without it: the test above shows nothing.")


@pytest.mark.parametrize("turn", range(5))
def test_who_cancels_while_a_time_is_freed_is_left_no_offer(clinic: Clinic, turn: int) -> None:
    actor, giver = somebody(), somebody()
    mine, theirs = clinic.booked(actor, on(9, 10)), clinic.booked(giver, on(3, 10))
    earlier.join(actor=actor, appointment_id=mine.pk, wishes=Wishes(NOW.date()), at=NOW)
    outcomes = together(partial(cancel, giver, theirs), partial(cancel, actor, mine))
    assert all(isinstance(outcome, Appointment) for outcome in outcomes), outcomes
    assert not WaitlistOffer.objects.filter(state=OfferState.OFFERED).exists()


@pytest.mark.parametrize("turn", range(3))
def test_several_who_ask_for_the_same_ask_once(clinic: Clinic, turn: int) -> None:
    patient = somebody().scope.patient
    wished = WishedVisit(clinic.visit_type, None, None, "", [], Details("It hurts"))
    actors = [somebody(patient=patient, kind="proxy") for _ in range(6)]
    outcomes = together(
        *(partial(requesting.ask, actor=actor, wished=wished, once=uuid.uuid4(), at=NOW) for actor in actors)
    )
    assert sum(isinstance(outcome, AppointmentRequest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyAsked) for outcome in outcomes) == 5, outcomes
