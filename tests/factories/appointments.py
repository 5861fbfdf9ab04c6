"""Appointments, and what is wished for."""

import datetime as dt
import uuid

import factory
from django.utils import timezone

from records.appointments.states import RequestState, Status
from records.models import Appointment, AppointmentRequest, WaitlistEntry, WaitlistOffer
from records.scheduling import cells
from tests.factories.records import PatientFactory, UserFactory
from tests.factories.scheduling import LocationFactory, ProviderFactory, VisitTypeFactory


def next_morning(days: int = 3, hour: int = 10) -> dt.datetime:
    """Ten o'clock by the clinic's clock, some days from now."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


class AppointmentFactory(factory.django.DjangoModelFactory[Appointment]):
    """Booked a week ago for three days from now, with its time taken."""

    patient = factory.SubFactory(PatientFactory)
    released_at = factory.LazyFunction(timezone.now)
    status = Status.BOOKED
    visit_type = factory.SubFactory(VisitTypeFactory)
    provider = factory.SubFactory(ProviderFactory)
    location = factory.SubFactory(LocationFactory)
    starts_at = factory.LazyFunction(next_morning)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.visit_type.minutes))
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=7))
    booked_at = factory.SelfAttribute("created_at")

    class Meta:
        model = Appointment
        skip_postgeneration_save = True

    @factory.post_generation
    def its_time(appointment: Appointment, create: bool, extracted: object) -> None:
        if create and appointment.status in (Status.HELD, Status.BOOKED, Status.ARRIVED):
            cells.take(
                provider_id=appointment.provider_id,
                start=appointment.starts_at,
                end=appointment.ends_at,
                appointment_id=appointment.pk,
                at=appointment.created_at,
                held_until=appointment.held_until,
            )


class HeldFactory(AppointmentFactory):
    """Held a moment ago by somebody who has not confirmed."""

    status = Status.HELD
    created_at = factory.LazyFunction(timezone.now)
    booked_at = None
    held_until = factory.LazyAttribute(lambda o: o.created_at + dt.timedelta(minutes=5))


class AppointmentRequestFactory(factory.django.DjangoModelFactory[AppointmentRequest]):
    patient = factory.SubFactory(PatientFactory)
    released_at = factory.LazyFunction(timezone.now)
    once = factory.LazyFunction(uuid.uuid4)
    number = factory.Sequence(lambda n: f"ASK-{n:06d}")
    state = RequestState.OPEN
    visit_type = factory.SubFactory(VisitTypeFactory)
    reason_text = "My shoulder again"
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=2))

    class Meta:
        model = AppointmentRequest


class WaitlistEntryFactory(factory.django.DjangoModelFactory[WaitlistEntry]):
    """Waits since yesterday, for any time with the same provider."""

    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    released_at = factory.LazyFunction(timezone.now)
    earliest_date = factory.LazyFunction(timezone.localdate)
    created_by = factory.SelfAttribute("appointment.created_by")
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))

    class Meta:
        model = WaitlistEntry


class WaitlistOfferFactory(factory.django.DjangoModelFactory[WaitlistOffer]):
    """An earlier time of the same provider, held for an hour."""

    entry = factory.SubFactory(WaitlistEntryFactory)
    offered_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda o: o.offered_at + dt.timedelta(hours=1))
    held = factory.LazyAttribute(
        lambda o: HeldFactory(
            patient=o.entry.patient,
            visit_type=o.entry.appointment.visit_type,
            provider=o.entry.appointment.provider,
            location=o.entry.appointment.location,
            starts_at=o.entry.appointment.starts_at - dt.timedelta(days=1),
            held_until=o.expires_at,
            replaces=o.entry.appointment,
            created_by=o.entry.created_by,
        )
    )

    class Meta:
        model = WaitlistOffer
