import datetime as dt

import pytest

from records.access.scope import PermissionMissing
from records.appointments import changing, earlier, freed
from records.appointments.actors import Actor
from records.appointments.earlier import NothingEarlier, OfferOver, TooManyEntries, Wishes
from records.appointments.states import CancelReason, OfferState, Status
from records.models import Appointment, SlotCell, WaitlistEntry, WaitlistOffer
from records.notifications.models import Notification
from records.scheduling.choices import TimeOfDay
from tests.records.appointments.clinic import NOW, Clinic, on, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ANY = Wishes(NOW.date())


def waiting(
    clinic: Clinic, start: dt.datetime, wishes: Wishes = ANY, at: dt.datetime = NOW
) -> tuple[Actor, Appointment]:
    actor = somebody()
    booked = clinic.booked(actor, start)
    earlier.join(actor=actor, appointment_id=booked.pk, wishes=wishes, at=at)
    return actor, booked


def free(clinic: Clinic, start: dt.datetime, at: dt.datetime = NOW) -> None:
    """Somebody books the time and gives it up."""
    actor = somebody()
    booked = clinic.booked(actor, start)
    changing.cancel(actor=actor, appointment_id=booked.pk, reason=CancelReason.TIME, note="", at=at)


def offered_to() -> list[Appointment]:
    return [offer.entry.appointment for offer in WaitlistOffer.objects.filter(state=OfferState.OFFERED)]


def test_freed_time_is_offered_to_who_has_waited_longest(clinic: Clinic) -> None:
    _, second = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    _, first = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    free(clinic, on(3, 10))
    assert offered_to() == [first]
    offer = WaitlistOffer.objects.get()
    assert (offer.held.starts_at, offer.expires_at) == (on(3, 10), NOW + dt.timedelta(minutes=60))
    assert Notification.objects.filter(kind="appointment_offer", channel="email").count() == 1
    second.refresh_from_db()
    assert second.status == Status.BOOKED


def test_taken_offer_moves_the_patient_and_ends_the_waiting(clinic: Clinic) -> None:
    actor, old = waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    offer = WaitlistOffer.objects.get()
    new = earlier.accept(actor=actor, offer_id=offer.pk, at=NOW)
    again = earlier.accept(actor=actor, offer_id=offer.pk, at=NOW)
    old.refresh_from_db()
    offer.refresh_from_db()
    assert (new.status, old.status, offer.state) == (Status.BOOKED, Status.CANCELLED, OfferState.ACCEPTED)
    assert again.pk == new.pk
    assert new.calendar_uid == old.calendar_uid
    assert WaitlistEntry.objects.get().ended_at == NOW
    assert SlotCell.objects.filter(held_until__isnull=True).count() == SlotCell.objects.count() == 6


