import datetime as dt
from dataclasses import replace

import pytest

from records.access.log import AccessLogEntry, Verb
from records.access.permissions import Permission as P
from records.access.scope import PermissionMissing
from records.appointments import booking, rules
from records.appointments.actors import Actor
from records.appointments.booking import HoldOver, NotBookable, TooMany
from records.appointments.choice import Details
from records.appointments.rules import Obstacle
from records.appointments.states import EventKind, Status
from records.models import Appointment, SlotCell
from records.notifications.models import Notification
from records.scheduling.cells import Taken
from records.scheduling.choices import Booking, Modality, Standing
from tests.factories.appointments import AppointmentFactory
from tests.factories.chart import EncounterFactory
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.factories.scheduling import VisitReasonFactory, VisitTypeFactory
from tests.records.appointments.clinic import NOW, Clinic, on, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LATER = NOW + dt.timedelta(minutes=4)


def cells_of(appointment: Appointment) -> int:
    return SlotCell.objects.filter(appointment=appointment).count()


def test_held_time_is_nobody_elses_and_not_booked(clinic: Clinic) -> None:
    held = booking.hold(actor=somebody(), choice=clinic.choice(on(3, 10)), at=NOW)
    assert held.status == Status.HELD
    assert held.held_until == NOW + dt.timedelta(minutes=5)
    assert cells_of(held) == 6
    assert not Appointment.objects.arranged().exists()
    with pytest.raises(Taken):
        booking.hold(actor=somebody(), choice=clinic.choice(on(3, 10)), at=LATER)
    with pytest.raises(Taken):
        booking.book_at_once(
            patient=PatientFactory(),
            actor=Actor(UserFactory(is_staff=True)),
            choice=clinic.choice(on(3, 10, 25)),
            details=Details(),
            at=LATER,
            is_outside_hours=True,
        )


def test_booked_time_stays_taken_after_the_five_minutes(clinic: Clinic) -> None:
    actor = somebody()
    booked = clinic.booked(actor, on(3, 10))
    assert (booked.status, booked.booked_at, booked.held_until) == (Status.BOOKED, NOW, None)
    assert [event.kind for event in booked.events.all()] == [EventKind.BOOKED]
    with pytest.raises(Taken):
        booking.hold(actor=somebody(), choice=clinic.choice(on(3, 10)), at=NOW + dt.timedelta(hours=1))


def test_details_are_kept_and_words_of_danger_flag_it(clinic: Clinic) -> None:
    actor = somebody()
    held = booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    details = Details("I have chest pain", "Spanish", "wheelchair")
    booked = booking.book(actor=actor, appointment_id=held.pk, details=details, at=LATER)
    booked.refresh_from_db()
    assert (booked.reason_text, booked.interpreter_language) == ("I have chest pain", "Spanish")
    assert booked.accessibility == "wheelchair"
    assert booked.is_urgent


def test_booking_twice_changes_nothing(clinic: Clinic) -> None:
    actor = somebody()
    held = booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    for minute in (1, 2):
        booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=NOW + dt.timedelta(minutes=minute))
    assert Appointment.objects.arranged().count() == 1
    assert held.events.count() == 1
    assert Notification.objects.filter(kind="appointment_booked", channel="email").count() == 1


def test_hold_that_ran_out_cannot_be_booked_and_gives_way(clinic: Clinic) -> None:
    slow, quick = somebody(), somebody()
    held = booking.hold(actor=slow, choice=clinic.choice(on(3, 10)), at=NOW)
    over = NOW + booking.HOLD
    with pytest.raises(HoldOver):
        booking.book(actor=slow, appointment_id=held.pk, details=Details(), at=over)
    mine = booking.hold(actor=quick, choice=clinic.choice(on(3, 10)), at=over)
    assert booking.book(actor=quick, appointment_id=mine.pk, details=Details(), at=over).status == Status.BOOKED


