"""The demo's appointments: ahead, offered, asked for, moved, cancelled, missed and done; and staff's queues."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from billing.models import ExpectedCopay
from portal.demo.cast.people import Family
from portal.demo.cast.timetable import Timetable
from records.access.models import User
from records.access.numbers import new_number
from records.appointments import booking, changing, earlier
from records.appointments.actors import Actor
from records.appointments.choice import Choice, Details
from records.appointments.earlier import Wishes
from records.appointments.states import CancelReason, RequestState, Status
from records.hours.calendar import calendar
from records.models import Appointment, AppointmentRequest, Encounter, Patient, Provider, VisitType
from records.scheduling.cells import Taken
from records.scheduling.choices import Modality

# Other people of the clinic, so that its days are not empty: given name, family name, year of birth.
OTHERS = [
    ("Amara", "Diallo", 1991), ("Henry", "Walsh", 1954), ("Priscilla", "Owens", 1968), ("Tomás", "Herrera", 2001),
    ("Ruth", "Feldman", 1947), ("Kenji", "Mori", 1983), ("Bridget", "O’Hara", 1975), ("Samir", "Haddad", 1999),
    ("Ingrid", "Nilsen", 1962), ("Marcus", "Bell", 1988),
]  # fmt: skip


@dataclass
class Book:
    """Books as the front desk does, on the next day that is free."""

    timetable: Timetable
    now: dt.datetime
    desk: Actor

    def at(
        self,
        patient: Patient,
        kind: str,
        provider: Provider,
        days: int,
        hour: int,
        minute: int = 0,
        modality: Modality = Modality.IN_PERSON,
        details: Details = Details(),  # noqa: B008 (frozen)
    ) -> Appointment:
        """An appointment about so many days from now: on the next weekday, in the first free twenty minutes."""
        place = self.timetable.river if provider == self.timetable.nguyen else self.timetable.garden
        if provider == self.timetable.costa:
            place = self.timetable.lakes
        day = timezone.localdate(self.now) + dt.timedelta(days=days)
        while day.weekday() > 4:
            day += dt.timedelta(days=1 if days >= 0 else -1)
        start = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
        for _try in range(24):
            choice = Choice(self.timetable.visits[kind], provider.pk, place.pk, start, modality)
            try:
                return booking.book_at_once(
                    patient=patient,
                    actor=self.desk,
                    choice=choice,
                    details=details,
                    at=min(self.now, start) - dt.timedelta(days=20),
                    is_outside_hours=True,
                )
            except Taken:
                start += dt.timedelta(minutes=20)
        raise Taken(kind)


def load(family: Family, timetable: Timetable, now: dt.datetime) -> None:
    users = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@example.org")}
    book = Book(timetable, now, Actor(users["frontdesk"]))
    _ahead(book, family, users)
    _past(book, family)
    _clinic(book, family)
    _asked(book, family, users, now)


def _ahead(book: Book, family: Family, users: dict[str, User]) -> None:
    table = book.timetable
    about = Details(reason_text="My sugar has been higher in the mornings. I would like to talk about the results.")
    visit = book.at(family.maya, "Follow-up", table.okafor, 9, 10, details=about)
    checked = book.at(family.maya, "Video follow-up", table.nguyen, 3, 15, 20, Modality.VIDEO)
    checked.video_url = "https://video.larkspur.example/room/7Q4M"
    checked.save(update_fields=["video_url"])
    changing.confirm(appointment_id=checked.pk, at=book.now)
    book.at(family.leo, "Child check-up", table.brandt, 12, 9)
    book.at(family.sofia, "Women’s health visit", table.nguyen, 6, 16)
    book.at(family.dev, "Check-up", table.nguyen, 20, 11)
    book.at(family.lucia, "Follow-up", table.okafor, 2, 9, 20, details=Details(interpreter_language="Spanish"))
    ExpectedCopay.objects.create(appointment=checked, amount_cents=25_00)
    _wait(book, visit, users["maya"])


def _wait(book: Book, visit: Appointment, user: User) -> None:
    """Maya waits for an earlier time than that of day 9, and one has just come free."""
    when = book.now - dt.timedelta(days=1)
    owner = Actor(user)
    earlier.join(actor=owner, appointment_id=visit.pk, wishes=Wishes(timezone.localdate(when)), at=when)
    walsh = _other("Henry", "Walsh", 1954)
    freed = book.at(walsh, "Follow-up", book.timetable.okafor, 5, 14)
    _cancel(book, freed, CancelReason.TRANSPORT)


def _past(book: Book, family: Family) -> None:
    table = book.timetable
    for patient, kind, provider, days in (
        (family.maya, "Check-up", table.okafor, -40),
        (family.leo, "Child check-up", table.brandt, -120),
        (family.lucia, "Follow-up", table.okafor, -21),
    ):
        done = book.at(patient, kind, provider, days, 10)
        when = done.starts_at
        changing.mark(actor=book.desk, appointment_id=done.pk, status=Status.ARRIVED, at=when)
        changing.mark(actor=book.desk, appointment_id=done.pk, status=Status.FULFILLED, at=when + dt.timedelta(hours=1))
        visits = Encounter.objects.filter(patient=patient, effective_start__date__lte=done.starts_at.date())
        done.encounter = visits.order_by("-effective_start").first()
        done.save(update_fields=["encounter"])
    missed = book.at(family.maya, "Vaccine", table.nguyen, -75, 12)
    changing.mark(
        actor=book.desk, appointment_id=missed.pk, status=Status.NO_SHOW, at=missed.starts_at + dt.timedelta(hours=1)
    )
    _cancel(book, book.at(family.maya, "Follow-up", table.okafor, 15, 11), CancelReason.TIME)


def _cancel(book: Book, appointment: Appointment, reason: CancelReason) -> None:
    changing.cancel(actor=book.desk, appointment_id=appointment.pk, reason=reason, note="", at=book.now)


def _clinic(book: Book, family: Family) -> None:
    """A believable week for the desk: today's visits, some arrived, and cancellations that came late."""
    table = book.timetable
    kinds = ["Follow-up", "Check-up", "Vaccine", "New patient visit", "Follow-up"]
    for number, (given, name, year) in enumerate(OTHERS):
        patient = _other(given, name, year)
        for turn, provider in enumerate((table.okafor, table.nguyen)):
            booked = book.at(patient, kinds[(number + turn) % 5], provider, number % 5, 8 + number % 8)
            if booked.starts_at < book.now:
                changing.mark(actor=book.desk, appointment_id=booked.pk, status=Status.ARRIVED, at=book.now)
            elif number % 5 == 1 and turn:
                Appointment.objects.filter(pk=booked.pk).update(is_late_cancel=True)
                _cancel(book, booked, CancelReason.TRANSPORT)
                Appointment.objects.filter(pk=booked.pk).update(is_late_cancel=True)


