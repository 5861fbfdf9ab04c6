"""What of a prescription the rules stand on comes in with FHIR."""

import datetime as dt

import pytest

from records.models import MedicationDispense, MedicationRequest
from records.refills.eligibility import Why
from records.refills.standings import standing_of
from tests.factories import fhir
from tests.records.interop.conftest import Import
from tests.records.interop.conftest import bring_in as bring_in

pytestmark = pytest.mark.django_db


def order(**supply):
    return fhir.resource(
        "MedicationRequest", "m1", status="active", medicationCodeableConcept={"text": "Metformin"},
        authoredOn="2026-01-10", dispenseRequest=supply,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("duration", "days"),
    [
        ({"value": 90, "unit": "days", "code": "d"}, 90),
        ({"value": 90, "unit": "Days"}, 90),
        ({"value": 4, "unit": "week", "code": "wk"}, 28),
        ({"value": 3, "unit": "mo", "code": "mo"}, 90),
        ({"value": 30.5, "unit": "day"}, 30),
        ({"value": 0, "unit": "day"}, None),
        ({"value": 12, "unit": "h"}, None),
        ({"value": 99999999, "unit": "day"}, None),
        ({"unit": "day"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_length_of_a_supply_in_days(bring_in: Import, duration, days):
    bring_in(fhir.patient(), order(expectedSupplyDuration=duration))
    assert MedicationRequest.objects.get().days_supply == days


@pytest.mark.parametrize(
    ("end", "last_day"),
    [
        ("2026-07-31", dt.date(2026, 7, 31)),
        ("2026-02", dt.date(2026, 2, 28)),
        ("2026", dt.date(2026, 12, 31)),
        ("2026-07-31T23:30:00-04:00", dt.date(2026, 7, 31)),
        ("9999-12-31", None),
    ],
)
def test_last_day_to_fill(bring_in: Import, end, last_day):
    bring_in(fhir.patient(), order(validityPeriod={"start": "2026-01-10", "end": end}))
    assert MedicationRequest.objects.get().valid_until == last_day


def test_fills_and_the_pharmacy_decide_what_is_left(bring_in: Import):
    fill = {
        "status": "completed",
        "medicationCodeableConcept": {"text": "Metformin"},
        "authorizingPrescription": [{"reference": "MedicationRequest/m1"}],
        "daysSupply": {"value": 30, "unit": "day"},
    }
    bring_in(
        fhir.patient(),
        order(numberOfRepeatsAllowed=2, performer={"display": "Elm Street Pharmacy"}),
        fhir.resource("MedicationDispense", "d1", whenHandedOver="2026-01-11", **fill),
        fhir.resource("MedicationDispense", "d2", whenHandedOver="2026-02-09", **fill),
    )
    row = MedicationRequest.objects.get()
    assert row.pharmacy_name == "Elm Street Pharmacy"
    assert MedicationDispense.objects.values_list("days_supply", flat=True).distinct().get() == 30
    at = dt.datetime(2026, 2, 20, 17, tzinfo=dt.UTC)
    standing = standing_of(row.pk, row.patient, at)
    assert (standing.verdict.why, standing.verdict.refills_left) == (Why.AT_PHARMACY, 1)
    assert standing.verdict.from_date == dt.date(2026, 3, 4)
