"""A place in another time zone: whatever is shown of it is shown by its clock."""

import datetime as dt
import zoneinfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.appointments import changing, earlier
from records.appointments.earlier import Wishes
from records.appointments.states import CancelReason
from records.models import Appointment, Location, WaitlistOffer
from records.notifications.models import Notification
from tests.factories.appointments import AppointmentFactory, HeldFactory, WaitlistOfferFactory
from tests.factories.records import GrantFactory
from tests.factories.scheduling import LocationFactory, VisitTypeFactory
from tests.records.appointments.clinic import NOW, Clinic, on, somebody
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PACIFIC = zoneinfo.ZoneInfo("America/Los_Angeles")


@pytest.fixture
def coast() -> Location:
    return LocationFactory(time_zone=str(PACIFIC))


@pytest.fixture
def grant(client: Client):
    made = GrantFactory()
    client.force_login(made.user)
    return made


def page(client: Client, grant, name: str = "appointments", query: str = "", **kwargs) -> str:
    path = reverse(f"records:{name}", kwargs={"patient": grant.patient.pk, **kwargs})
    return " ".join(client.get(path + query).content.decode().split())


def at_coast(days: int, hour: int, minute: int = 0) -> dt.datetime:
    day = timezone.localdate() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour, minute), PACIFIC)


def zone_name(moment: dt.datetime) -> str:
    return moment.astimezone(PACIFIC).tzname() or ""


def test_appointment_is_shown_by_the_clock_of_its_place(client: Client, grant, coast: Location) -> None:
    start = at_coast(10, 9)
    row = AppointmentFactory(patient=grant.patient, location=coast, starts_at=start, visit_type__cancel_hours=24)
    listed = page(client, grant)
    assert f", 9:00 AM {zone_name(start)}<" in listed
    shown = page(client, grant, "appointment", appointment=row.pk)
    assert "9:00–9:" in shown
    assert "12:00" not in shown
    until = start - dt.timedelta(hours=24)
    assert f"9:00 AM {zone_name(until)}" in shown
    opens = start - dt.timedelta(days=7)
    assert f"{opens:%A}, {opens:%b} {opens.day}" in shown


def test_past_one_is_too(client: Client, grant, coast: Location) -> None:
    AppointmentFactory(patient=grant.patient, location=coast, starts_at=at_coast(-10, 9), status="fulfilled")
    assert "9:00 AM P" in page(client, grant)


def test_video_link_opens_by_the_clock_of_the_place(client: Client, grant, coast: Location) -> None:
    row = AppointmentFactory(patient=grant.patient, location=coast, starts_at=at_coast(3, 9), modality="video")
    assert ", 8:45 AM P" in page(client, grant, "appointment", appointment=row.pk)


def test_held_time_runs_out_by_the_clock_of_the_place(client: Client, grant, coast: Location) -> None:
    held = HeldFactory(patient=grant.patient, created_by=grant.user, location=coast, starts_at=at_coast(3, 9))
    shown = page(client, grant, "appointment_confirm", appointment=held.pk)
    until = held.held_until.astimezone(PACIFIC)
    assert f"<b>{until:%-I:%M %p} {until.tzname()}</b>" in shown


def test_free_times_are_those_of_the_wall(client: Client, grant, coast: Location) -> None:
    clinic = Clinic(location=coast)
    assert clinic.provider
    for view in ("", "&view=week"):
        shown = page(client, grant, "appointment_find", f"?type={clinic.visit_type.pk}{view}")
        assert ">8:00 AM P" in shown
        assert ">11:00 PM" not in shown
        assert ">8:00 PM" not in shown


def test_offer_says_until_when_by_the_clock_of_the_place(client: Client, grant, coast: Location) -> None:
    offer = WaitlistOfferFactory(entry__appointment__patient=grant.patient, entry__appointment__location=coast)
    until = offer.expires_at.astimezone(PACIFIC)
    said = f"{until:%-I:%M %p} {until.tzname()}"
    for shown in (page(client, grant), page(client, grant, "appointment_offer", offer=offer.pk)):
        assert said in shown
    assert f"Answer by {said}" in " ".join(client.get(reverse("portal:home")).content.decode().split())


def test_notice_of_an_offer_says_until_when_by_that_clock(coast: Location) -> None:
    """At nine in New York it is six at the coast, where people get up at eight."""
    clinic, actor, gives_up = Clinic(location=coast), somebody(), somebody()
    mine = clinic.booked(actor, on(9, 13))
    earlier.join(actor=actor, appointment_id=mine.pk, wishes=Wishes(NOW.date()), at=NOW)
    freed = clinic.booked(gives_up, on(3, 13))
    changing.cancel(actor=gives_up, appointment_id=freed.pk, reason=CancelReason.TIME, note="", at=NOW)
    assert WaitlistOffer.objects.exists()
    notice = Notification.objects.get(kind="appointment_offer", channel="email")
    assert notice.context["until"] == "9:00 AM PDT"


def test_check_in_opens_by_the_clock_of_the_place(client: Client, grant, coast: Location) -> None:
    row = AppointmentFactory(patient=grant.patient, location=coast, starts_at=at_coast(20, 22, 30))
    opens = (row.starts_at - dt.timedelta(days=7)).astimezone(PACIFIC)
    shown = page(client, grant, "check_in", appointment=row.pk)
    assert f"Check-in opens on {opens:%A}, {opens:%b} {opens.day}, {opens:%-I:%M %p} {opens.tzname()}" in shown


def test_desk_reads_the_wall_of_the_place(coast: Location) -> None:
    clinic = Clinic(location=coast)
    row: Appointment = AppointmentFactory(
        provider=clinic.provider, location=coast, visit_type=clinic.visit_type, starts_at=at_coast(3, 9)
    )
    desk = client_of("Front desk")
    day = row.starts_at.astimezone(timezone.get_default_timezone()).date()
    query = f"?provider={clinic.provider.pk}&date={day.isoformat()}"
    for view in ("", "&view=week"):
        shown = desk.get(reverse("admin:records_appointment_changelist") + query + view).content.decode()
        assert "9:00 AM P" in shown
        assert "8:00 AM–6:00 PM P" in shown
        assert "Free 8:00 AM–9:00 AM" in shown
    assert "9:00 AM P" in desk.get(reverse("admin:records_appointment_change", args=[row.pk])).content.decode()
    when = reverse("admin:records_appointment_when", args=[row.patient_id])
    assert "8:00 AM P" in desk.get(f"{when}?type={clinic.visit_type.pk}").content.decode()


def test_age_counts_on_the_day_of_the_visit_where_it_takes_place(coast: Location) -> None:
    """Late in the evening at the coast it is the next day by UTC, and the child's birthday."""
    from records.appointments import booking  # noqa: PLC0415
    from tests.factories.records import PatientFactory  # noqa: PLC0415
    from tests.factories.scheduling import AvailabilityFactory  # noqa: PLC0415

    clinic = Clinic(location=coast, visit_type=VisitTypeFactory(minutes=30, lead_hours=2, max_age=17))
    AvailabilityFactory(
        provider=clinic.provider, location=coast, weekday=4, starts_at=dt.time(18), ends_at=dt.time(21), step_minutes=30
    )
    evening = dt.datetime(2031, 6, 6, 20, 0, tzinfo=PACIFIC)
    child = somebody(patient=PatientFactory(birth_date=dt.date(2013, 6, 7)))
    assert booking.hold(actor=child, choice=clinic.choice(evening), at=NOW).starts_at == evening
