"""Real files that nobody here wrote. What is expected was read from the JSON by hand."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.interop import registry
from records.interop.actions import import_fhir
from records.interop.outcomes import Outcome
from records.models import (
    AllergyIntolerance,
    CarePlan,
    CareTeam,
    Condition,
    Coverage,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Immunization,
    ImportIssue,
    MedicationDispense,
    MedicationRequest,
    Observation,
    Patient,
    PatientName,
    RelatedPerson,
    Result,
    SocialHistory,
    VitalSign,
)
from tests.records.interop.conftest import AT
from tests.records.interop.test_actions import LATER, rows

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "fhir"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FOLDER.exists() and os.environ.get("CI") != "true", reason="needs the sample files of ../shared/data/fhir"
    ),
]

# Of each file: resources in, kept, not kept (of those with no mapper from billing).
BUNDLES = {
    "inferno-cur__Lucien408_Bosco882.json": (264, 260),
    "inferno-old__Trent525_Ondricka197.json": (364, 363),
    "iris__Frankie174_Jast432.json": (287, 198),
    "pysynthea__Jana_Funk.json": (524, 473),
    "smart__Claudie_Walsh.json": (156, 127),
    "smart__Elsa_Vargas.json": (230, 152),
    "smart__Jorge_Brekke.json": (315, 247),
    "smart__Tarsha_Stokes.json": (417, 351),
}
ROWS = {
    "inferno-cur__Lucien408_Bosco882.json": {
        Encounter: 60, Condition: 13, Immunization: 20, MedicationRequest: 13, MedicationDispense: 2, Observation: 65,
        DiagnosticReport: 20, DocumentReference: 23, CareTeam: 6, CarePlan: 6, Coverage: 1, RelatedPerson: 1,
    },
    "inferno-old__Trent525_Ondricka197.json": {
        Encounter: 39, Condition: 9, AllergyIntolerance: 4, Observation: 153, DiagnosticReport: 43, DocumentReference: 39,
    },
    "iris__Frankie174_Jast432.json": {Encounter: 30, Condition: 3, MedicationRequest: 29, Observation: 100},
    "pysynthea__Jana_Funk.json": {
        Encounter: 25, Condition: 24, AllergyIntolerance: 7, Immunization: 34, Observation: 289, Coverage: 1,
    },
    "smart__Claudie_Walsh.json": {Encounter: 13, AllergyIntolerance: 8, Immunization: 23, Observation: 66},
    "smart__Elsa_Vargas.json": {Encounter: 33, Condition: 5, Observation: 65, DiagnosticReport: 5},
    "smart__Jorge_Brekke.json": {Encounter: 30, AllergyIntolerance: 10, Immunization: 35, Observation: 136},
    "smart__Tarsha_Stokes.json": {Encounter: 28, Condition: 17, Observation: 235, DiagnosticReport: 23},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _without_bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Billing's mappers have tests of their own."""
    monkeypatch.setattr(registry, "_mappers", {})


def load(name: str, at: dt.datetime = AT) -> Any:
    [report] = import_fhir([FOLDER / name], at=at)
    return report.batch


@pytest.mark.sqlite
@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_comes_in_twice_with_the_same_result(name: str) -> None:
    batch = load(name)
    assert (batch.resources_in, batch.resources_kept) == BUNDLES[name]
    assert batch.resources_rejected == 0
    assert not ImportIssue.objects.exists()
    assert {model: model.objects.count() for model in ROWS[name]} == ROWS[name]
    before = rows()
    again = load(name, LATER)
    assert rows() == before
    assert sum(counts["unchanged"] for counts in again.counts.values()) == batch.resources_kept


