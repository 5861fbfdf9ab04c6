import datetime as dt

import pytest
from django.utils import timezone

from records.access.permissions import Permission
from records.refills import pharmacies
from records.refills.eligibility import Why
from records.refills.standings import standings_of
from records.refills.states import Kind, State
from tests.factories.records import GrantFactory
from tests.factories.refills import DispenseFactory, PharmacyFactory, RefillItemFactory, prescribed
from tests.queries import cost_of
from tests.records.refills.desk import ask, controlled, proxy_of, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def grant():
    return GrantFactory()


def standings(grant):
    return {each.medication.text: each for each in standings_of(scope_of(grant), timezone.now())}


def filled(medication, *days_ago, **fields):
    for days in days_ago:
        DispenseFactory(
            patient=medication.patient,
            request=medication,
            effective_start=timezone.now() - dt.timedelta(days=days),
            **fields,
        )


def test_own_pharmacy_takes_the_refill_and_another_is_called(grant):
    PharmacyFactory(name="Ours", is_clinics_own=True)
    PharmacyFactory(name="Elm Street", phone="860-555-0171")
    filled(prescribed(grant.patient, text="A", repeats_allowed=3), 100, pharmacy_name="ours")
    filled(prescribed(grant.patient, text="B", repeats_allowed=3), 100, pharmacy_name="Elm Street")
    found = standings(grant)
    assert found["A"].verdict.kind == Kind.REFILL
    assert (found["B"].verdict.why, found["B"].pharmacy.phone) == (Why.AT_PHARMACY, "860-555-0171")


def test_pharmacy_that_is_not_in_the_list_is_named_all_the_same(grant):
    prescribed(grant.patient, text="A", repeats_allowed=3, pharmacy_name="Far Away Drugs")
    assert standings(grant)["A"].pharmacy_name == "Far Away Drugs"
    assert standings(grant)["A"].pharmacy is None


def test_without_a_pharmacy_of_record_the_usual_one_counts(grant):
    ours = PharmacyFactory(is_clinics_own=True)
    pharmacies.prefer(patient=grant.patient, pharmacy=ours, at=timezone.now())
    prescribed(grant.patient, text="A", repeats_allowed=3)
    assert standings(grant)["A"].verdict.kind == Kind.REFILL


def test_fills_that_came_to_nothing_do_not_count(grant):
    row = prescribed(grant.patient, text="A", repeats_allowed=1)
    filled(row, 100)
    filled(row, 50, status="cancelled")
    filled(row, 40, entered_in_error=True)
    assert standings(grant)["A"].verdict.refills_left == 1
    filled(row, 30)
    assert standings(grant)["A"].verdict.why == Why.NONE_LEFT


def test_last_supply_says_from_when(grant):
    row = prescribed(grant.patient, text="A", days_supply=90)
    assert standings(grant)["A"].verdict.kind == Kind.RENEWAL
    filled(row, 10, days_supply=30)
    verdict = standings(grant)["A"].verdict
    assert (verdict.why, verdict.from_date) == (Why.TOO_SOON, timezone.localdate() + dt.timedelta(days=30 - 7 - 10))


def test_newest_prescription_of_a_medication_stands_for_the_older(grant):
    prescribed(grant.patient, days_ago=700, code="123", text="Old")
    prescribed(grant.patient, days_ago=200, code="123", text="New")
    assert set(standings(grant)) == {"New"}


def test_open_request_for_the_older_prescription_counts_for_the_newer(grant):
    ask(grant, prescribed(grant.patient, days_ago=700, code="123", text="Old"))
    prescribed(grant.patient, days_ago=200, code="123", text="New")
    assert standings(grant)["New"].verdict.why == Why.OPEN


@pytest.mark.parametrize("state", [State.SENT, State.READY])
def test_what_was_just_sent_is_not_asked_for_again(grant, state):
    row = prescribed(grant.patient, text="A")
    item = RefillItemFactory(patient=grant.patient, medication=row, state=state)
    assert standings(grant)["A"].verdict.why == Why.OPEN
    item.moved_at -= dt.timedelta(days=15)
    item.save()
    assert standings(grant)["A"].verdict.kind == Kind.RENEWAL


def test_schedule_comes_from_the_list(grant):
    controlled("oxycodone", "II")
    prescribed(grant.patient, text="Oxycodone 5 mg", repeats_allowed=3)
    assert standings(grant)["Oxycodone 5 mg"].verdict.kind == Kind.NEW_PRESCRIPTION


def test_stopped_and_reported_are_shown_with_the_reason(grant):
    prescribed(grant.patient, text="A", status="stopped")
    prescribed(grant.patient, text="B", is_reported=True)
    prescribed(grant.patient, text="C", category="Inpatient")
    assert {name: each.verdict.why for name, each in standings(grant).items()} == {
        "A": Why.STOPPED,
        "B": Why.OTHER_PRESCRIBER,
        "C": Why.HOSPITAL,
    }


def test_year_without_a_day_is_not_taken_for_a_day(grant):
    prescribed(grant.patient, text="A", days_ago=40, effective_precision="year", repeats_allowed=3)
    assert standings(grant)["A"].verdict.why == Why.UNKNOWN


def test_sensitive_medication_is_no_choice_of_a_proxy_without_the_permission(grant):
    prescribed(grant.patient, text="A", is_sensitive=True)
    prescribed(grant.patient, text="B")
    assert set(standings(proxy_of(grant.patient, Permission.SENSITIVE))) == {"B"}


def test_request_that_is_not_seen_refuses_nothing(grant):
    ask(grant, prescribed(grant.patient, text="A", days_ago=90, is_sensitive=True))
    prescribed(grant.patient, text="A", days_ago=40)
    blind = proxy_of(grant.patient, Permission.SENSITIVE)
    assert standings(grant)["A"].verdict.why == Why.OPEN
    assert standings(blind)["A"].verdict.why != Why.OPEN
    assert standings(blind)["A"].item is None


def test_cost_does_not_grow_with_the_medications(grant):
    filled(prescribed(grant.patient, text="A"), 100, pharmacy_name="Elm Street")
    one = cost_of(lambda: standings(grant))
    for number in range(25):
        filled(prescribed(grant.patient, text=f"B{number}"), 100, 130, pharmacy_name="Elm Street")
    assert cost_of(lambda: standings(grant)) == one <= 8


def test_two_pharmacies_of_one_name_are_not_taken_for_each_other(grant):
    PharmacyFactory(name="Chain", phone="860-555-0171")
    usual = PharmacyFactory(name="Chain", phone="860-555-0172")
    prescribed(grant.patient, text="A", repeats_allowed=3, pharmacy_name="chain")
    assert (standings(grant)["A"].pharmacy, standings(grant)["A"].pharmacy_name) == (None, "chain")
    pharmacies.prefer(patient=grant.patient, pharmacy=usual, at=timezone.now())
    assert standings(grant)["A"].pharmacy == usual