def test_choosing_another_time_gives_the_first_back(clinic: Clinic) -> None:
    actor = somebody()
    first = booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    booking.hold(actor=actor, choice=clinic.choice(on(3, 11)), at=LATER)
    with pytest.raises(HoldOver):
        booking.book(actor=actor, appointment_id=first.pk, details=Details(), at=LATER)
    assert booking.hold(actor=somebody(), choice=clinic.choice(on(3, 10)), at=LATER).status == Status.HELD


def test_two_people_for_one_patient_hold_apart(clinic: Clinic) -> None:
    patient = PatientFactory()
    one, other = somebody(patient=patient), somebody(patient=patient, kind="proxy")
    first = booking.hold(actor=one, choice=clinic.choice(on(3, 10)), at=NOW)
    booking.hold(actor=other, choice=clinic.choice(on(3, 11)), at=NOW)
    assert booking.book(actor=one, appointment_id=first.pk, details=Details(), at=LATER).status == Status.BOOKED


@pytest.mark.parametrize(
    "start",
    [on(3, 7, 30), on(3, 17, 45), on(3, 10, 10), on(0, 10), on(120, 10)],
    ids=["before hours", "over the end", "between two beginnings", "too soon", "too far"],
)
def test_time_outside_the_timetable_is_not_held(clinic: Clinic, start: dt.datetime) -> None:
    with pytest.raises(Taken):
        booking.hold(actor=somebody(), choice=clinic.choice(start), at=NOW)
    assert not Appointment.objects.exists()


def test_who_may_only_see_cannot_hold_or_book(clinic: Clinic) -> None:
    patient = PatientFactory()
    held = booking.hold(actor=somebody(patient=patient), choice=clinic.choice(on(3, 10)), at=NOW)
    reader = somebody(P.APPOINTMENTS_BOOK, patient=patient, kind="proxy")
    with pytest.raises(PermissionMissing):
        booking.hold(actor=reader, choice=clinic.choice(on(3, 11)), at=NOW)
    with pytest.raises(PermissionMissing):
        booking.book(actor=reader, appointment_id=held.pk, details=Details(), at=NOW)


def test_nobody_books_what_another_patient_holds(clinic: Clinic) -> None:
    held = booking.hold(actor=somebody(), choice=clinic.choice(on(3, 10)), at=NOW)
    with pytest.raises(PermissionMissing):
        booking.book(actor=somebody(), appointment_id=held.pk, details=Details(), at=NOW)


def test_sensitive_visit_needs_its_permission_and_marks_the_appointment(clinic: Clinic) -> None:
    clinic.visit_type.is_sensitive = True
    clinic.visit_type.save()
    with pytest.raises(PermissionMissing):
        booking.hold(actor=somebody(P.SENSITIVE, kind="proxy"), choice=clinic.choice(on(3, 10)), at=NOW)
    assert clinic.booked(somebody(), on(3, 10)).is_sensitive


def test_limit_of_appointments_ahead(clinic: Clinic, settings) -> None:
    settings.APPOINTMENTS_AHEAD = 2
    actor = somebody()
    clinic.booked(actor, on(3, 10))
    clinic.booked(actor, on(4, 10))
    with pytest.raises(TooMany):
        booking.hold(actor=actor, choice=clinic.choice(on(5, 10)), at=NOW)


BORN = {"child": dt.date(2024, 1, 1), "adult": dt.date(1985, 4, 12), "eighty": dt.date(1950, 1, 1)}


