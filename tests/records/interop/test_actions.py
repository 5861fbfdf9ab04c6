import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.access.models import AccessLogEntry
from records.interop.actions import import_fhir
from records.models import (
    Condition,
    DiagnosticReport,
    Encounter,
    ImportBatch,
    ImportIssue,
    MedicationRequest,
    Observation,
    Patient,
    Practitioner,
)
from tests.factories import fhir
from tests.factories.records import UserFactory
from tests.records.interop.conftest import AT, Import

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=1)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of the record, whole; not the accounts of the imports themselves."""
    left_out = {"importbatch", "importissue", "accesslogentry", "accessloghead"}
    return {
        model._meta.model_name: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("records").get_models(include_auto_created=True)
        if model._meta.model_name not in left_out
    }


def test_second_import_changes_nothing(bring_in: Import) -> None:
    resources = (fhir.patient(), fhir.encounter(), fhir.condition(), fhir.lab(), fhir.report(results=("o1",)))
    bring_in(*resources)
    before = rows()
    report = bring_in(*resources, at=LATER)
    assert rows() == before
    assert {counts["unchanged"] for counts in report.batch.counts.values()} == {1}


def test_batch_counts_add_up_and_name_the_file_alone(bring_in: Import) -> None:
    staff = UserFactory(is_staff=True)
    provenance = {"resourceType": "Provenance", "id": "pr1"}
    broken = fhir.condition("c2", onsetDateTime="never")
    report = bring_in(fhir.patient(), fhir.condition(), broken, provenance, started_by=staff)
    batch = ImportBatch.objects.get()
    assert batch == report.batch
    assert (batch.file_name, batch.source_system, batch.started_by) == ("bundle.json", "clinic", staff)
    assert batch.status == ImportBatch.Status.PARTIAL
    assert (batch.resources_in, batch.resources_kept, batch.resources_not_kept, batch.resources_rejected) == (
        4,
        2,
        1,
        1,
    )
    assert batch.counts["Condition"]["in"] == 2
    assert "Provenance" in batch.not_kept


def test_one_bad_resource_loses_nothing_else(bring_in: Import) -> None:
    good = [fhir.condition(f"c{n}") for n in range(20)]
    bad = fhir.condition("bad", code={"coding": "Diabetes of Nora Reyes"})
    bring_in(fhir.patient(), *good[:10], bad, *good[10:])
    assert Condition.objects.count() == 20
    issue = ImportIssue.objects.get()
    assert (issue.resource_type, issue.resource_id, issue.path) == ("Condition", "bad", "Condition.code.coding")
    assert "Nora" not in issue.reason


def test_dry_run_reports_and_writes_nothing(bring_in: Import) -> None:
    report = bring_in(fhir.patient(), fhir.condition(), fhir.condition("bad", code=5), dry_run=True)
    assert (report.batch.resources_kept, report.batch.resources_rejected) == (2, 1)
    assert not any(model.objects.exists() for model in (Patient, Condition, ImportBatch, ImportIssue, AccessLogEntry))


def test_changed_resource_updates_its_row_and_no_other(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.condition("c1"), fhir.condition("c2"))
    before = Condition.objects.get(external_id="c1")
    report = bring_in(
        fhir.patient(),
        fhir.condition("c1", code=fhir.concept("44054006", "Type 2 diabetes")),
        fhir.condition("c2"),
        at=LATER,
    )
    after = Condition.objects.get(external_id="c1")
    assert after.pk == before.pk
    assert (after.display, after.updated_at, after.batch) == ("Type 2 diabetes", LATER, report.batch)
    assert after.released_at == AT
    assert Condition.objects.get(external_id="c2").updated_at == AT
    assert report.batch.counts["Condition"] | {"updated": 1, "unchanged": 1} == report.batch.counts["Condition"]


def test_posts_without_id_and_puts_are_known_by_full_url_and_id(bring_in: Import) -> None:
    nameless = {key: value for key, value in fhir.condition().items() if key != "id"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": fhir.patient(), "request": {"method": "PUT", "url": "Patient/p1"}},
            {"fullUrl": "urn:uuid:0f7a", "resource": nameless, "request": {"method": "POST", "url": "Condition"}},
        ],
    }
    bring_in(json.dumps(bundle))
    bring_in(json.dumps(bundle))
    assert Condition.objects.get().external_id == "0f7a"


def test_references_lead_to_rows_of_this_and_earlier_files(bring_in: Import) -> None:
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9941339100"}
    doctor = {"resourceType": "Practitioner", "id": "d1", "identifier": [npi], "name": [{"family": "Okafor"}]}
    bring_in(fhir.patient(), fhir.encounter(), doctor)
    conditional = {"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9941339100"}
    bring_in(fhir.condition(encounter={"reference": "Encounter/e1"}, recorder=conditional))
    condition = Condition.objects.get()
    assert condition.encounter == Encounter.objects.get()
    assert condition.author == Practitioner.objects.get()


def test_a_file_without_the_patient_adds_to_a_known_one_only(bring_in: Import) -> None:
    stranger = {**fhir.condition("c2"), "subject": {"reference": "Patient/nobody"}}
    bring_in(fhir.patient())
    bring_in(fhir.condition("c1"), stranger)
    assert Condition.objects.get().external_id == "c1"
    assert ImportIssue.objects.get().reason == "Its patient is neither in the file nor known."


@pytest.mark.parametrize(
    "subject",
    [{}, {"subject": {"reference": "Group/g1"}}, {"subject": {"reference": "#me"}}, {"subject": "Patient/p1"}],
)
def test_resource_that_is_about_no_patient_is_rejected(bring_in: Import, subject: dict[str, Any]) -> None:
    orphan = {"resourceType": "Condition", "id": "c1", "code": fhir.concept("1")} | subject
    report = bring_in(fhir.patient(), orphan)
    assert report.batch.resources_rejected == 1
    assert not Condition.objects.exists()


def test_rejected_patient_takes_everything_of_theirs_along_and_nobody_elses(bring_in: Import) -> None:
    other = {**fhir.condition("c2"), "subject": {"reference": "Patient/p2"}}
    report = bring_in(fhir.patient(birthDate="1985-13-45"), fhir.condition("c1"), fhir.patient("p2"), other)
    assert Patient.objects.get().external_id == "p2"
    assert Condition.objects.get().external_id == "c2"
    assert report.batch.resources_rejected == 2


def test_a_row_never_moves_to_another_patient(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.condition())
    stolen = {**fhir.condition(code=fhir.concept("44054006", "Other")), "subject": {"reference": "Patient/p2"}}
    report = bring_in(fhir.patient("p2"), stolen)
    assert Condition.objects.get().patient.external_id == "p1"
    assert report.batch.resources_rejected == 1


def test_same_id_from_another_system_is_another_patient(tmp_path: Path) -> None:
    for system in ("https://a.example", "https://b.example"):
        bundle = fhir.bundle(fhir.patient(), identifier={"system": system, "value": "1"})
        import_fhir([fhir.write(tmp_path / "bundle.json", bundle)], at=AT)
    assert Patient.objects.count() == 2


def test_duplicate_ids_keep_the_first_and_report_a_different_second(bring_in: Import) -> None:
    report = bring_in(
        fhir.patient(),
        fhir.condition(),
        fhir.condition(),
        fhir.condition(code=fhir.concept("44054006", "Something else entirely")),
    )
    assert Condition.objects.get().display == "Diabetes"
    assert (
        report.batch.counts["Condition"] | {"created": 1, "unchanged": 1, "rejected": 1}
        == (report.batch.counts["Condition"])
    )


@pytest.mark.parametrize(
    "bad",
    [
        fhir.condition("bad", code=fhir.concept("1", "NUL\x00here")),
        fhir.condition("bad", code=fhir.concept("1", "half \ud800 pair")),
        fhir.condition("bad", code=fhir.concept("1", "x" * 1_000_000)),
        fhir.condition("bad", note=[{"text": "x" * 5_000_000}]),
        fhir.condition("bad", onsetDateTime="0001-01-01"),
        fhir.condition("bad", extension=[{"valueDecimal": float("nan")}]),
        fhir.lab("bad", value=float("inf")),
        fhir.lab("bad", value=10**40),
        fhir.lab("bad", value="5.6"),
        fhir.lab("bad", code={}),
        fhir.condition("x" * 300),
        {"resourceType": "Condition"},
        {"resourceType": "<script>", "id": "1"},
        {"id": "1"},
        "text",
        None,
        [],
    ],
)
def test_hostile_resource_is_rejected_and_the_rest_kept(bring_in: Import, bad: Any) -> None:
    report = bring_in(fhir.patient(), bad, fhir.condition("good"))
    assert report.batch.resources_rejected == 1
    assert report.batch.resources_kept == 2
    assert Condition.objects.get().external_id == "good"
    assert not Observation.objects.exists()


def test_unreadable_file_leaves_a_batch_that_says_so_and_the_next_is_read(tmp_path: Path) -> None:
    broken = fhir.write(tmp_path / "a.json", "{")
    fine = fhir.write(tmp_path / "b.json", fhir.bundle(fhir.patient()))
    first, second = import_fhir([broken, fine], at=AT)
    assert "not JSON" in first.error
    assert first.batch.status == ImportBatch.Status.UNREADABLE
    assert second.batch.status == ImportBatch.Status.COMPLETE
    assert Patient.objects.count() == 1


def test_folder_with_ndjson_is_grouped_by_patient(tmp_path: Path) -> None:
    other = {**fhir.condition("c2"), "subject": {"reference": "Patient/p2"}}
    lines = {
        "Condition": [fhir.condition("c1"), other],
        "Encounter": [fhir.encounter()],
        "Patient": [fhir.patient(), fhir.patient("p2")],
    }
    for name, resources in lines.items():
        fhir.write(tmp_path / f"{name}.ndjson", "\n".join(json.dumps(item) for item in resources))
    [report] = import_fhir([tmp_path], at=AT)
    assert report.batch.resources_kept == 5
    assert {c.external_id: c.patient.external_id for c in Condition.objects.all()} == {"c1": "p1", "c2": "p2"}


def test_single_resource_is_imported_too(bring_in: Import) -> None:
    bring_in(json.dumps(fhir.patient()))
    assert Patient.objects.get().full_name == "Nora Ann Reyes"


def test_deletions_are_refused(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.condition())
    entry = {"resource": fhir.condition(), "request": {"method": "DELETE", "url": "Condition/c1"}}
    report = bring_in(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}))
    assert report.batch.resources_rejected == 1
    assert Condition.objects.exists()


def test_import_shows_in_the_access_log_when_something_changed(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.condition())
    bring_in(fhir.patient(), fhir.condition(), at=LATER)
    entry = AccessLogEntry.objects.get()
    assert (entry.patient_id, entry.kind, entry.acting_as, entry.count) == (
        Patient.objects.get().pk,
        "import",
        "system",
        2,
    )


def test_progress_ends_at_the_number_of_resources(bring_in: Import) -> None:
    seen: list[tuple[int, int, str]] = []
    bring_in(fhir.patient(), fhir.condition(), on_progress=lambda *step: seen.append(step))
    assert seen[-1] == (2, 2, "bundle.json")


def test_report_in_a_later_file_gathers_its_results(bring_in: Import) -> None:
    bring_in(fhir.patient(), fhir.lab("o1"), fhir.lab("o2"))
    bring_in(fhir.report(results=("o2", "o1")))
    report = DiagnosticReport.objects.get()
    assert [o.external_id for o in report.observations.order_by("report_position")] == ["o2", "o1"]


def test_medication_known_from_an_earlier_file_names_the_order(bring_in: Import) -> None:
    bring_in({"resourceType": "Medication", "id": "m1", "code": fhir.concept("1719286", "Furosemide")}, fhir.patient())
    bring_in(fhir.resource("MedicationRequest", status="active", medicationReference={"reference": "Medication/m1"}))
    assert MedicationRequest.objects.get().display == "Furosemide"


def test_queries_do_not_grow_with_the_number_of_resources(bring_in: Import) -> None:
    def queries(first: int, last: int) -> int:
        labs = [fhir.lab(f"o{n}") for n in range(first, last)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            bring_in(fhir.patient(), *labs)
        return len(captured)

    bring_in(fhir.patient())
    assert queries(0, 5) == queries(5, 205)
    assert queries(0, 205) < 100


def test_a_failing_database_rejects_one_row_and_keeps_the_rest(bring_in: Import, trip: Callable[[str], None]) -> None:
    trip("c7")
    report = bring_in(fhir.patient(), *(fhir.condition(f"c{n}") for n in range(10)))
    assert report.batch.counts["Condition"] | {"created": 9, "rejected": 1} == report.batch.counts["Condition"]
    assert ImportIssue.objects.get().resource_id == "c7"


@pytest.fixture
def trip() -> Callable[[str], None]:
    """Makes the database itself refuse one row, as a constraint of a later release might."""

    def refuse(external_id: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"ALTER TABLE records_condition ADD CONSTRAINT tripped CHECK (external_id <> '{external_id}')"
                )
            else:
                cursor.execute(
                    "CREATE TEMP TRIGGER tripped BEFORE INSERT ON records_condition "
                    f"WHEN NEW.external_id = '{external_id}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
                )

    return refuse