@pytest.mark.parametrize("name", BUNDLES)
def test_no_secret_number_is_in_any_column(name: str) -> None:
    load(name)
    patient = next(
        entry["resource"]
        for entry in json.loads((FOLDER / name).read_text())["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    )
    secrets = [
        identifier["value"]
        for identifier in patient["identifier"]
        if identifier.get("type", {}).get("coding", [{}])[0].get("code") in ("SS", "DL", "PPN")
    ]
    assert secrets
    kept = str([list(model._base_manager.values()) for model in apps.get_app_config("records").get_models()])
    assert not [secret for secret in secrets if secret in kept or secret.replace("-", "") in kept]


def test_all_bundles_together_take_few_queries() -> None:
    with CaptureQueriesContext(connection) as captured:
        reports = import_fhir([FOLDER], at=AT)
    resources = sum(report.batch.resources_in for report in reports)
    assert resources == 2557
    assert len(captured) < resources


def test_second_run_over_the_folder_changes_nothing() -> None:
    import_fhir([FOLDER], at=AT)
    before = rows()
    import_fhir([FOLDER], at=LATER)
    assert rows() == before
    assert Patient.objects.count() == 8


def test_registered_mapper_gets_claims_last_with_their_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def map_claim(resource: dict[str, Any], context: Any) -> Outcome:
        visit = context.pk(resource["item"][0]["encounter"][0], Encounter)
        eobs = context.resources("ExplanationOfBenefit")
        coverage = context.resource(eobs[0]["insurance"][0]["coverage"], eobs[0])
        seen.append((visit, len(eobs), coverage["resourceType"], context.bills_since))
        return Outcome.CREATED

    registry.register("Claim", map_claim)
    batch = load("smart__Claudie_Walsh.json")
    assert batch.counts["Claim"]["created"] == 16
    assert {visit for visit, *_rest in seen} <= set(Encounter.objects.values_list("pk", flat=True))
    assert {tuple(rest) for _visit, *rest in seen} == {(13, "Coverage", dt.date(2024, 11, 20))}


def test_tarshas_values() -> None:
    load("smart__Tarsha_Stokes.json")
    patient = Patient.objects.get()
    assert (patient.full_name, str(patient.birth_date), patient.language) == ("Tarsha Stokes", "1950-11-17", "zh")
    assert (str(patient.died), patient.is_deceased) == ("Jan 13, 2017", True)
    assert PatientName.objects.get(use="maiden").full_name == "Tarsha Davis"
    a1c = Result.objects.get(external_id="bc774cb3-596f-4fcf-833f-0bcd8d15cc25")
    assert (a1c.value_text, a1c.shown, str(a1c.effective)) == ("7.499941826995058", "7.50 %", "Nov 9, 2007")
    assert (a1c.has_range, a1c.flag) == (False, "")
    pressure = VitalSign.objects.get(external_id="43d1b697-e66a-4108-963b-cac59acfcae2")
    assert (pressure.code, pressure.blood_pressure) == ("55284-4", "126/81")
    assert Result.objects.series_of(a1c).count() == 10


def test_trents_wrong_code_system_and_grouping_panels() -> None:
    load("inferno-old__Trent525_Ondricka197.json")
    panel = VitalSign.objects.filter(code="85353-1").first()
    assert panel is not None
    assert panel.code_system == "http://loinc.org"
    assert panel.raw["code"]["coding"][0]["system"] == "http://loinc"
    assert panel.members.exists()
    assert VitalSign.objects.standing_alone().filter(code="85353-1").count() == 0
    assert DocumentReference.objects.filter(status="superseded").count() == 38
    assert DocumentReference.objects.current().count() == 1


def test_janas_values() -> None:
    load("pysynthea__Jana_Funk.json")
    allergy = AllergyIntolerance.objects.get(external_id="e3d952c1-174c-491d-9d2e-268fbb5936fd")
    assert allergy.display == "Lisinopril, Captopril, Enalapril, benazepril, quinapril, Ramipril"
    oxygen = VitalSign.objects.get(external_id="cda50bcd-8517-46a7-9e73-9f25d3897983")
    assert (oxygen.shown, oxygen.shown_range, oxygen.flag) == ("90.0 %", "95–100", "L")
    coverage = Coverage.objects.get()
    assert (coverage.payor_name, coverage.plan_name) == ("Aetna", "ACA 200% FPL BRONZE - Aetna")
    assert coverage.payor is not None
    # Systolic and diastolic values that come as laboratory observations of their own are vital signs all the same.
    assert VitalSign.objects.filter(code="8480-6").count() == 14
    assert DiagnosticReport.objects.results().count() == 2
    assert not Condition.objects.problems().filter(code="314529007").exists()
    assert Condition.objects.filter(category="clerical").count() == 15


def test_luciens_values() -> None:
    load("inferno-cur__Lucien408_Bosco882.json")
    patient = Patient.objects.get()
    assert (patient.external_id, patient.full_name) == ("85", "Lucien408 Bosco882 PharmD")
    order = MedicationRequest.objects.get(external_id="3722c630-7ccd-b25e-316d-78fd30a4ff30")
    assert order.display == "10 ML Furosemide 10 MG/ML Injection"
    assert order.reason == "Chronic congestive heart failure"
    assert order.dispenses.get().external_id == "1bc16d93-9ac8-4dc7-ad90-e649c01f8b19"
    assert MedicationDispense.objects.get(external_id="17991da0-97b0-447c-bb49-185eb104a160").quantity_text == "480 mL"
    protein = Result.objects.get(external_id="b8b254a2-2ef8-11ed-a261-0242ac120002")
    assert (protein.shown, protein.shown_range, str(protein.effective)) == ("Negative", "Negative", "Jul 5, 2005")
    assert protein.effective_precision == "day"
    work = SocialHistory.objects.get(external_id="8bef174a-00eb-41d6-9cfd-27945c91a43a")
    assert str(work.effective) == "Apr 24, 2015"
    assert work.components.get().shown == "Home nursing services"
    roommate = RelatedPerson.objects.get()
    assert (roommate.full_name, roommate.relationship_display, roommate.active) == (
        "Ronald408 MacGyver246 Jefferson174",
        "Roommate",
        False,
    )
    assert Encounter.objects.get(external_id="09775519-5327-3bbf-cb95-66313dde54ee").kind == "Well child visit"
    assert not DiagnosticReport.objects.results().exists()
    note = DocumentReference.objects.get(external_id="82a60fe5-1c39-7674-1cbc-cd41ae7f5626")
    assert note.is_superseded
    assert "Chief Complaint" in note.content
    assert "data" not in note.raw["content"][0]["attachment"]
    plan = CarePlan.objects.get(external_id="3078be7f-7d96-e360-cc68-e87e44853f4c")
    assert (plan.display, plan.activities.first().display) == ("Fracture care", "Recommendation to rest")
    assert plan.addresses.count() == 1