@pytest.mark.parametrize(
    ("fields", "born", "expected"),
    [
        ({}, "adult", None),
        ({"booking": Booking.STAFF}, "adult", Obstacle.STAFF_ONLY),
        ({"is_active": False}, "adult", Obstacle.STAFF_ONLY),
        ({"booking": Booking.REQUEST}, "adult", Obstacle.ASK),
        ({"min_age": 18}, "child", Obstacle.TOO_YOUNG),
        ({"min_age": 18}, "adult", None),
        ({"max_age": 17}, "adult", Obstacle.TOO_OLD),
        ({"max_age": 17}, "child", None),
        ({"min_age": 65, "max_age": 120}, "eighty", None),
        ({"standing": Standing.ESTABLISHED}, "adult", Obstacle.ONLY_ESTABLISHED),
        ({"standing": Standing.NEW}, "adult", None),
    ],
    ids=[
        "anybody", "staff only", "no longer", "by asking", "too young", "old enough", "too old", "young enough",
        "in both", "not established", "new",
    ],
)  # fmt: skip
def test_rules_of_a_visit(clinic: Clinic, fields: dict, born: str, expected: Obstacle | None) -> None:
    for name, value in fields.items():
        setattr(clinic.visit_type, name, value)
    clinic.visit_type.save()
    actor = somebody(patient=PatientFactory(birth_date=BORN[born]))
    if expected is None:
        assert booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW).status == Status.HELD
        return
    with pytest.raises(NotBookable) as raised:
        booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    assert raised.value.obstacle == expected


def test_patient_is_established_for_three_years(clinic: Clinic) -> None:
    patient = PatientFactory()
    assert not rules.is_established(patient, NOW)
    EncounterFactory(patient=patient, effective_start=NOW - rules.SEEN_WITHIN)
    assert not rules.is_established(patient, NOW)
    EncounterFactory(patient=patient, effective_start=NOW - dt.timedelta(days=1000), entered_in_error=True)
    assert not rules.is_established(patient, NOW)
    EncounterFactory(patient=patient, effective_start=NOW - dt.timedelta(days=1000))
    assert rules.is_established(patient, NOW)
    done = AppointmentFactory(status=Status.FULFILLED, starts_at=NOW - dt.timedelta(days=30))
    assert rules.is_established(done.patient, NOW)


def test_established_patient_cannot_book_as_new(clinic: Clinic) -> None:
    clinic.visit_type.standing = Standing.NEW
    clinic.visit_type.save()
    actor = somebody()
    EncounterFactory(patient=actor.scope.patient, effective_start=NOW - dt.timedelta(days=10))
    with pytest.raises(NotBookable) as raised:
        booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    assert raised.value.obstacle == Obstacle.ONLY_NEW


def test_desk_books_at_once_without_the_limits_of_booking_online(clinic: Clinic) -> None:
    clinic.visit_type.booking = Booking.STAFF
    clinic.visit_type.save()
    patient = GrantFactory().patient
    nurse = Actor(UserFactory(is_staff=True))
    booked = booking.book_at_once(
        patient=patient, actor=nurse, choice=clinic.choice(on(0, 10)), details=Details(), at=NOW
    )
    assert booked.status == Status.BOOKED
    assert Notification.objects.filter(kind="appointment_booked").exists()
    entry = AccessLogEntry.objects.get(kind="appointment", verb=Verb.CHANGE)
    assert (entry.acting_as, entry.patient_id) == ("staff", patient.pk)


def test_desk_needs_to_say_so_to_book_outside_the_timetable(clinic: Clinic) -> None:
    nurse, patient = Actor(UserFactory(is_staff=True)), PatientFactory()
    wanted = {"patient": patient, "actor": nurse, "choice": clinic.choice(on(3, 19)), "details": Details(), "at": NOW}
    with pytest.raises(Taken):
        booking.book_at_once(**wanted)
    assert booking.book_at_once(**wanted, is_outside_hours=True).status == Status.BOOKED


def test_nobody_books_for_who_has_died(clinic: Clinic) -> None:
    patient = PatientFactory(is_deceased=True)
    with pytest.raises(NotBookable):
        booking.book_at_once(
            patient=patient,
            actor=Actor(UserFactory(is_staff=True)),
            choice=clinic.choice(on(3, 10)),
            details=Details(),
            at=NOW,
        )


def test_what_was_only_held_is_forgotten_after_a_day(clinic: Clinic) -> None:
    actor = somebody()
    booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)
    booking.hold(actor=actor, choice=clinic.choice(on(3, 11)), at=NOW)
    booked = clinic.booked(somebody(), on(3, 12))
    booking.forget_held(NOW + dt.timedelta(hours=25))
    assert list(Appointment.objects.all()) == [booked]


