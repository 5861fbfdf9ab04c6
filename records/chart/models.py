"""The chart: visits, problems, procedures, allergies, vaccines, medications and plans."""

from records.chart.allergies import AllergyIntolerance
from records.chart.history import Condition, Procedure
from records.chart.immunizations import Immunization
from records.chart.medications import Medication, MedicationDispense, MedicationRequest
from records.chart.plans import CarePlan, CarePlanActivity, Goal
from records.chart.visits import Encounter, EncounterClass

__all__ = [
    "AllergyIntolerance",
    "CarePlan",
    "CarePlanActivity",
    "Condition",
    "Encounter",
    "EncounterClass",
    "Goal",
    "Immunization",
    "Medication",
    "MedicationDispense",
    "MedicationRequest",
    "Procedure",
]
