import datetime as dt

import pytest

from records.access.permissions import Permission as P
from records.access.scope import PermissionMissing
from records.appointments import booking, changing, earlier
from records.appointments.booking import CannotMove
from records.appointments.choice import Details
from records.appointments.earlier import Wishes
from records.appointments.states import CancelReason, EventKind, Status
from records.models import Appointment, SlotCell, WaitlistEntry
from records.notifications.models import Notification
from tests.factories.records import PatientFactory
from tests.records.appointments.clinic import NOW, Clinic, on, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def move(clinic, actor, old, start, at=NOW) -> Appointment:
    held = booking.hold(actor=actor, choice=clinic.choice(start), at=at, replaces=old)
    return booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=at)


def test_old_one_stays_until_the_new_one_is_sure(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(5, 10))
    held = booking.hold(actor=actor, choice=clinic.choice(on(4, 10)), at=NOW, replaces=old)
    old.refresh_from_db()
    assert old.status == Status.BOOKED
    new = booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW)
    old.refresh_from_db()
    assert (old.status, new.status) == (Status.CANCELLED, Status.BOOKED)
    assert not SlotCell.objects.filter(appointment=old).exists()
    assert new.events.get().kind == EventKind.MOVED
    assert (new.calendar_uid, new.sequence) == (old.calendar_uid, old.sequence + 1)
    kinds = Notification.objects.filter(channel="email").values_list("kind", flat=True)
    assert sorted(kinds) == ["appointment_booked", "appointment_moved"]


def test_lost_hold_leaves_the_old_one(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(5, 10))
    held = booking.hold(actor=actor, choice=clinic.choice(on(4, 10)), at=NOW, replaces=old)
    with pytest.raises(booking.HoldOver):
        booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW + booking.HOLD)
    old.refresh_from_db()
    assert old.status == Status.BOOKED


def test_cancelled_meanwhile_is_not_moved(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(5, 10))
    held = booking.hold(actor=actor, choice=clinic.choice(on(4, 10)), at=NOW, replaces=old)
    changing.cancel(actor=actor, appointment_id=old.pk, reason=CancelReason.TIME, note="", at=NOW)
    with pytest.raises(CannotMove):
        booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW)
    assert Appointment.objects.upcoming(NOW).count() == 0


def test_appointment_is_moved_once(clinic: Clinic) -> None:
    patient = PatientFactory()
    one, other = somebody(patient=patient), somebody(patient=patient, kind="proxy")
    old = clinic.booked(one, on(5, 10))
    first = booking.hold(actor=one, choice=clinic.choice(on(4, 10)), at=NOW, replaces=old)
    second = booking.hold(actor=other, choice=clinic.choice(on(4, 11)), at=NOW, replaces=old)
    booking.book(actor=one, appointment_id=first.pk, details=Details(), at=NOW)
    with pytest.raises(CannotMove):
        booking.book(actor=other, appointment_id=second.pk, details=Details(), at=NOW)
    assert Appointment.objects.upcoming(NOW).count() == 1


def test_moving_is_free_of_the_limit_of_appointments_ahead(clinic: Clinic, settings) -> None:
    settings.APPOINTMENTS_AHEAD = 1
    actor = somebody()
    old = clinic.booked(actor, on(5, 10))
    assert move(clinic, actor, old, on(6, 10)).status == Status.BOOKED


def test_who_may_not_book_cannot_move(clinic: Clinic) -> None:
    patient = PatientFactory()
    old = clinic.booked(somebody(patient=patient), on(5, 10))
    with pytest.raises(PermissionMissing):
        move(clinic, somebody(P.APPOINTMENTS_BOOK, patient=patient, kind="proxy"), old, on(4, 10))
    with pytest.raises(PermissionMissing):
        move(clinic, somebody(), old, on(4, 10))


def test_waiting_goes_along_to_a_later_day_and_ends_with_an_earlier_one(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(9, 10))
    earlier.join(actor=actor, appointment_id=old.pk, wishes=Wishes(NOW.date()), at=NOW)
    later = move(clinic, actor, old, on(12, 10))
    entry = WaitlistEntry.objects.get()
    assert (entry.appointment, entry.ended_at) == (later, None)
    move(clinic, actor, later, on(8, 10))
    entry.refresh_from_db()
    assert entry.ended_at == NOW


def test_late_move_is_kept_for_staff(clinic: Clinic) -> None:
    actor = somebody()
    old = clinic.booked(actor, on(1, 10))
    move(clinic, actor, old, on(5, 10), at=NOW + dt.timedelta(hours=2))
    old.refresh_from_db()
    assert old.is_late_cancel
