"""Providers, what they offer, and when."""

import datetime as dt

import factory

from records.models import Availability, AvailabilityException, Location, Practitioner, Provider, VisitReason, VisitType
from records.scheduling.choices import ExceptionKind


class LocationFactory(factory.django.DjangoModelFactory[Location]):
    name = factory.Sequence(lambda n: f"Clinic {n}")
    phone = "860-555-0110"
    time_zone = "America/New_York"

    class Meta:
        model = Location


class VisitTypeFactory(factory.django.DjangoModelFactory[VisitType]):
    """Half an hour that everybody books themselves, at any time within the next 90 days."""

    name = factory.Sequence(lambda n: f"Visit {n}")
    minutes = 30
    lead_hours = 0
    horizon_days = 90

    class Meta:
        model = VisitType


class VisitReasonFactory(factory.django.DjangoModelFactory[VisitReason]):
    name = factory.Sequence(lambda n: f"Reason {n}")
    visit_type = factory.SubFactory(VisitTypeFactory)

    class Meta:
        model = VisitReason


class PractitionerFactory(factory.django.DjangoModelFactory[Practitioner]):
    prefix = "Dr."
    given = factory.Faker("first_name")
    family = factory.Faker("last_name")

    class Meta:
        model = Practitioner


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    practitioner = factory.SubFactory(PractitionerFactory)
    specialty = "Family medicine"

    class Meta:
        model = Provider


class AvailabilityFactory(factory.django.DjangoModelFactory[Availability]):
    """Mondays from nine to noon."""

    provider = factory.SubFactory(ProviderFactory)
    location = factory.SubFactory(LocationFactory)
    weekday = 0
    starts_at = dt.time(9)
    ends_at = dt.time(12)

    class Meta:
        model = Availability


class AvailabilityExceptionFactory(factory.django.DjangoModelFactory[AvailabilityException]):
    provider = factory.SubFactory(ProviderFactory)
    kind = ExceptionKind.AWAY

    class Meta:
        model = AvailabilityException
