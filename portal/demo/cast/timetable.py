"""Larkspur Health's places, providers and visits, and when they can be booked."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from records.hours.models import ClosedDay
from records.models import (
    Availability,
    AvailabilityException,
    FormText,
    Location,
    Practitioner,
    Provider,
    VisitReason,
    VisitType,
)
from records.scheduling.choices import Booking, ExceptionKind, Modality, Standing

PERSON, VIDEO, PHONE = Modality.IN_PERSON.value, Modality.VIDEO.value, Modality.PHONE.value
WEEKDAYS = range(5)


@dataclass(frozen=True)
class Timetable:
    """What appointments of the demo are made of."""

    garden: Location
    river: Location
    lakes: Location
    okafor: Provider
    brandt: Provider
    nguyen: Provider
    costa: Provider
    visits: dict[str, VisitType]
    reasons: dict[str, VisitReason]


def load(now: dt.datetime, okafor: Practitioner, brandt: Practitioner) -> Timetable:
    garden, river, lakes = _places()
    visits = _visits()
    reasons = _reasons(visits)
    adults = ["Check-up", "Follow-up", "Video follow-up", "New patient visit", "Women’s health visit", "Vaccine"]
    children = ["Child check-up", "Child follow-up"]
    talks = ["First talk about mental health", "Video follow-up"]
    timetable = Timetable(
        garden=garden,
        river=river,
        lakes=lakes,
        okafor=_provider(okafor, "Internal medicine", ["en-US", "fr"], [visits[name] for name in adults]),
        brandt=_provider(brandt, "Pediatrics", ["en-US"], [visits[name] for name in children]),
        nguyen=_provider(
            Practitioner.objects.create(given="Linh", family="Nguyen", prefix="Dr."),
            "Family medicine",
            ["en-US", "vi"],
            [visits[name] for name in {*adults, *children}],
        ),
        costa=_provider(
            Practitioner.objects.create(given="Marisol", family="Costa", prefix="Dr."),
            "Psychiatry",
            ["en-US", "es", "pt"],
            [visits[name] for name in talks],
        ),
        visits=visits,
        reasons=reasons,
    )
    soto = _provider(
        Practitioner.objects.create(given="Rafael", family="Soto", prefix="NP"),
        "Family medicine",
        ["en-US", "es"],
        [visits[name] for name in ("Follow-up", "Video follow-up", "Vaccine")],
    )
    sato = _provider(
        Practitioner.objects.create(given="Hana", family="Sato", prefix="Dr."),
        "Dermatology",
        ["en-US", "ja"],
        [visits["Skin visit"]],
    )
    raman = _provider(
        Practitioner.objects.create(given="Priya", family="Raman", prefix="Dr."),
        "Radiology",
        ["en-US", "hi", "ta"],
        [visits["MRI"]],
    )
    _weeks(timetable, soto, sato, raman)
    _exceptions(timetable, timezone.localdate(now))
    _form_texts()
    return timetable


def _places() -> tuple[Location, Location, Location]:
    city = {"city": "Hartford", "state": "CT", "country": "US", "status": "active"}
    garden = Location.objects.create(
        name="Larkspur Family Medicine",
        lines="100 Garden Street",
        postal_code="06103",
        phone="860-555-0110",
        directions=(
            "Parking is free in the garage on Asylum Avenue; take the lift to level 2.\n\n"
            "Buses 38 and 60 stop at the door. The entrance has no steps, and wheelchairs are at the front desk."
        ),
        **city,
    )
    river = Location.objects.create(
        name="Larkspur Riverside",
        lines="8 Connecticut Boulevard",
        postal_code="06108",
        phone="860-555-0124",
        directions="Enter from the river side. Parking is beside the building, with places for people with a permit.",
        **{**city, "city": "East Hartford"},
    )
    lakes = Location.objects.create(
        name="Larkspur Telehealth Lakes",
        lines="40 Lakeshore Drive",
        city="Milwaukee",
        state="WI",
        postal_code="53202",
        country="US",
        phone="414-555-0136",
        status="active",
        time_zone="America/Chicago",
        directions=(
            "Our clinicians here see you by video, and in person when you are near.\n\n"
            "Take the elevator to the third floor. Times of visits here are Central Time."
        ),
    )
    return garden, river, lakes


def _visits() -> dict[str, VisitType]:
    fasting = (
        "Do not eat or drink anything but water for 8 hours before.\n\n"
        "Bring a list of what you take, or the bottles, and your insurance card."
    )
    video = "Use a phone, tablet or computer with a camera, in a quiet and private place. Join 5 minutes early."
    kinds = [
        VisitType(name="Check-up", minutes=40, preparation=fasting, standing=Standing.ESTABLISHED, min_age=18,
                  description="Once a year: how you are, and what is due"),
        VisitType(name="Follow-up", minutes=20, min_age=18, modalities=[PERSON, VIDEO, PHONE],
                  description="About something we have seen you for", preparation="Bring a list of what you take."),
        VisitType(name="Video follow-up", minutes=20, min_age=18, modalities=[VIDEO], preparation=video,
                  description="By video, from where you are"),
        VisitType(name="New patient visit", minutes=60, standing=Standing.NEW,
                  description="Your first visit with us", lead_hours=24,
                  preparation="Bring your insurance card, a photo ID, and the records you have."),
        VisitType(name="Child check-up", minutes=30, max_age=17, description="Growth, vaccines and questions",
                  preparation="Bring the vaccine card. A parent or guardian comes along."),
        VisitType(name="Child follow-up", minutes=20, max_age=17, modalities=[PERSON, VIDEO],
                  description="About something we have seen your child for"),
        VisitType(name="Women’s health visit", minutes=40, is_sensitive=True, min_age=12,
                  description="Private: only you see it here"),
        VisitType(name="Vaccine", minutes=10, lead_hours=2, cancel_hours=4, description="Flu, COVID-19 and others",
                  preparation="Wear something with sleeves that roll up."),
        VisitType(name="First talk about mental health", minutes=60, booking=Booking.REQUEST, is_sensitive=True,
                  modalities=[PERSON, VIDEO], description="We find the right person and time with you"),
        VisitType(name="Skin visit", minutes=20, booking=Booking.REQUEST, cancel_hours=48,
                  description="For a mole, a rash, or skin that was treated; we find the time with you",
                  preparation="Come without make-up or nail polish. A photo of how it looked before helps."),
        VisitType(name="MRI", minutes=45, booking=Booking.STAFF, cancel_hours=48,
                  preparation="Leave metal at home. Tell us about implants before you come."),
    ]  # fmt: skip
    for kind in kinds:
        kind.save()
    return {kind.name: kind for kind in kinds}


def _reasons(visits: dict[str, VisitType]) -> dict[str, VisitReason]:
    rows = [
        ("Yearly check-up", "physical annual exam wellness", "Check-up", "", True),
        ("Something we have seen you for", "follow-up blood pressure diabetes results", "Follow-up", "", True),
        ("A talk by video", "online telehealth", "Video follow-up", "", True),
        ("I am new here", "first visit new patient", "New patient visit", "", True),
        ("Check-up for a child", "well child school form sports physical", "Child check-up", "", True),
        ("Something we have seen my child for", "follow-up asthma ear rash", "Child follow-up", "", True),
        ("Women’s health", "pap birth control period pregnancy", "Women’s health visit", "", True),
        ("Flu shot or other vaccine", "immunization covid shot", "Vaccine", "", True),
        ("Feeling low, anxious or not myself", "depression anxiety counseling therapy",
         "First talk about mental health", "If you might hurt yourself, call or text 988 now.", True),
        ("A mole, a rash or other skin trouble", "dermatology eczema acne itching", "Skin visit", "", True),
        ("Cough, cold or fever", "flu sick sore throat", "Follow-up",
         "Trouble breathing, or a fever above 103 °F? Call 911 or our nurse line instead of booking.", True),
        ("Chest pain, or trouble breathing", "heart stroke emergency", "Follow-up",
         "Do not wait for an appointment: call 911.", False),
    ]  # fmt: skip
    made = [
        VisitReason(
            name=name,
            other_words=words,
            visit_type=visits[kind],
            advice=advice,
            is_bookable=is_bookable,
            position=number,
        )
        for number, (name, words, kind, advice, is_bookable) in enumerate(rows)
    ]
    for reason in made:
        reason.save()
    return {reason.name: reason for reason in made}


def _provider(person: Practitioner, specialty: str, languages: list[str], visits: list[VisitType]) -> Provider:
    provider = Provider.objects.create(practitioner=person, specialty=specialty, languages=languages)
    provider.visit_types.set(visits)
    return provider


def _weeks(timetable: Timetable, soto: Provider, sato: Provider, raman: Provider) -> None:
    morning, afternoon = (dt.time(8), dt.time(12)), (dt.time(13), dt.time(17))
    weeks = [
        (timetable.okafor, timetable.garden, (0, 1, 3, 4), (morning, afternoon)),
        (timetable.okafor, timetable.river, (2,), ((dt.time(9), dt.time(13)),)),
        (timetable.brandt, timetable.garden, WEEKDAYS, (morning,)),
        (timetable.brandt, timetable.river, (1, 3), (afternoon,)),
        (timetable.nguyen, timetable.river, WEEKDAYS, ((dt.time(10), dt.time(14)), (dt.time(15), dt.time(19)))),
        (timetable.nguyen, timetable.river, (5,), ((dt.time(9), dt.time(12)),)),
        (timetable.costa, timetable.lakes, (0, 2, 4), ((dt.time(9), dt.time(15)),)),
        (soto, timetable.garden, WEEKDAYS, (morning, afternoon)),
        (sato, timetable.river, (1, 3), (morning, afternoon)),
        (raman, timetable.river, WEEKDAYS, ((dt.time(7), dt.time(15)),)),
    ]
    for provider, place, weekdays, stretches in weeks:
        for weekday in weekdays:
            for start, end in stretches:
                Availability.objects.create(
                    provider=provider,
                    location=place,
                    weekday=weekday,
                    starts_at=start,
                    ends_at=end,
                    step_minutes=20,
                )


def _exceptions(timetable: Timetable, day: dt.date) -> None:
    away = day + dt.timedelta(days=16)
    AvailabilityException.objects.create(
        provider=timetable.brandt,
        kind=ExceptionKind.AWAY,
        first_date=away,
        last_date=away + dt.timedelta(days=6),
        note="Annual leave",
    )
    reserved = AvailabilityException.objects.create(
        provider=timetable.okafor,
        kind=ExceptionKind.RESERVED,
        first_date=day,
        last_date=day + dt.timedelta(days=60),
        starts_at=dt.time(11, 20),
        ends_at=dt.time(12),
        opens_hours=24,
        note="Kept for new patients until the day before",
    )
    reserved.visit_types.add(timetable.visits["New patient visit"])
    ClosedDay.objects.get_or_create(date=day + dt.timedelta(days=30), defaults={"name": "Staff training"})


def _form_texts() -> None:
    FormText.objects.create(
        name="privacy",
        version=3,
        title="How we use your information",
        body=(
            "We use what we know about your health to care for you, to be paid, and to run our clinics. We share it "
            "with others only where the law allows or requires it, or where you say so.\n\n"
            "You may see your record, ask for changes, and ask to whom we gave it. You may complain to us or to the "
            "U.S. Department of Health and Human Services; nobody will treat you worse for it."
        ),
    )
    FormText.objects.create(
        name="consent-to-care",
        version=1,
        title="Consent to care",
        body=(
            "I agree to be examined and treated by the people of Larkspur Health. I can ask about anything, and I can "
            "say no to anything at any time."
        ),
    )
