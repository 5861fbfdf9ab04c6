"""Rows of a record."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from records.models import (
    AllergyIntolerance,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Immunization,
    MedicationRequest,
    Observation,
    Procedure,
    Result,
    VitalSign,
)
from tests.factories.records import PatientFactory


class _RowFactory(factory.django.DjangoModelFactory[Any]):
    """A released row of yesterday."""

    class Meta:
        abstract = True

    patient = factory.SubFactory(PatientFactory)
    released_at = factory.LazyFunction(timezone.now)
    effective_start = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))
    effective_precision = "minute"
    text = factory.Sequence(lambda n: f"Thing {n}")


class EncounterFactory(_RowFactory):
    status = "finished"

    class Meta:
        model = Encounter


class ConditionFactory(_RowFactory):
    status = "active"

    class Meta:
        model = Condition


class ProcedureFactory(_RowFactory):
    status = "completed"

    class Meta:
        model = Procedure


class AllergyFactory(_RowFactory):
    status = "active"

    class Meta:
        model = AllergyIntolerance


class ImmunizationFactory(_RowFactory):
    status = "completed"

    class Meta:
        model = Immunization


class MedicationFactory(_RowFactory):
    status = "active"

    class Meta:
        model = MedicationRequest


class DocumentFactory(_RowFactory):
    status = "current"

    class Meta:
        model = DocumentReference


class ReportFactory(_RowFactory):
    status = "final"
    category = DiagnosticReport.Category.LABORATORY

    class Meta:
        model = DiagnosticReport


class ObservationFactory(_RowFactory):
    """A measurement of any category, without a value."""

    status = "final"
    category = Observation.Category.LABORATORY
    code_system = "http://loinc.org"
    code = "4548-4"
    unit = "%"

    class Meta:
        model = Observation


class ResultFactory(ObservationFactory):
    """A number without a range or a flag, unless told otherwise."""

    value_text = "5.4"
    value_number = factory.LazyAttribute(lambda row: Decimal(row.value_text))

    class Meta:
        model = Result


class VitalSignFactory(ResultFactory):
    category = Observation.Category.VITAL_SIGNS
    code = "8867-4"
    value_text = "64"
    unit = "/min"

    class Meta:
        model = VitalSign
