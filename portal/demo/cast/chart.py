"""Writes rows of a demo record in one line each; every date is days before the day of loading."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from records.models import (
    AllergyIntolerance,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Immunization,
    MedicationDispense,
    MedicationRequest,
    Observation,
    ObservationComponent,
    Patient,
    Practitioner,
    Procedure,
    ResultVersion,
)

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"


@dataclass(frozen=True)
class Value:
    """One laboratory value as the laboratory sends it."""

    code: str
    name: str
    text: str
    unit: str = ""
    low: str = ""
    high: str = ""
    flag: str = ""
    status: str = "final"
    note: str = ""


class Chart:
    """One patient's record being written; `day` is the day the demo is loaded."""

    def __init__(self, patient: Patient, now: dt.datetime, doctor: Practitioner) -> None:
        self.patient = patient
        self.now = now
        self.doctor = doctor

    def _row(self, days: int | None, **extra: Any) -> dict[str, Any]:
        """What every clinical row has; `days` is how long ago it was."""
        row: dict[str, Any] = {
            "patient": self.patient,
            "released_at": self.now,
            "source_system": "larkspur",
            "author": self.doctor,
            "author_name": f"Dr. {self.doctor.full_name}",
        }
        if days is not None:
            row |= {"effective_start": self.when(days), "effective_precision": "day"}
        return row | extra

    def when(self, days: int) -> dt.datetime:
        """Midnight UTC of a day, as rows with a day's precision keep it."""
        day = (self.now - dt.timedelta(days=days)).date()
        return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)

    def visit(
        self, days: int, kind: str, *, reason: str = "", place: str = "Larkspur Garden Street Clinic", **extra: Any
    ) -> Encounter:
        return Encounter.objects.create(
            **self._row(
                days,
                status="finished",
                text=kind,
                reason_text=reason,
                location_name=place,
                **{"encounter_class": "AMB"} | extra,
            )
        )

    def problem(self, days: int, code: str, text: str, *, status: str = "active", **extra: Any) -> Condition:
        return Condition.objects.create(
            **self._row(
                days,
                status=status,
                code_system=SNOMED,
                code=code,
                text=text,
                **{"verification_status": "confirmed"} | extra,
            )
        )

    def procedure(self, days: int | None, code: str, text: str, **extra: Any) -> Procedure:
        return Procedure.objects.create(
            **self._row(days, **{"status": "completed", "code_system": SNOMED, "code": code, "text": text} | extra)
        )

    def allergy(self, days: int | None, code: str, text: str, reaction: str = "", **extra: Any) -> AllergyIntolerance:
        reactions = [{"text": reaction, "severity": "moderate"}] if reaction else []
        row = {
            "status": "active",
            "verification_status": "confirmed",
            "code_system": SNOMED,
            "code": code,
            "text": text,
        }
        return AllergyIntolerance.objects.create(**self._row(days, reactions=reactions, **row | extra))

    def vaccine(self, days: int, cvx: str, text: str, **extra: Any) -> Immunization:
        row = {
            "status": "completed",
            "code_system": CVX,
            "code": cvx,
            "text": text,
            "location_name": "Larkspur Garden Street Clinic",
        }
        return Immunization.objects.create(**self._row(days, **row | extra))

    def medication(self, days: int, rxnorm: str, text: str, dosage: str, **extra: Any) -> MedicationRequest:
        row = {"status": "active", "intent": "order", "code_system": RXNORM, "code": rxnorm, "text": text}
        return MedicationRequest.objects.create(**self._row(days, dosage_text=dosage, **row | extra))

    def fill(self, days: int, medication: MedicationRequest, pharmacy: str, **extra: Any) -> MedicationDispense:
        """What a pharmacy handed over; it lasts as long as the prescription says."""
        row = {
            "status": "completed",
            "request": medication,
            "text": medication.text,
            "quantity_text": medication.quantity_text,
            "days_supply": medication.days_supply,
            "pharmacy_name": pharmacy,
        }
        return MedicationDispense.objects.create(**self._row(days, **row | extra))

    def note(self, days: int, title: str, content: str, **extra: Any) -> DocumentReference:
        row = {"status": "current", "title": title, "content": content, "content_type": "text/plain"}
        return DocumentReference.objects.create(**self._row(days, **row | extra))

    def report(self, days: int, code: str, name: str, values: list[Value], **extra: Any) -> DiagnosticReport:
        """A panel with its values; `extra` sets the report's own fields."""
        row: dict[str, Any] = {
            "status": "final",
            "category": "laboratory",
            "performer_name": "Larkspur Main Lab",
            "code_system": LOINC,
            "code": code,
            "text": name,
            "issued_at": self.when(days) + dt.timedelta(hours=9),
        }
        report = DiagnosticReport.objects.create(**self._row(days, **row | extra))
        for position, value in enumerate(values):
            self._value(days, value, report=report, report_position=position, encounter=report.encounter)
        return report

    def vital(self, days: int, code: str, name: str, text: str, unit: str) -> None:
        self._value(days, Value(code, name, text, unit), category="vital-signs")

    def blood_pressure(self, days: int, systolic: int, diastolic: int) -> None:
        row = self._row(
            days, status="final", category="vital-signs", code_system=LOINC, code="85354-9", text="Blood pressure"
        )
        observation = Observation.objects.create(**row)
        parts = (("8480-6", "Systolic", systolic), ("8462-4", "Diastolic", diastolic))
        for position, (code, text, number) in enumerate(parts):
            ObservationComponent.objects.create(
                observation=observation,
                position=position,
                code_system=LOINC,
                code=code,
                text=text,
                value_text=str(number),
                value_number=number,
                unit="mm[Hg]",
                unit_text="mmHg",
            )

    def corrected(self, observation: Observation, *, was: str, days: int) -> None:
        """Keeps what a value said before the laboratory corrected it."""
        ResultVersion.objects.create(
            observation=observation,
            number=1,
            status="final",
            value_text=was,
            value_number=Decimal(was),
            unit=observation.unit,
            replaced_at=self.when(days),
        )

    def _value(self, days: int, value: Value, *, category: str = "laboratory", **extra: Any) -> Observation:
        comparator = value.text[0] if value.text[:1] in {"<", ">"} else ""
        digits = value.text.removeprefix(comparator)
        is_number = digits.replace(".", "", 1).isdigit()
        row = {
            "status": value.status,
            "category": category,
            "code_system": LOINC,
            "code": value.code,
            "text": value.name,
            "value_text": digits if is_number else value.text,
            "comparator": comparator,
            "unit": value.unit,
            "flag": value.flag,
            "value_number": Decimal(digits) if is_number else None,
            "range_low": Decimal(value.low) if value.low else None,
            "range_high": Decimal(value.high) if value.high else None,
            "note": value.note,
        }
        return Observation.objects.create(**self._row(days, **row | extra))
