import pytest

from records.models import AllergyIntolerance, Condition, Encounter, Immunization, MedicationRequest, Procedure
from tests.factories.chart import (
    AllergyFactory,
    ConditionFactory,
    EncounterFactory,
    ImmunizationFactory,
    MedicationFactory,
    ProcedureFactory,
)

pytestmark = pytest.mark.django_db


def test_problem_list_leaves_visit_diagnoses_and_clerical_findings_out() -> None:
    problem = ConditionFactory(category=Condition.Category.PROBLEM)
    diagnosis = ConditionFactory(category=Condition.Category.ENCOUNTER)
    ConditionFactory(category=Condition.Category.CLERICAL)
    assert list(Condition.objects.problems()) == [problem]
    assert list(Condition.objects.diagnoses()) == [diagnosis]


@pytest.mark.parametrize(
    ("status", "current"), [("active", True), ("recurrence", True), ("", True), ("resolved", False)]
)
def test_conditions_are_current_until_they_are_said_to_have_ended(status: str, current: bool) -> None:
    condition = ConditionFactory(status=status)
    assert condition.is_current is current
    assert Condition.objects.current().exists() is current
    assert Condition.objects.ended().exists() is not current


@pytest.mark.parametrize(
    ("fields", "current"),
    [
        ({"status": "active"}, True),
        ({"status": "on-hold"}, True),
        ({"status": "stopped"}, False),
        ({"status": "completed"}, False),
        ({"status": "active", "entered_in_error": True}, False),
    ],
)
def test_every_medication_is_either_current_or_past(fields: dict[str, object], current: bool) -> None:
    medication = MedicationFactory(**fields)
    assert medication.is_current is current
    assert MedicationRequest.objects.current().exists() is current
    assert MedicationRequest.objects.past().exists() is not current


def test_entered_in_error_stays_readable_but_is_not_valid() -> None:
    ConditionFactory(entered_in_error=True)
    assert Condition.objects.count() == 1
    assert not Condition.objects.valid().exists()


def test_allergies_and_vaccines_are_told_apart_by_status() -> None:
    AllergyFactory(status="resolved")
    active = AllergyFactory(status="active")
    assert list(AllergyIntolerance.objects.active()) == [active]
    given, refused = ImmunizationFactory(status="completed"), ImmunizationFactory(status="not-done")
    assert (list(Immunization.objects.given()), list(Immunization.objects.not_given())) == ([given], [refused])


def test_record_keeping_is_no_medical_procedure() -> None:
    ProcedureFactory(is_clerical=True)
    assert not Procedure.objects.medical().exists()


def test_visit_is_called_by_its_type_then_by_its_class() -> None:
    assert EncounterFactory(text="Well child visit (procedure)").kind == "Well child visit"
    assert Encounter(encounter_class="EMER").kind == "Emergency"
    assert Encounter(service_provider_name="Clinic", location_name="Ward 3").place == "Ward 3"
