"""To whom a freed time is offered, when they hear of it, and how long they have."""

import datetime as dt
from unittest import mock

import pytest
from django.core import mail

from records.access.permissions import Permission as P
from records.appointments import booking, changing, earlier, freed
from records.appointments.actors import Actor
from records.appointments.choice import Details
from records.appointments.earlier import TooManyEntries, Wishes
from records.appointments.states import CancelReason, OfferState, Status
from records.models import Appointment, Grant, WaitlistEntry, WaitlistOffer
from records.notifications import delivery, preferences
from records.notifications.choices import Category, Channel, Mode
from records.notifications.models import Notification
from records.scheduling.choices import ExceptionKind, Modality
from tests.factories.scheduling import AvailabilityExceptionFactory, VisitTypeFactory
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
    actor = somebody()
    booked = clinic.booked(actor, start)
    changing.cancel(actor=actor, appointment_id=booked.pk, reason=CancelReason.TIME, note="", at=at)


def offered_to() -> list[Appointment]:
    return [offer.entry.appointment for offer in WaitlistOffer.objects.filter(state=OfferState.OFFERED)]


def notice() -> Notification:
    found: Notification = Notification.objects.get(kind="appointment_offer", channel=Channel.EMAIL)
    return found


@pytest.mark.parametrize(
    ("freed_at", "expires"),
    [
        (on(1, 7, 59), on(1, 9)),
        (on(1, 8), on(1, 9)),
        (on(1, 19), on(1, 20)),
        (on(1, 19, 30), on(2, 8, 30)),
        (on(1, 20), on(2, 9)),
    ],
    ids=["before eight", "at eight", "until eight", "half of it", "at eight in the evening"],
)
def test_minutes_that_are_left_in_the_evening_run_on_in_the_morning(
    clinic: Clinic, freed_at: dt.datetime, expires: dt.datetime
) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=freed_at)
    assert WaitlistOffer.objects.get().expires_at == expires


def test_long_clock_runs_over_several_days(clinic: Clinic, settings) -> None:
    settings.WAITLIST_OFFER_MINUTES = 26 * 60
    waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=on(0, 18))
    assert WaitlistOffer.objects.get().expires_at == on(2, 20)


def test_offer_made_at_night_is_told_in_the_morning(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=on(1, 3))
    assert notice().next_try_at == on(1, 8)
    heard = Notification.objects.in_portal(actor.user, on(1, 7)).filter(kind="appointment_offer")
    assert not heard.exists()
    assert Notification.objects.in_portal(actor.user, on(1, 8)).filter(kind="appointment_offer").exists()


@pytest.mark.parametrize(
    ("quiet", "heard", "expires"),
    [
        ((dt.time(21), dt.time(9, 30)), on(1, 9, 30), on(1, 10, 30)),
        ((dt.time(7), dt.time(19, 30)), on(1, 19, 30), on(2, 8, 30)),
        ((dt.time(7), dt.time(22)), on(1, 22), on(2, 9)),
    ],
    ids=["late riser", "sleeps by day", "until night"],
)
def test_clock_does_not_run_in_quiet_hours(
    clinic: Clinic, quiet: tuple[dt.time, dt.time], heard: dt.datetime, expires: dt.datetime
) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    preferences.keep_quiet(user=actor.user, begin=quiet[0], end=quiet[1])
    free(clinic, on(5, 10), at=on(1, 8, 15))
    assert notice().next_try_at == heard
    assert WaitlistOffer.objects.get().expires_at == expires


def test_who_hears_of_it_too_late_is_passed_over(clinic: Clinic) -> None:
    sleeper, _ = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    _, second = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    preferences.keep_quiet(user=sleeper.user, begin=dt.time(7), end=dt.time(15))
    free(clinic, on(0, 14))
    assert offered_to() == [second]


