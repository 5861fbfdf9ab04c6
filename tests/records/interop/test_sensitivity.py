from typing import Any

import pytest
from django.db.models import Model

from records.access.models import SensitiveCode
from records.interop.sensitivity import propagate
from records.models import (
    CarePlan,
    CareTeam,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Goal,
    MedicationDispense,
    MedicationRequest,
    Observation,
    Patient,
    Procedure,
)
from tests.factories import fhir
from tests.records.interop.conftest import AT, Import
from tests.records.interop.test_actions import LATER

pytestmark = pytest.mark.django_db

HIV = "86406008"
VISIT = {"reference": "Encounter/e1"}
RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


@pytest.fixture(autouse=True)
def _listed_code() -> None:
    SensitiveCode.objects.get_or_create(system=fhir.SNOMED, code=HIV, defaults={"category": "sti"})


def hiv(external_id: str = "c1", **more: Any) -> dict[str, Any]:
    return fhir.condition(external_id, code=fhir.concept(HIV, "HIV infection"), **more)


def marked(model: type[Model]) -> set[str]:
    return set(model._base_manager.filter(is_sensitive=True).values_list("external_id", flat=True))


@pytest.mark.parametrize("label", ["R", "V", "HIV", "PSY", "SEX", "ETH"])
def test_label_makes_a_row_sensitive(bring_in: Import, label: str) -> None:
    bring_in(fhir.patient(), fhir.condition(meta={"security": [{"code": label}]}), fhir.condition("c2"))
    assert marked(Condition) == {"c1"}


@pytest.mark.parametrize("label", ["N", "U", "L"])
def test_ordinary_label_does_not(bring_in: Import, label: str) -> None:
    bring_in(fhir.patient(), fhir.condition(meta={"security": [{"code": label}]}))
    assert not marked(Condition)


@pytest.mark.parametrize(
    "resource",
    [
        fhir.lab(code=fhir.concept(HIV)),
        fhir.lab(valueQuantity=None, valueCodeableConcept=fhir.concept(HIV)),
        fhir.lab(component=[{"code": fhir.concept(HIV)}]),
        fhir.lab(code={"coding": [{"system": "urn:local", "code": "1"}, {"system": fhir.SNOMED, "code": HIV}]}),
    ],
)
def test_listed_code_counts_wherever_it_stands(bring_in: Import, resource: dict[str, Any]) -> None:
    bring_in(fhir.patient(), resource)
    assert marked(Observation) == {"o1"}


def test_code_of_another_system_does_not_count(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.condition(code=fhir.concept(HIV, system="urn:local")))
    assert not marked(Condition)


def test_sensitive_row_makes_its_visit_and_the_visits_notes_sensitive(bring_in: Import) -> None:
    note = fhir.resource("DocumentReference", "d1", status="current", context={"encounter": [VISIT]}, content=[])
    sent_as_report = fhir.report(
        "n1", code=fhir.concept("34117-2", "History and physical", fhir.LOINC), encounter=VISIT
    )
    bring_in(
        fhir.patient(), fhir.encounter(), fhir.encounter("e2"), hiv(encounter=VISIT), note, sent_as_report,
        fhir.condition("c2", encounter=VISIT),
    )  # fmt: skip
    assert marked(Encounter) == {"e1"}
    assert marked(DocumentReference) == {"d1"}
    assert marked(DiagnosticReport) == {"n1"}
    assert marked(Condition) == {"c1"}


def test_confidential_visit_covers_every_row_of_it(bring_in: Import) -> None:
    bring_in(
        fhir.patient(), fhir.encounter(meta=RESTRICTED), fhir.condition(encounter=VISIT), fhir.lab(encounter=VISIT),
        fhir.lab("o2"),
    )  # fmt: skip
    assert Encounter.objects.get().is_confidential
    assert (marked(Encounter), marked(Condition), marked(Observation)) == ({"e1"}, {"c1"}, {"o1"})


def test_sensitive_result_covers_its_report_and_the_reports_other_results(bring_in: Import) -> None:
    bring_in(
        fhir.patient(), fhir.lab("o1", code=fhir.concept(HIV)), fhir.lab("o2"), fhir.lab("o3"),
        fhir.report(results=("o1", "o2")),
    )  # fmt: skip
    assert marked(DiagnosticReport) == {"r1"}
    assert marked(Observation) == {"o1", "o2"}


def test_sensitive_panel_covers_its_members(bring_in: Import) -> None:
    panel = fhir.lab("panel", code=fhir.concept(HIV), hasMember=[{"reference": "Observation/o1"}])
    bring_in(fhir.patient(), fhir.lab("o1"), panel)
    assert marked(Observation) == {"panel", "o1"}


def test_sensitive_condition_covers_what_is_done_about_it_but_not_its_neighbours(bring_in: Import) -> None:
    why = {"reasonReference": [{"reference": "Condition/c1"}]}
    order = fhir.resource(
        "MedicationRequest", "m1", status="active", medicationCodeableConcept=fhir.concept("1"), **why
    )
    fill = fhir.resource(
        "MedicationDispense", "f1", status="completed", medicationCodeableConcept=fhir.concept("1"),
        authorizingPrescription=[{"reference": "MedicationRequest/m1"}],
    )  # fmt: skip
    plan = fhir.resource(
        "CarePlan", "p1", status="active", goal=[{"reference": "Goal/g1"}],
        addresses=[{"reference": "Condition/c1"}, {"reference": "Condition/c2"}],
    )  # fmt: skip
    bring_in(
        fhir.patient(), hiv(), fhir.condition("c2"), order, fill, plan,
        fhir.resource("Procedure", "x1", status="completed", code=fhir.concept("2"), **why),
        fhir.resource("CareTeam", "t1", status="active", **why),
        fhir.resource("Goal", "g1", lifecycleStatus="active", description={"text": "Undetectable"}),
    )  # fmt: skip
    for model in (MedicationRequest, MedicationDispense, CarePlan, Procedure, CareTeam, Goal):
        assert len(marked(model)) == 1, model
    assert marked(Condition) == {"c1"}


def test_import_never_takes_the_mark_off_and_changes_nothing_the_second_time(bring_in: Import) -> None:
    resources = (fhir.patient(), fhir.encounter(), hiv(encounter=VISIT))
    bring_in(*resources)
    report = bring_in(*resources, at=LATER)
    assert report.batch.counts["Encounter"]["unchanged"] == 1
    bring_in(fhir.patient(), fhir.encounter(), fhir.condition(encounter=VISIT), at=LATER)
    assert (marked(Condition), marked(Encounter)) == ({"c1"}, {"e1"})


def test_propagation_stays_with_the_patient_and_counts_what_it_marked(bring_in: Import) -> None:
    other = {**fhir.encounter("e2"), "subject": {"reference": "Patient/p2"}}
    bring_in(fhir.patient(), fhir.patient("p2"), fhir.encounter(), other, fhir.condition(encounter=VISIT))
    Condition.objects.update(is_sensitive=True)
    assert propagate(Patient.objects.get(external_id="p1"), AT) == 1
    assert marked(Encounter) == {"e1"}
    assert propagate(Patient.objects.get(external_id="p1"), AT) == 0
