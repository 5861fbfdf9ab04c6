"""Pharmacies, and what is asked for."""

import datetime as dt
import uuid
from typing import Any

import factory
from django.utils import timezone

from records.models import (
    MedicationDispense,
    MedicationRequest,
    Patient,
    Pharmacy,
    RefillItem,
    RefillRequest,
)
from records.refills.states import Kind, State
from tests.factories.chart import MedicationFactory, _RowFactory
from tests.factories.records import PatientFactory, UserFactory


class PharmacyFactory(factory.django.DjangoModelFactory[Pharmacy]):
    name = factory.Sequence(lambda n: f"Corner Pharmacy {n}")
    lines = "4 Main Street"
    city = "Hartford"
    state = "CT"
    postal_code = "06103"
    phone = "860-555-0170"

    class Meta:
        model = Pharmacy


class DispenseFactory(_RowFactory):
    status = "completed"

    class Meta:
        model = MedicationDispense


class RefillRequestFactory(factory.django.DjangoModelFactory[RefillRequest]):
    patient = factory.SubFactory(PatientFactory)
    released_at = factory.LazyFunction(timezone.now)
    once = factory.LazyFunction(uuid.uuid4)
    number = factory.Sequence(lambda n: f"RX-{n:06d}")
    asked_by = factory.SubFactory(UserFactory)
    asked_as = "self"
    created_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = RefillRequest


class RefillItemFactory(factory.django.DjangoModelFactory[RefillItem]):
    """A renewal of one medication that was just asked for."""

    patient = factory.SubFactory(PatientFactory)
    released_at = factory.LazyFunction(timezone.now)
    request = factory.SubFactory(RefillRequestFactory, patient=factory.SelfAttribute("..patient"))
    position = 0
    medication = factory.SubFactory(MedicationFactory, patient=factory.SelfAttribute("..patient"))
    kind = Kind.RENEWAL
    days_left = 6
    pharmacy = factory.SubFactory(PharmacyFactory)
    state = State.REQUESTED
    moved_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = RefillItem


def prescribed(patient: Patient, *, days_ago: int = 200, **fields: Any) -> MedicationRequest:
    """A prescription of a day in the past, of which nothing is left unless told otherwise."""
    values: dict[str, Any] = {
        "effective_start": timezone.now() - dt.timedelta(days=days_ago),
        "effective_precision": "day",
        "repeats_allowed": 0,
        "text": "Metformin 500 mg tablet",
    } | fields
    row: MedicationRequest = MedicationFactory(patient=patient, **values)
    return row
