import base64
from typing import Any

import pytest

from records.models import (
    AllergyIntolerance,
    Condition,
    ContactPoint,
    Coverage,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Immunization,
    ImportIssue,
    MedicationRequest,
    Observation,
    Patient,
    Practitioner,
    Procedure,
    SocialHistory,
    VitalSign,
)
from tests.factories import fhir
from tests.records.interop.conftest import Import

pytestmark = pytest.mark.django_db


def test_patient_is_named_as_now_and_keeps_earlier_names(bring_in: Import) -> None:
    names = [
        {"use": "maiden", "family": "Diaz", "given": ["Nora"]},
        {"use": "official", "family": "Reyes", "given": ["Nora"]},
    ]
    bring_in(
        fhir.patient(
            name=names, telecom=[{"system": "pager", "value": "1"}, {"system": "email", "value": "n@x.example"}]
        )
    )
    patient = Patient.objects.get()
    assert (patient.full_name, patient.mrn, patient.gender) == ("Nora Reyes", "MRN-1", "female")
    assert list(ContactPoint.objects.filter(patient=patient).values_list("system", "value")) == [
        ("other", "1"),
        ("email", "n@x.example"),
    ]


@pytest.mark.parametrize(
    ("given", "deceased", "died"),
    [
        ({"deceasedBoolean": True}, True, "None"),
        ({"deceasedDateTime": "2020-05"}, True, "May 2020"),
        ({"deceasedBoolean": False}, False, "None"),
        ({}, False, "None"),
    ],
)
def test_death_may_be_known_without_its_date(
    bring_in: Import, given: dict[str, Any], deceased: bool, died: str
) -> None:
    bring_in(fhir.patient(**given))
    patient = Patient.objects.get()
    assert (patient.is_deceased, str(patient.died)) == (deceased, died)


def test_birth_date_may_be_a_year_but_not_in_the_future(bring_in: Import) -> None:
    bring_in(fhir.patient(birthDate="1940"), fhir.patient("p2", birthDate="2027-01-01"))
    patient = Patient.objects.get()
    assert (str(patient.birth_date), patient.birth_date_precision) == ("1940-01-01", "year")


def test_visit_is_named_by_its_type_and_not_its_class(bring_in: Import) -> None:
    doctors = [
        {"individual": {"display": "Nurse"}},
        {"type": [{"coding": [{"code": "PPRF"}]}], "individual": {"display": "Dr. Okafor"}},
    ]
    kind = {"class": {"code": "AMB"}, "type": [fhir.concept("1", "Well child visit (procedure)")]}
    bring_in(
        fhir.patient(), fhir.encounter(**kind, participant=doctors), fhir.encounter("e2", **{"class": {"code": "EMER"}})
    )
    visits = {visit.external_id: visit for visit in Encounter.objects.all()}
    assert (visits["e1"].kind, visits["e1"].author_name) == ("Well child visit", "Dr. Okafor")
    assert visits["e2"].kind == "Emergency"


@pytest.mark.parametrize(
    ("more", "category"),
    [
        ({}, "problem-list-item"),
        ({"category": [{"coding": [{"code": "encounter-diagnosis"}]}]}, "encounter-diagnosis"),
        ({"category": [{"extension": [{"valueCode": "unknown"}]}]}, "problem-list-item"),
        ({"code": fhir.concept("314529007", "Medication review due (situation)")}, "clerical"),
    ],
)
def test_condition_goes_where_it_belongs(bring_in: Import, more: dict[str, Any], category: str) -> None:
    bring_in(fhir.patient(), fhir.condition(**more))
    assert Condition.objects.get().category == category


def test_condition_keeps_status_verification_and_true_dates(bring_in: Import) -> None:
    status = {"clinicalStatus": fhir.concept("resolved"), "verificationStatus": fhir.concept("entered-in-error")}
    bring_in(fhir.patient(), fhir.condition(**status, onsetDateTime="2019", abatementDateTime="2020-03"))
    condition = Condition.objects.get()
    assert (condition.status, condition.entered_in_error, condition.is_current) == ("resolved", True, False)
    assert str(condition.effective) == "2019 to Mar 2020"


def test_refused_immunization_keeps_its_reason(bring_in: Import) -> None:
    refused = fhir.resource(
        "Immunization", status="not-done", statusReason=fhir.concept("PATOBJ", "patient objection"),
        vaccineCode=fhir.concept("140", "Influenza", "http://hl7.org/fhir/sid/cvx"), occurrenceDateTime="2025-10-01",
    )  # fmt: skip
    bring_in(fhir.patient(), refused)
    vaccine = Immunization.objects.get()
    assert (vaccine.was_given, vaccine.status_reason, str(vaccine.effective)) == (
        False,
        "patient objection",
        "Oct 1, 2025",
    )


def test_allergy_keeps_reactions_and_no_known_allergies_is_said(bring_in: Import) -> None:
    reaction = {"manifestation": [fhir.concept("1", "Hives (disorder)")], "severity": "moderate"}
    bring_in(
        fhir.patient(),
        fhir.resource(
            "AllergyIntolerance", "a1", code=fhir.concept("2", "Penicillin"), reaction=[reaction], criticality="high"
        ),
        fhir.resource("AllergyIntolerance", "a2", code=fhir.concept("716186003", "No known allergy (situation)")),
    )
    penicillin, none = AllergyIntolerance.objects.order_by("external_id")
    assert (penicillin.reaction_texts, penicillin.get_criticality_display()) == (["Hives"], "High risk")
    assert none.is_none_known


