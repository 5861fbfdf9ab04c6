"""Staff keep the timetable in the admin, and are told in plain words what does not fit."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.models import Availability, AvailabilityException, ClosedDay, Location, Provider, VisitReason, VisitType
from records.scheduling.choices import Booking
from tests.factories.appointments import AppointmentFactory, next_morning
from tests.factories.scheduling import (
    AvailabilityExceptionFactory,
    AvailabilityFactory,
    LocationFactory,
    PractitionerFactory,
    ProviderFactory,
    VisitTypeFactory,
)
from tests.queries import cost_of
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def desk() -> Client:
    return client_of("Front desk")


def formset(prefix: str, *rows: dict, initial: int = 0) -> dict[str, str]:
    posted = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return posted


def provider_data(provider: Provider, windows: tuple = (), exceptions: tuple = ()) -> dict:
    return {
        "practitioner": str(provider.practitioner_id),
        "specialty": "Family medicine",
        "languages": ["en", "es"],
        "visit_types": [str(pk) for pk in VisitType.objects.values_list("pk", flat=True)],
        "is_active": "on",
        **formset("availabilities", *windows),
        **formset("exceptions", *exceptions),
    }


def week(place: Location, starts_at: str = "09:00", ends_at: str = "12:00", **fields) -> dict:
    row = {"weekday": "0", "starts_at": starts_at, "ends_at": ends_at, "location": str(place.pk), "step_minutes": "15"}
    return {**row, **fields}


def exception(kind: str, **fields) -> dict:
    return {"kind": kind, "first_date": "2031-06-02", "last_date": "2031-06-02", **fields}


@pytest.fixture
def provider() -> Provider:
    VisitTypeFactory(minutes=30)
    return ProviderFactory()


@pytest.fixture
def place() -> Location:
    return LocationFactory(name="Garden")


def save(desk: Client, provider: Provider, **rows):
    path = reverse("admin:records_provider_change", args=[provider.pk])
    return desk.post(path, provider_data(provider, **rows), follow=True)


def errors_of(response) -> str:
    return "\n".join(
        str(error)
        for formset_ in response.context["inline_admin_formsets"]
        for error in [*formset_.formset.non_form_errors(), *(list(e.values()) for e in formset_.formset.errors)]
    )


def test_desk_keeps_a_week_and_its_exceptions(desk: Client, provider: Provider, place: Location) -> None:
    extra = exception("extra", location=str(place.pk), starts_at="18:00", ends_at="20:00")
    save(desk, provider, windows=(week(place), week(place, "22:00", "02:00")), exceptions=(extra, exception("away")))
    provider.refresh_from_db()
    assert provider.languages == ["en", "es"]
    assert Availability.objects.filter(provider=provider).count() == 2
    assert set(AvailabilityException.objects.values_list("kind", flat=True)) == {"extra", "away"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param({"ends_at": "09:15"}, "the shortest takes 30 minutes", id="too-short"),
        pytest.param({"starts_at": "09:02"}, "a multiple of 5 minutes", id="off-the-grid"),
        pytest.param({"step_minutes": "7"}, "multiple of 5 minutes", id="odd-step"),
        pytest.param(
            {"valid_from": "2031-06-02", "valid_until": "2031-06-01"}, "The last day is before the first", id="days"
        ),
    ],
)
def test_weekly_hours_that_cannot_be(desk: Client, provider: Provider, place: Location, row: dict, words: str) -> None:
    response = save(desk, provider, windows=(week(place, **row),))
    assert words in errors_of(response)
    assert not Availability.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        pytest.param("extra", {}, "Say where the extra hours are", id="extra-nowhere"),
        pytest.param("extra", {}, "from when to when", id="extra-without-times"),
        pytest.param("reserved", {}, "for which visits this time is kept", id="reserved-for-nothing"),
        pytest.param("away", {"opens_hours": "2"}, "Only time that is kept", id="away-opens"),
        pytest.param("away", {"starts_at": "09:00"}, "Type both times", id="half-a-time"),
        pytest.param("away", {"last_date": "2031-06-01"}, "The last day is before the first", id="days"),
    ],
)
def test_exceptions_that_cannot_be(desk: Client, provider: Provider, kind: str, fields: dict, words: str) -> None:
    assert words in errors_of(save(desk, provider, exceptions=(exception(kind, **fields),)))
    assert not AvailabilityException.objects.exists()


def test_nobody_is_in_two_places_at_once(desk: Client, provider: Provider, place: Location) -> None:
    """Ten in Chicago is eleven in New York."""
    lakes = LocationFactory(name="Lakes", time_zone="America/Chicago")
    response = save(desk, provider, windows=(week(place, "09:00", "11:30"), week(lakes, "10:00", "12:00")))
    assert "On Monday this provider would be in two places at once: Lakes and Garden." in errors_of(response)
    save(desk, provider, windows=(week(place, "09:00", "11:00"), week(lakes, "10:00", "12:00")))
    assert Availability.objects.count() == 2


def test_one_place_after_the_other_is_no_overlap(desk: Client, provider: Provider, place: Location) -> None:
    other = LocationFactory()
    until = week(place, valid_until="2031-06-01")
    save(desk, provider, windows=(until, week(other, valid_from="2031-06-02")))
    assert Availability.objects.count() == 2


def test_hours_over_midnight_meet_those_of_the_next_week_day(desk: Client, provider: Provider, place: Location) -> None:
    other = LocationFactory()
    night = week(place, "22:00", "06:00", weekday="6")
    response = save(desk, provider, windows=(night, week(other, "05:00", "09:00", weekday="0")))
    assert "in two places at once" in errors_of(response)


def test_time_cannot_be_kept_for_visits_the_provider_does_not_give(
    desk: Client, provider: Provider, place: Location
) -> None:
    strange = VisitTypeFactory(name="MRI")
    data = provider_data(provider, windows=(week(place, visit_types=str(strange.pk)),))
    data["visit_types"].remove(str(strange.pk))
    response = desk.post(reverse("admin:records_provider_change", args=[provider.pk]), data)
    assert "This provider does not give: MRI." in errors_of(response)


def test_desk_is_told_of_visits_that_are_booked_while_somebody_is_away(desk: Client, provider: Provider) -> None:
    start = next_morning()
    AppointmentFactory(provider=provider, starts_at=start)
    AppointmentFactory(provider=provider, starts_at=start + dt.timedelta(hours=3))
    day = timezone.localdate(start).isoformat()
    away = exception("away", first_date=day, last_date=day, starts_at="09:00", ends_at="12:00")
    assert (
        "1 visit is booked in this time and stays booked" in save(desk, provider, exceptions=(away,)).content.decode()
    )


def test_desk_is_told_of_visits_that_are_booked_on_a_day_that_is_closed(desk: Client, provider: Provider) -> None:
    start = next_morning()
    honolulu = LocationFactory(time_zone="Pacific/Honolulu")
    AppointmentFactory(provider=provider, starts_at=start)
    # Still the day before by the clock of its place.
    AppointmentFactory(starts_at=timezone.localtime(start).replace(hour=1), location=honolulu)
    day = timezone.localdate(start)
    add = reverse("admin:records_closedday_add")
    closed = desk.post(add, {"date": day.isoformat(), "name": "Training"}, follow=True).content.decode()
    assert "1 visit is booked in this time and stays booked" in closed
    path = reverse("admin:records_closedday_change", args=[ClosedDay.objects.get().pk])
    renamed = desk.post(path, {"date": day.isoformat(), "name": "Team day"}, follow=True).content.decode()
    assert "stays booked" not in renamed


def test_imported_language_stays_chosen(desk: Client, provider: Provider) -> None:
    provider.languages = ["en-US"]
    provider.save()
    page = desk.get(reverse("admin:records_provider_change", args=[provider.pk])).content.decode()
    assert "English (en-US)" in page


def test_page_of_a_provider_costs_the_same_with_a_full_week(desk: Client, provider: Provider, place: Location) -> None:
    path = reverse("admin:records_provider_change", args=[provider.pk])

    def fill() -> None:
        for weekday in range(5):
            made = AvailabilityFactory(provider=provider, location=place, weekday=weekday)
            made.visit_types.add(*VisitType.objects.all())
            AvailabilityExceptionFactory(
                provider=provider, first_date=timezone.localdate(), last_date=dt.date(2040, 1, 1)
            )

    fill()
    desk.get(path)
    once = cost_of(lambda: desk.get(path))
    fill()
    assert cost_of(lambda: desk.get(path)) == once


def visit_type_data(**fields) -> dict:
    return {
        "name": "Check-up",
        "minutes": "40",
        "modalities": ["in_person", "video"],
        "booking": Booking.SELF,
        "standing": "any",
        "lead_hours": "12",
        "horizon_days": "90",
        "cancel_hours": "24",
        "is_active": "on",
        **fields,
    }


def test_desk_adds_a_visit(desk: Client) -> None:
    desk.post(reverse("admin:records_visittype_add"), visit_type_data())
    assert VisitType.objects.get().modalities == ["in_person", "video"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"min_age": "18", "max_age": "17"}, "nobody could book this", id="ages"),
        pytest.param({"lead_hours": "48", "horizon_days": "1"}, "nobody could book this", id="limits"),
        pytest.param({"minutes": "42"}, "multiple of 5 minutes", id="length"),
        pytest.param({"modalities": []}, "This field is required", id="no-way"),
    ],
)
def test_visits_that_cannot_be(desk: Client, fields: dict, words: str) -> None:
    response = desk.post(reverse("admin:records_visittype_add"), visit_type_data(**fields))
    assert words in response.content.decode()
    assert not VisitType.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({}, "all that people read", id="closed-without-advice"),
        pytest.param({"is_bookable": "on"}, "Only staff book this visit", id="led-nowhere"),
    ],
)
def test_reasons_that_cannot_be(desk: Client, fields: dict, words: str) -> None:
    visit_type = VisitTypeFactory(booking=Booking.STAFF)
    data = {"name": "Chest pain", "visit_type": str(visit_type.pk), "position": "0", **fields}
    assert words in desk.post(reverse("admin:records_visitreason_add"), data).content.decode()
    assert not VisitReason.objects.exists()


def test_desk_keeps_places_by_their_clock(desk: Client) -> None:
    data = {"name": "Lakes", "phone": "414-555-0136", "status": "active", "time_zone": "America/Chicago"}
    desk.post(reverse("admin:records_location_add"), data | {"directions": "By the lake."})
    assert str(Location.objects.get().zone) == "America/Chicago"
    page = desk.post(reverse("admin:records_location_add"), data | {"time_zone": "Mars/Base"}).content.decode()
    assert "Select a valid choice" in page


def test_place_from_the_clinics_system_takes_only_what_that_lacks(desk: Client) -> None:
    place = LocationFactory(name="Ward 3", source_system="ehr", fhir_type="Location", external_id="3", status="active")
    path = reverse("admin:records_location_change", args=[place.pk])
    desk.post(path, {"name": "Renamed", "time_zone": "America/Denver", "directions": "Second floor."})
    place.refresh_from_db()
    assert (place.name, place.time_zone, place.directions) == ("Ward 3", "America/Denver", "Second floor.")


@pytest.mark.parametrize("role", ["Nurse", "Clinician"])
def test_others_see_the_timetable_and_keep_their_hands_off(role: str) -> None:
    client = client_of(role)
    AvailabilityFactory(provider=(provider := ProviderFactory()))
    path = reverse("admin:records_provider_change", args=[provider.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, provider_data(provider)).status_code == 403
    assert client.get(reverse("admin:records_visittype_add")).status_code == 403


@pytest.mark.parametrize("model", ["provider", "visittype", "location", "practitioner"])
def test_what_visits_refer_to_is_never_deleted(desk: Client, model: str) -> None:
    row = {
        "provider": ProviderFactory,
        "visittype": VisitTypeFactory,
        "location": LocationFactory,
        "practitioner": PractitionerFactory,
    }[model]()
    assert desk.post(reverse(f"admin:records_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
