"""Staff's view of the chart."""

from django.contrib import admin

from records.chart.models import (
    AllergyIntolerance,
    CarePlan,
    Condition,
    Encounter,
    Goal,
    Immunization,
    MedicationDispense,
    MedicationRequest,
    Procedure,
)
from records.patients.admin import ClinicalRowAdmin

admin.site.register(
    [
        AllergyIntolerance,
        CarePlan,
        Condition,
        Encounter,
        Goal,
        Immunization,
        MedicationDispense,
        MedicationRequest,
        Procedure,
    ],
    ClinicalRowAdmin,
)