def test_declined_offer_goes_to_the_next_and_nobody_loses_what_they_had(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    _, next_one = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    free(clinic, on(3, 10))
    earlier.decline(actor=actor, offer_id=WaitlistOffer.objects.get().pk, at=NOW)
    assert offered_to() == [next_one]
    mine.refresh_from_db()
    assert mine.status == Status.BOOKED
    assert WaitlistEntry.objects.get(appointment=mine).ended_at is None


def test_offer_that_runs_out_goes_to_the_next_and_then_to_nobody_twice(clinic: Clinic) -> None:
    actor, first = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    _, second = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    free(clinic, on(3, 10))
    offer = WaitlistOffer.objects.get()
    over = NOW + dt.timedelta(minutes=60)
    assert freed.expire_offers(over - dt.timedelta(seconds=1)) == 0
    assert freed.expire_offers(over) == 1
    assert offered_to() == [second]
    with pytest.raises(OfferOver):
        earlier.accept(actor=actor, offer_id=offer.pk, at=over)
    freed.expire_offers(over + dt.timedelta(minutes=60))
    assert offered_to() == []
    first.refresh_from_db()
    assert first.status == Status.BOOKED
    assert not SlotCell.objects.filter(starts_at=on(3, 10)).exists()


def test_offer_that_ran_out_is_over_even_before_the_job_runs(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    late = NOW + dt.timedelta(minutes=60)
    with pytest.raises(OfferOver):
        earlier.accept(actor=actor, offer_id=WaitlistOffer.objects.get().pk, at=late)
    assert clinic.booked(somebody(), on(3, 10), at=late).status == Status.BOOKED


@pytest.mark.parametrize(
    ("wishes", "is_offered"),
    [
        (ANY, True),
        (Wishes(NOW.date() + dt.timedelta(days=3)), True),
        (Wishes(NOW.date() + dt.timedelta(days=4)), False),
        (Wishes(NOW.date(), weekdays=(3,)), True),
        (Wishes(NOW.date(), weekdays=(0, 1, 2)), False),
        (Wishes(NOW.date(), times_of_day=(TimeOfDay.MORNING,)), True),
        (Wishes(NOW.date(), times_of_day=(TimeOfDay.AFTERNOON, TimeOfDay.EVENING)), False),
    ],
    ids=["any", "from that day", "from the next", "that weekday", "other weekdays", "that time", "other times"],
)
def test_only_what_suits_is_offered(clinic: Clinic, wishes: Wishes, is_offered: bool) -> None:
    waiting(clinic, on(9, 10), wishes)
    free(clinic, on(3, 10))
    assert bool(offered_to()) is is_offered


@pytest.mark.parametrize(("same_provider", "is_offered"), [(True, False), (False, True)])
def test_time_of_somebody_else_is_offered_only_where_that_is_fine(
    clinic: Clinic, same_provider: bool, is_offered: bool
) -> None:
    waiting(clinic, on(9, 10), Wishes(NOW.date(), same_provider=same_provider))
    other = Clinic(location=clinic.location, visit_type=clinic.visit_type)
    free(other, on(3, 10))
    assert bool(offered_to()) is is_offered


def test_later_time_is_not_offered(clinic: Clinic) -> None:
    waiting(clinic, on(3, 10))
    free(clinic, on(9, 10))
    assert offered_to() == []


def test_time_that_begins_too_soon_is_not_offered(clinic: Clinic) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(0, 11, 30))
    assert offered_to() == []
    free(clinic, on(0, 12))
    assert len(offered_to()) == 1


@pytest.mark.parametrize(
    ("hour", "expires"), [(3, on(1, 9)), (21, on(2, 9)), (12, on(1, 13))], ids=["at night", "in the evening", "by day"]
)
def test_clock_runs_while_people_are_awake(clinic: Clinic, hour: int, expires: dt.datetime) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=on(1, hour))
    assert WaitlistOffer.objects.get().expires_at == expires


def test_one_offer_at_a_time(clinic: Clinic) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    free(clinic, on(4, 10))
    assert WaitlistOffer.objects.count() == 1


def test_who_cancels_gives_the_offer_on(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    _, next_one = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    free(clinic, on(3, 10))
    changing.cancel(actor=actor, appointment_id=mine.pk, reason=CancelReason.TIME, note="", at=NOW)
    assert next_one in offered_to()
    assert WaitlistOffer.objects.filter(state=OfferState.WITHDRAWN).count() == 1


def test_leaving_keeps_the_appointment(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    earlier.leave(actor=actor, appointment_id=mine.pk, at=NOW)
    free(clinic, on(3, 10))
    assert offered_to() == []
    mine.refresh_from_db()
    assert mine.status == Status.BOOKED


def test_joining_again_changes_the_wishes(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    earlier.join(actor=actor, appointment_id=mine.pk, wishes=Wishes(NOW.date(), weekdays=(1,)), at=NOW)
    assert WaitlistEntry.objects.get().weekdays == [1]


def test_limit_of_what_one_can_wait_for(clinic: Clinic, settings) -> None:
    settings.WAITLIST_ENTRIES = 1
    actor, _ = waiting(clinic, on(9, 10))
    second = clinic.booked(actor, on(8, 10))
    with pytest.raises(TooManyEntries):
        earlier.join(actor=actor, appointment_id=second.pk, wishes=ANY, at=NOW)


def test_nothing_is_earlier_than_what_is_about_to_begin(clinic: Clinic) -> None:
    actor = somebody()
    soon = clinic.booked(actor, on(0, 11))
    with pytest.raises(NothingEarlier):
        earlier.join(actor=actor, appointment_id=soon.pk, wishes=ANY, at=NOW)


def test_nobody_answers_another_patients_offer(clinic: Clinic) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    offer = WaitlistOffer.objects.get()
    for answer in (earlier.accept, earlier.decline):
        with pytest.raises(PermissionMissing):
            answer(actor=somebody(), offer_id=offer.pk, at=NOW)


def test_who_has_died_is_offered_nothing(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    patient = actor.scope.patient
    patient.is_deceased = True
    patient.save()
    free(clinic, on(3, 10))
    assert offered_to() == []