def test_video_visit_gets_a_room_of_its_own(clinic: Clinic, settings) -> None:
    settings.VIDEO_VISIT_URL = "https://video.example/{room}"
    clinic.visit_type.modalities = [Modality.VIDEO, Modality.IN_PERSON]
    clinic.visit_type.save()
    choices = [replace(clinic.choice(on(3, hour)), modality=Modality.VIDEO) for hour in (10, 11)]
    rooms = {booking.hold(actor=somebody(), choice=choice, at=NOW).video_url for choice in choices}
    assert len(rooms) == 2
    assert all(room.startswith("https://video.example/") and len(room) > 40 for room in rooms)
    assert clinic.booked(somebody(), on(4, 10)).video_url == ""


def test_limit_does_not_count_what_a_proxy_cannot_see(clinic: Clinic, settings) -> None:
    settings.APPOINTMENTS_AHEAD = 1
    patient = somebody()
    booked = clinic.booked(patient, on(3, 10))
    Appointment.objects.filter(pk=booked.pk).update(is_sensitive=True)
    proxy = somebody(P.SENSITIVE, patient=patient.scope.patient, kind="proxy")
    assert booking.hold(actor=proxy, choice=clinic.choice(on(4, 10)), at=NOW).status == Status.HELD
    with pytest.raises(TooMany):
        booking.hold(actor=patient, choice=clinic.choice(on(5, 10)), at=NOW)


def test_what_was_made_confidential_stays_so_when_it_is_moved(clinic: Clinic) -> None:
    patient = somebody()
    old = clinic.booked(patient, on(3, 10))
    old.is_sensitive = True
    old.save()
    held = booking.hold(actor=patient, choice=clinic.choice(on(4, 10)), at=NOW, replaces=old)
    assert held.is_sensitive


@pytest.mark.parametrize(
    ("born", "expected"),
    [(dt.date(2013, 7, 1), None), (dt.date(2014, 7, 1), Obstacle.TOO_YOUNG)],
    ids=["within the days that can be booked", "later"],
)
def test_who_will_be_old_enough_is_offered_the_days_from_then(
    clinic: Clinic, born: dt.date, expected: Obstacle | None
) -> None:
    clinic.visit_type.min_age, clinic.visit_type.horizon_days = 18, 90
    clinic.visit_type.save()
    actor = somebody(patient=PatientFactory(birth_date=born))
    found = rules.obstacle_ahead(clinic.visit_type, actor.scope.patient, established=False, at=NOW)
    assert found == expected
    with pytest.raises(NotBookable):
        booking.hold(actor=actor, choice=clinic.choice(on(3, 10)), at=NOW)


@pytest.mark.parametrize(
    "wrong", [{"is_bookable": False, "advice": "Call us."}, {}], ids=["closed", "of another visit"]
)
def test_reason_that_does_not_lead_to_the_visit_is_refused(clinic: Clinic, wrong: dict) -> None:
    visit = clinic.visit_type if wrong else VisitTypeFactory()
    choice = replace(clinic.choice(on(3, 10)), reason=VisitReasonFactory(visit_type=visit, **wrong))
    with pytest.raises(NotBookable):
        booking.hold(actor=somebody(), choice=choice, at=NOW)


def test_new_patient_is_not_held_a_time_of_who_takes_no_new_ones(clinic: Clinic) -> None:
    clinic.provider.accepts_new = False
    clinic.provider.save()
    new, known = somebody(), somebody()
    EncounterFactory(patient=known.scope.patient, effective_start=NOW - dt.timedelta(days=300))
    with pytest.raises(Taken):
        booking.hold(actor=new, choice=clinic.choice(on(3, 10)), at=NOW)
    assert booking.hold(actor=known, choice=clinic.choice(on(3, 10)), at=NOW).status == Status.HELD
