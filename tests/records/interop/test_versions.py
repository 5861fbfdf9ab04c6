"""What a result said before it was corrected is never lost."""

from typing import Any

import pytest

from records.models import DiagnosticReport, Observation
from tests.factories import fhir
from tests.records.interop.conftest import Import
from tests.records.interop.test_actions import LATER

pytestmark = pytest.mark.django_db


def test_corrected_value_keeps_the_earlier_one(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.lab(value=5.6))
    bring_in(fhir.patient(), fhir.lab(value=6.5, status="corrected"), at=LATER)
    bring_in(fhir.patient(), fhir.lab(value=6.7, status="corrected"), at=LATER)
    observation = Observation.objects.get()
    assert (observation.shown, observation.is_corrected) == ("6.7 %", True)
    assert [(v.number, v.shown, v.status) for v in observation.versions.all()] == [
        (2, "6.5 %", "corrected"),
        (1, "5.6 %", "final"),
    ]
    assert observation.versions.last().raw["valueQuantity"]["value"] == 5.6


def test_value_that_arrives_later_makes_no_version(bring_in: Import) -> None:
    pending = {key: value for key, value in fhir.lab(status="registered").items() if key != "valueQuantity"}
    bring_in(fhir.patient(), pending)
    assert Observation.objects.get().is_pending
    bring_in(fhir.patient(), fhir.lab(), at=LATER)
    observation = Observation.objects.get()
    assert (observation.shown, observation.versions.count()) == ("5.6 %", 0)


def test_corrected_blood_pressure_keeps_its_earlier_parts(bring_in: Import) -> None:
    def pressure(high: int) -> dict[str, Any]:
        parts = [("8480-6", "Systolic", high), ("8462-4", "Diastolic", 80)]
        components = [
            {
                "code": fhir.concept(code, name, fhir.LOINC),
                "valueQuantity": {"value": value, "unit": "mmHg", "code": "mm[Hg]"},
            }
            for code, name, value in parts
        ]
        return fhir.lab(
            code=fhir.concept("85354-9", "Blood pressure", fhir.LOINC), component=components, valueQuantity=None
        )

    bring_in(fhir.patient(), pressure(182))
    bring_in(fhir.patient(), pressure(128), at=LATER)
    observation = Observation.objects.get()
    assert observation.blood_pressure == "128/80"
    assert observation.versions.get().text == "Systolic: 182 mmHg; Diastolic: 80 mmHg"


def test_corrected_report_keeps_its_earlier_words(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.report(conclusion="Benign."))
    bring_in(fhir.patient(), fhir.report(conclusion="Atypical.", status="corrected"), at=LATER)
    assert DiagnosticReport.objects.get().versions.get().text == "Benign."
