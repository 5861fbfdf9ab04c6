import datetime as dt

import pytest
from icalendar import Calendar, Event

from records.appointments import calendar_files
from records.appointments.states import Status
from records.models import Appointment
from records.scheduling.choices import Modality
from tests.factories.appointments import AppointmentFactory
from tests.factories.scheduling import LocationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# Half past one on the night when the clocks go back, the second time.
START = dt.datetime(2031, 11, 2, 6, 30, tzinfo=dt.UTC)


def parsed(appointment: Appointment) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(calendar_files.calendar_file(appointment, START))
    assert isinstance(calendar, Calendar)
    return calendar, calendar.events[0]


def test_file_names_time_and_place_and_nothing_private() -> None:
    location = LocationFactory(name="Elm Street", lines="1 Elm Street", city="Hartford", state="CT")
    appointment = AppointmentFactory(
        starts_at=START, location=location, reason_text="CANARY", visit_type__name="CANARY"
    )
    calendar, event = parsed(appointment)
    assert calendar["method"] == "PUBLISH"
    assert (event.start, event.end) == (START, START + dt.timedelta(minutes=30))
    assert event["location"] == "Elm Street, 1 Elm Street, Hartford, CT"
    assert event["uid"].startswith(str(appointment.calendar_uid))
    text = calendar.to_ical().decode()
    assert "CANARY" not in text
    assert appointment.patient.family not in text


def test_change_and_cancellation_come_under_the_same_uid() -> None:
    first = AppointmentFactory(starts_at=START)
    moved = AppointmentFactory(starts_at=START, calendar_uid=first.calendar_uid, sequence=1)
    assert parsed(first)[1]["uid"] == parsed(moved)[1]["uid"]
    moved.status, moved.cancelled_at, moved.sequence = Status.CANCELLED, START, 2
    calendar, event = parsed(moved)
    assert (calendar["method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 2)


def test_video_visit_has_no_place() -> None:
    appointment = AppointmentFactory(modality=Modality.VIDEO, location__name="Elm Street")
    assert parsed(appointment)[1]["location"] == "Video"
