from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from records.models import ImportBatch, Patient
from tests.factories import fhir

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_fhir", *map(str, arguments), stdout=out, stderr=out, verbosity=0)
    return out.getvalue()


def test_command_imports_and_says_what_became_of_it(tmp_path: Path) -> None:
    fhir.write(tmp_path / "a.json", fhir.bundle(fhir.patient(), fhir.condition(onsetDateTime="never")))
    out = run(tmp_path)
    assert "a.json: 2 in, 1 kept, 0 not kept, 1 rejected" in out
    assert "Rejected: Condition/c1 Condition.onsetDateTime: This is not a date." in out
    assert Patient.objects.exists()


def test_dry_run_says_so(tmp_path: Path) -> None:
    out = run(fhir.write(tmp_path / "a.json", fhir.bundle(fhir.patient())), "--dry-run", "--bills-since", "2020-01-01")
    assert "nothing was kept" in out
    assert not ImportBatch.objects.exists()


def test_unreadable_file_ends_in_a_failure_after_the_others(tmp_path: Path) -> None:
    fhir.write(tmp_path / "a.json", "{")
    fhir.write(tmp_path / "b.json", fhir.bundle(fhir.patient()))
    with pytest.raises(CommandError, match="1 of 2 files could not be read"):
        run(tmp_path)
    assert Patient.objects.exists()


def test_empty_folder_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no \.json"):
        run(tmp_path)
