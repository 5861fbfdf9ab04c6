"""A small clinic that is open every day, and people who book there."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field
from functools import cached_property

from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.access.scope import Scope, scope_for
from records.appointments import booking
from records.appointments.actors import Actor
from records.appointments.choice import Choice, Details
from records.models import Appointment, Location, Patient, Provider, VisitType
from records.scheduling.choices import Modality
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.factories.scheduling import AvailabilityFactory, LocationFactory, ProviderFactory, VisitTypeFactory

ZONE = zoneinfo.ZoneInfo("America/New_York")
# A Monday at nine, far from any change of the clock.
NOW = dt.datetime(2031, 6, 2, 9, 0, tzinfo=ZONE)


def on(days: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time some days after NOW's day."""
    return (NOW + dt.timedelta(days=days)).replace(hour=hour, minute=minute)


@dataclass
class Clinic:
    """One provider, from eight to six every day, with a visit of 30 minutes that patients book themselves."""

    location: Location = field(default_factory=lambda: LocationFactory(time_zone=""))
    visit_type: VisitType = field(default_factory=lambda: VisitTypeFactory(minutes=30, lead_hours=2, cancel_hours=24))

    @cached_property
    def provider(self) -> Provider:
        return self.another_provider()

    def another_provider(self) -> Provider:
        provider = ProviderFactory()
        provider.visit_types.add(self.visit_type)
        for weekday in range(7):
            AvailabilityFactory(
                provider=provider,
                location=self.location,
                weekday=weekday,
                starts_at=dt.time(8),
                ends_at=dt.time(18),
                step_minutes=30,
            )
        return provider

    def choice(self, start: dt.datetime, provider: Provider | None = None) -> Choice:
        who = provider or self.provider
        return Choice(self.visit_type, who.pk, self.location.pk, start.astimezone(dt.UTC), Modality.IN_PERSON)

    def booked(self, actor: Actor, start: dt.datetime, at: dt.datetime = NOW) -> Appointment:
        held = booking.hold(actor=actor, choice=self.choice(start), at=at)
        return booking.book(actor=actor, appointment_id=held.pk, details=Details(), at=at)


def scope_of(patient: Patient | None = None, *without: Permission, kind: Grant.Kind = Grant.Kind.SELF) -> Scope:
    """Somebody with every permission but those left out; the patient themselves unless told otherwise."""
    patient = patient or PatientFactory()
    grant = GrantFactory(
        patient=patient,
        user=UserFactory(full_name=patient.full_name),
        kind=kind,
        permissions=sorted(ALL - set(without)),
        starts_at=NOW - dt.timedelta(days=365),
    )
    found = scope_for(grant.user, patient.pk, NOW)
    assert found is not None
    return found


def somebody(*without: Permission, patient: Patient | None = None, kind: Grant.Kind = Grant.Kind.SELF) -> Actor:
    scope = scope_of(patient, *without, kind=kind)
    return Actor(scope.user, scope)
