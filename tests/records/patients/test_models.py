import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from records.models import Address, Condition, Patient
from records.patients.display import best_display, clean_display
from records.patients.precision import Effective, PartialDate
from tests.factories.chart import ConditionFactory
from tests.factories.records import PatientFactory

NOON = dt.datetime(2019, 3, 4, 15, 15, 30, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2019, 3, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("precision", "shown", "with_time", "iso"),
    [
        ("year", "2019", "2019", "2019"),
        ("month", "Mar 2019", "Mar 2019", "2019-03"),
        ("day", "Mar 4, 2019", "Mar 4, 2019", "2019-03-04"),
        ("minute", "Mar 4, 2019", "Mar 4, 2019, 10:15 AM", "2019-03-04T15:15:30+00:00"),
        ("second", "Mar 4, 2019", "Mar 4, 2019, 10:15 AM", "2019-03-04T15:15:30+00:00"),
    ],
)
def test_partial_dates_show_what_is_known_and_no_more(precision: str, shown: str, with_time: str, iso: str) -> None:
    date = PartialDate(NOON, precision)
    assert (str(date), date.with_time, date.iso) == (shown, with_time, iso)


def test_day_without_time_is_not_moved_to_the_day_before_by_the_clinics_time_zone() -> None:
    assert str(PartialDate(MIDNIGHT, "day")) == "Mar 4, 2019"
    assert str(PartialDate(MIDNIGHT, "minute")) == "Mar 3, 2019"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (None, None, ""),
        (PartialDate(NOON, "year"), None, "2019"),
        (None, PartialDate(NOON, "month"), "until Mar 2019"),
        (PartialDate(NOON, "year"), PartialDate(NOON, "month"), "2019 to Mar 2019"),
        (PartialDate(NOON, "day"), PartialDate(NOON, "second"), "Mar 4, 2019"),
    ],
)
def test_effective_time_reads_as_words(start: PartialDate | None, end: PartialDate | None, shown: str) -> None:
    effective = Effective(start, end)
    assert str(effective) == shown
    assert bool(effective) == bool(shown)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Viral sinusitis (disorder)", "Viral sinusitis"),
        ("Medication review due (situation)", "Medication review due"),
        ("Respiratory therapy (regime/therapy)", "Respiratory therapy"),
        ("Medication_Review_Due", "Medication review due"),
        ("Sprain (left)", "Sprain (left)"),
        ("  Two   words ", "Two words"),
        ("", ""),
    ],
)
def test_displays_lose_what_only_machines_need(given: str, shown: str) -> None:
    assert clean_display(given) == shown


def test_words_come_before_machine_names() -> None:
    assert best_display("asthma_condition", "Asthma (disorder)") == "Asthma"
    assert best_display("", "asthma_condition") == "Asthma condition"


def test_names_are_put_together_from_their_parts() -> None:
    patient = Patient(prefix="Dr.", given="Nora Ann", family="Reyes", suffix="Jr.")
    assert (patient.full_name, patient.formal_name, patient.initials) == (
        "Nora Ann Reyes Jr.",
        "Dr. Nora Ann Reyes Jr.",
        "NR",
    )
    assert Patient(family="Reyes").initials == "R"


def test_nothing_about_a_patient_is_in_how_a_row_prints() -> None:
    patient = Patient(given="Nora", family="Reyes", mrn="MRN-1")
    assert str(patient) == f"Patient {patient.pk}"


def test_address_reads_as_on_an_envelope() -> None:
    address = Address(lines="1 Main St\nApt 2", city="Boston", state="MA", postal_code="02108")
    assert address.address_lines == ["1 Main St", "Apt 2", "Boston, MA 02108"]
    assert Address(city="Boston").address_lines == ["Boston"]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_one_row_per_source_type_and_id_but_many_without_a_source() -> None:
    patient = PatientFactory()
    ConditionFactory.create_batch(2, patient=patient)
    ConditionFactory(patient=patient, source_system="clinic", fhir_type="Condition", external_id="c1")
    ConditionFactory(patient=patient, source_system="other", fhir_type="Condition", external_id="c1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConditionFactory(patient=patient, source_system="clinic", fhir_type="Condition", external_id="c1")


@pytest.mark.django_db
@pytest.mark.sqlite
def test_death_date_without_death_is_impossible() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PatientFactory(deceased_at=NOON, is_deceased=False)


@pytest.mark.django_db
def test_rows_sort_by_clinical_time_with_undated_ones_last() -> None:
    patient = PatientFactory()
    undated = ConditionFactory(patient=patient, effective_start=None)
    old = ConditionFactory(patient=patient, effective_start=MIDNIGHT)
    new = ConditionFactory(patient=patient, effective_start=NOON)
    assert list(Condition.objects.newest_first()) == [new, old, undated]
    assert list(Condition.objects.oldest_first()) == [undated, old, new]