def test_stopped_medication_says_why_and_how_it_was_taken(bring_in: Import) -> None:
    dosage = {
        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "tablets"}}],
        "timing": {"repeat": {"frequency": 1, "period": 12, "periodUnit": "h"}},
        "asNeededBoolean": True,
    }
    order = fhir.resource(
        "MedicationRequest", status="stopped", statusReason={"text": "Side effects"}, dosageInstruction=[dosage, {"text": "With food"}],
        medicationReference={"reference": "#med"}, contained=[{"resourceType": "Medication", "id": "med", "code": {"text": "Ibuprofen"}}],
    )  # fmt: skip
    bring_in(fhir.patient(), order)
    medication = MedicationRequest.objects.get()
    assert (medication.display, medication.status_reason, medication.is_current) == ("Ibuprofen", "Side effects", False)
    assert medication.dosage_lines == ["2 tablets, once every 12 hours, as needed", "With food"]


def test_statement_is_a_reported_medication(bring_in: Import) -> None:
    bring_in(
        fhir.patient(),
        fhir.resource("MedicationStatement", status="active", medicationCodeableConcept={"text": "Fish oil"}),
    )
    medication = MedicationRequest.objects.get()
    assert (medication.is_reported, medication.fhir_type, medication.is_current) == (True, "MedicationStatement", True)


def test_record_keeping_is_no_procedure_of_interest(bring_in: Import) -> None:
    done = {"status": "completed"}
    bring_in(
        fhir.patient(),
        fhir.resource("Procedure", "x1", code=fhir.concept("430193006", "Medication reconciliation"), **done),
        fhir.resource("Procedure", "x2", code=fhir.concept("80146002", "Appendectomy"), **done),
    )
    assert [procedure.display for procedure in Procedure.objects.medical()] == ["Appendectomy"]


@pytest.mark.parametrize(
    ("category", "code", "expected"),
    [
        ("laboratory", "4548-4", "laboratory"),
        ("laboratory", "8480-6", "vital-signs"),
        ("survey", "72166-2", "social-history"),
        ("sdoh", "x", "survey"),
        ("invented", "x", "other"),
    ],
)
def test_observation_goes_to_its_section(bring_in: Import, category: str, code: str, expected: str) -> None:
    bring_in(
        fhir.patient(),
        fhir.lab(category=[{"coding": [{"code": category}]}], code=fhir.concept(code, system=fhir.LOINC)),
    )
    assert Observation.objects.get().category == expected
    assert VitalSign.objects.exists() == (expected == "vital-signs")
    assert SocialHistory.objects.exists() == (expected in ("social-history", "survey"))


def test_document_text_is_decoded_and_redacted(bring_in: Import) -> None:
    data = base64.b64encode("Señora Reyes, SSN 999-12-3456.".encode("latin-1")).decode()
    attachment = {"contentType": "text/plain; charset=iso-8859-1", "data": data}
    bring_in(
        fhir.patient(), fhir.resource("DocumentReference", status="superseded", content=[{"attachment": attachment}])
    )
    document = DocumentReference.objects.get()
    assert document.content == "Señora Reyes, SSN [removed]."
    assert document.is_superseded


def test_document_of_another_kind_is_kept_without_its_bytes_and_remarked(bring_in: Import) -> None:
    attachment = {"contentType": "application/pdf", "data": base64.b64encode(b"%PDF-1.7").decode()}
    bring_in(fhir.patient(), fhir.resource("DocumentReference", status="current", content=[{"attachment": attachment}]))
    document = DocumentReference.objects.get()
    assert (document.content, document.content_type, document.content_size) == ("", "application/pdf", 8)
    assert ImportIssue.objects.get().severity == ImportIssue.Severity.WARNING


@pytest.mark.parametrize("data", ["A", base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"a\x00b").decode()])
def test_document_that_cannot_be_decoded_is_rejected(bring_in: Import, data: str) -> None:
    attachment = {"contentType": "text/plain", "data": data}
    report = bring_in(
        fhir.patient(), fhir.resource("DocumentReference", status="current", content=[{"attachment": attachment}])
    )
    assert report.batch.resources_rejected == 1


def test_report_narrative_comes_from_its_presented_form(bring_in: Import) -> None:
    form = {"contentType": "text/plain", "data": base64.b64encode(b"Margins are clear.").decode()}
    bring_in(fhir.patient(), fhir.report(category=[{"coding": [{"code": "SP"}]}], presentedForm=[form]))
    report = DiagnosticReport.objects.get()
    assert (report.category, report.narrative) == ("pathology", "Margins are clear.")


def test_coverage_names_plan_group_and_member(bring_in: Import) -> None:
    classes = [
        {"type": {"coding": [{"code": "group"}]}, "value": "G-7", "name": "Employees"},
        {"type": {"coding": [{"code": "plan"}]}, "value": "gold", "name": "Gold"},
    ]
    coverage = {
        "resourceType": "Coverage", "id": "v1", "status": "active", "beneficiary": fhir.SUBJECT, "subscriberId": "M-1",
        "payor": [{"display": "Aetna"}], "class": classes, "period": {"start": "2020", "end": "9999-12-31"},
    }  # fmt: skip
    bring_in(fhir.patient(), coverage)
    row = Coverage.objects.get()
    assert (row.payor_name, row.plan_name, row.group_number, row.subscriber_id) == ("Aetna", "Gold", "G-7", "M-1")
    assert str(row.effective) == "2020"


def test_author_is_found_through_a_role(bring_in: Import) -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"prefix": ["Dr."], "given": ["Ada"], "family": "Okafor"}],
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": {"reference": "Practitioner/d1", "display": "Dr. Okafor"},
    }
    bring_in(fhir.patient(), doctor, role, fhir.condition(recorder={"reference": "PractitionerRole/r1"}))
    bring_in(fhir.condition("c2", recorder={"reference": "PractitionerRole/r1"}))
    assert {condition.author for condition in Condition.objects.all()} == {Practitioner.objects.get()}