def test_offer_does_not_wait_for_the_days_summary(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    preferences.choose(user=actor.user, category=Category.APPOINTMENTS, channel=Channel.EMAIL, mode=Mode.DIGEST)
    free(clinic, on(3, 10))
    assert notice().state == Notification.State.QUEUED


def test_offer_that_is_over_is_not_told_any_more(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=on(1, 3))
    told = notice()
    changing.cancel(actor=actor, appointment_id=mine.pk, reason=CancelReason.TIME, note="", at=on(1, 4))
    delivery.deliver(notification_id=told.pk, at=on(1, 8))
    assert not mail.outbox
    assert not Notification.objects.filter(pk=told.pk).exists()


def test_offer_that_stands_is_told(clinic: Clinic) -> None:
    waiting(clinic, on(9, 10))
    free(clinic, on(5, 10), at=on(1, 3))
    delivery.deliver(notification_id=notice().pk, at=on(1, 8))
    assert len(mail.outbox) == 1


def test_only_who_can_answer_is_told(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    looks = somebody(P.APPOINTMENTS_BOOK, patient=actor.scope.patient, kind=Grant.Kind.PROXY)
    free(clinic, on(3, 10))
    assert notice().user == actor.user
    assert not Notification.objects.filter(kind="appointment_offer", user=looks.user).exists()


def test_what_nobody_can_answer_goes_to_the_next(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10), at=NOW - dt.timedelta(hours=2))
    _, second = waiting(clinic, on(8, 10), at=NOW - dt.timedelta(hours=1))
    Grant.objects.filter(user=actor.user).update(permissions=[P.APPOINTMENTS])
    free(clinic, on(3, 10))
    assert offered_to() == [second]


def test_confidential_offer_is_told_only_to_who_sees_it(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    proxy = somebody(P.SENSITIVE, patient=actor.scope.patient, kind=Grant.Kind.PROXY)
    Appointment.objects.filter(pk=mine.pk).update(is_sensitive=True)
    free(clinic, on(3, 10))
    assert WaitlistOffer.objects.get().held.is_sensitive
    assert not Notification.objects.filter(kind="appointment_offer", user=proxy.user).exists()


def test_offered_video_visit_has_a_room(clinic: Clinic, settings) -> None:
    settings.VIDEO_VISIT_URL = "https://video.example/{room}"
    clinic.visit_type.modalities = ["in_person", "video"]
    clinic.visit_type.save()
    _, mine = waiting(clinic, on(9, 10))
    Appointment.objects.filter(pk=mine.pk).update(modality=Modality.VIDEO, video_url="https://video.example/old")
    free(clinic, on(3, 10))
    held = WaitlistOffer.objects.get().held
    assert held.video_url.startswith("https://video.example/")
    assert held.video_url != "https://video.example/old"


def test_time_that_is_kept_for_other_visits_is_not_offered(clinic: Clinic) -> None:
    waiting(clinic, on(9, 10))
    kept = AvailabilityExceptionFactory(
        provider=clinic.provider,
        kind=ExceptionKind.RESERVED,
        first_date=on(3, 0).date(),
        last_date=on(3, 0).date(),
        starts_at=dt.time(9),
        ends_at=dt.time(12),
    )
    kept.visit_types.add(VisitTypeFactory())
    other = somebody()
    booked = booking.book_at_once(
        patient=other.scope.patient,
        actor=Actor(other.user),
        choice=clinic.choice(on(3, 10)),
        details=Details(),
        at=NOW,
        is_outside_hours=True,
    )
    changing.cancel(actor=Actor(other.user), appointment_id=booked.pk, reason=CancelReason.CLINIC, note="", at=NOW)
    assert offered_to() == []


@pytest.mark.parametrize("what", ["provider", "visit_type"])
def test_nothing_is_offered_of_what_is_switched_off(clinic: Clinic, what: str) -> None:
    waiting(clinic, on(9, 10))
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    row = getattr(clinic, what)
    row.is_active = False
    row.save()
    changing.cancel(actor=actor, appointment_id=booked.pk, reason=CancelReason.TIME, note="", at=NOW)
    assert offered_to() == []


def test_those_who_wait_for_somebody_else_do_not_crowd_out(clinic: Clinic) -> None:
    other = Clinic(location=clinic.location, visit_type=clinic.visit_type)
    for number in range(3):
        waiting(other, on(8, 9 + number), at=NOW - dt.timedelta(hours=9))
    _, mine = waiting(clinic, on(9, 10))
    with mock.patch.object(freed, "MOST", 1):
        free(clinic, on(3, 10))
    assert offered_to() == [mine]


def test_another_time_and_another_provider_are_not_the_same_time_again(clinic: Clinic) -> None:
    """They left the provider's time on Thursday, and somebody else's on Friday: the provider's on Friday is new."""
    other = Clinic(location=clinic.location, visit_type=clinic.visit_type)
    actor, mine = waiting(clinic, on(9, 10), Wishes(NOW.date(), same_provider=False))
    for whose, start in ((clinic, on(3, 10)), (other, on(4, 10))):
        free(whose, start)
        offer = WaitlistOffer.objects.get(state=OfferState.OFFERED)
        earlier.decline(actor=actor, offer_id=offer.pk, at=NOW)
    free(clinic, on(4, 10))
    assert offered_to() == [mine]
    earlier.decline(actor=actor, offer_id=WaitlistOffer.objects.get(state=OfferState.OFFERED).pk, at=NOW)
    free(clinic, on(4, 10))
    assert offered_to() == []


def test_waiting_for_what_has_begun_ends_and_does_not_count(clinic: Clinic, settings) -> None:
    settings.WAITLIST_ENTRIES = 1
    actor, past = waiting(clinic, on(1, 10))
    at = on(1, 10)
    ahead = clinic.booked(actor, on(9, 10), at=at)
    earlier.join(actor=actor, appointment_id=ahead.pk, wishes=Wishes(on(1, 0).date()), at=at)
    assert freed.end_past(at - dt.timedelta(seconds=1)) == 0
    assert freed.end_past(at) == 1
    assert WaitlistEntry.objects.get(ended_at__isnull=True).appointment == ahead
    assert WaitlistEntry.objects.get(appointment=past).ended_at == at


def test_limit_does_not_count_what_a_proxy_cannot_see(clinic: Clinic, settings) -> None:
    settings.WAITLIST_ENTRIES = 1
    actor, _ = waiting(clinic, on(9, 10))
    WaitlistEntry.objects.update(is_sensitive=True)
    proxy = somebody(P.SENSITIVE, patient=actor.scope.patient, kind=Grant.Kind.PROXY)
    second, third = clinic.booked(proxy, on(8, 10)), clinic.booked(proxy, on(7, 10))
    earlier.join(actor=proxy, appointment_id=second.pk, wishes=ANY, at=NOW)
    with pytest.raises(TooManyEntries):
        earlier.join(actor=proxy, appointment_id=third.pk, wishes=ANY, at=NOW)


def test_nobody_is_offered_two_times_for_one_that_was_looked_at_too_early(clinic: Clinic) -> None:
    """The list was read before the other offer was made; it is looked at again under the lock."""
    _, mine = waiting(clinic, on(9, 10))
    stale = list(WaitlistEntry.objects.select_related("appointment__visit_type", "patient"))
    free(clinic, on(3, 10))
    with mock.patch.object(freed, "_candidates", lambda freed: stale):
        free(clinic, on(4, 10))
    assert offered_to() == [mine]
    assert mine.status == Status.BOOKED


def test_offer_stays_while_the_same_person_looks_at_other_times(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    booking.hold(actor=actor, choice=clinic.choice(on(4, 10)), at=NOW)
    booking.let_go(actor=actor, patient_id=mine.patient_id, at=NOW)
    assert offered_to() == [mine]
    assert WaitlistOffer.objects.get().held.status == Status.HELD


def test_offer_is_taken_as_one_and_never_booked_as_a_hold(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    free(clinic, on(3, 10))
    with pytest.raises(booking.HoldOver):
        booking.book(actor=actor, appointment_id=WaitlistOffer.objects.get().held_id, details=Details(), at=NOW)


def test_offer_is_not_taken_when_the_provider_is_away_by_now(clinic: Clinic) -> None:
    actor, booked = waiting(clinic, on(9, 10))
    free(clinic, on(5, 10))
    offer = WaitlistOffer.objects.get()
    away = AvailabilityExceptionFactory(
        provider=clinic.provider, kind=ExceptionKind.AWAY, first_date=on(5, 0).date(), last_date=on(5, 0).date()
    )
    with pytest.raises(earlier.OfferOver):
        earlier.accept(actor=actor, offer_id=offer.pk, at=NOW)
    booked.refresh_from_db()
    assert booked.status == Status.BOOKED
    away.delete()
    assert earlier.accept(actor=actor, offer_id=offer.pk, at=NOW).starts_at == on(5, 10)


def test_waiting_goes_along_to_the_same_time_of_somebody_else(clinic: Clinic) -> None:
    actor, mine = waiting(clinic, on(9, 10))
    other = clinic.another_provider()
    held = booking.hold(actor=actor, choice=clinic.choice(on(9, 10), other), at=NOW, replaces=mine)
    moved = booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW)
    assert WaitlistEntry.objects.get(ended_at__isnull=True).appointment == moved


def test_nobody_is_offered_the_time_they_gave_up(clinic: Clinic) -> None:
    actor, _ = waiting(clinic, on(9, 10))
    second = clinic.booked(actor, on(3, 10))
    changing.cancel(actor=actor, appointment_id=second.pk, reason=CancelReason.TIME, note="", at=NOW)
    assert offered_to() == []


@pytest.mark.parametrize(("minutes", "is_offered"), [(15, True), (30, True), (60, False)])
def test_only_a_visit_that_fits_into_the_freed_time_is_offered(clinic: Clinic, minutes: int, is_offered: bool) -> None:
    theirs = VisitTypeFactory(minutes=minutes, lead_hours=2)
    clinic.provider.visit_types.add(theirs)
    waiting(Clinic(location=clinic.location, visit_type=theirs), on(9, 10), Wishes(NOW.date(), same_provider=False))
    free(clinic, on(3, 10))
    assert bool(offered_to()) is is_offered