def _asked(book: Book, family: Family, users: dict[str, User], now: dt.datetime) -> None:
    table = book.timetable
    talk, mri = table.visits["First talk about mental health"], table.visits["MRI"]
    _wish(family.sofia, talk, users["sofia"], now, 1, "I worry a lot before school and cannot sleep.", table.costa)
    _wish(family.maya, mri, users["maya"], now, 4, "Dr. Okafor wants a picture of my knee.", None)
    for number, (given, name, year) in enumerate(OTHERS[:8]):
        words = "I would like to talk to somebody. Evenings are best for me."
        _wish(_other(given, name, year), talk, users["frontdesk"], now, number % 4, words, table.costa)
    found = _wish(family.dev, talk, users["dev"], now, 6, "College soon, and I feel nervous about it.", table.costa)
    found.appointment = book.at(family.dev, talk.name, table.costa, 8, 10, details=Details(found.reason_text))
    found.state, found.decided_at, found.decided_by = RequestState.BOOKED, now, users["frontdesk"]
    found.save()
    answered = _wish(family.lucia, mri, users["omar"], now, 9, "Her hip hurts when she walks.", None)
    answered.state, answered.decided_at, answered.decided_by = RequestState.DECLINED, now, users["frontdesk"]
    answered.answer = "The picture from last month shows enough. Dr. Okafor talks about it at your visit."
    answered.save()


def _wish(
    patient: Patient, kind: VisitType, by: User, now: dt.datetime, days: int, words: str, provider: Provider | None
) -> AppointmentRequest:
    at = now - dt.timedelta(days=days, hours=3)
    day = timezone.localdate(now) + dt.timedelta(days=7)
    return AppointmentRequest.objects.create(
        once=uuid.uuid4(),
        number=new_number(),
        patient=patient,
        is_sensitive=kind.is_sensitive,
        released_at=at,
        visit_type=kind,
        provider=provider,
        wishes=[{"date": day.isoformat(), "time_of_day": "afternoon"}],
        reason_text=words,
        created_by=by,
        created_at=at,
        due_at=calendar().due_after(at, 2),
    )


def _other(given: str, family: str, year: int) -> Patient:
    patient, _made = Patient.objects.get_or_create(
        given=given,
        family=family,
        defaults={"birth_date": dt.date(year, 5, 17), "mrn": f"MRN-6{year}", "source_system": "larkspur"},
    )
    return patient
