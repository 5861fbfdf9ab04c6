import json
import tracemalloc
from pathlib import Path

import pytest

from records.interop.outcomes import Unreadable
from records.interop.reading import TOKENS, Number, read_json, read_ndjson
from tests.factories import fhir


def test_bundle_gives_its_resources_with_their_places(tmp_path: Path) -> None:
    path = fhir.write(tmp_path / "a.json", fhir.bundle(fhir.patient(), fhir.condition()))
    document = read_json(path)
    assert [(entry.where, entry.resource["id"]) for entry in document.entries] == [
        ("Bundle.entry[0]", "p1"),
        ("Bundle.entry[1]", "c1"),
    ]
    assert document.name == "a.json"


def test_numbers_keep_their_text(tmp_path: Path) -> None:
    path = fhir.write(tmp_path / "a.json", '{"resourceType": "Observation", "n": 4.10, "i": 7}')
    resource = read_json(path).entries[0].resource
    assert resource["n"].text == "4.10"
    assert resource["i"] == 7
    assert json.dumps(resource["n"]) == "4.1"


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_impossible_numbers_are_read_as_not_finite(tmp_path: Path, written: str) -> None:
    path = fhir.write(tmp_path / "a.json", f'{{"resourceType": "Observation", "n": {written}}}')
    number = read_json(path).entries[0].resource["n"]
    assert isinstance(number, Number)
    assert number - number != 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("<html></html>", "not JSON"),
        ("[]", "not FHIR"),
        ('"text"', "not FHIR"),
        ('{"resourceType": 5}', "not FHIR"),
        ('{"resourceType": "Bundle"}', "kind of bundle"),
        ('{"resourceType": "Bundle", "type": "message"}', "kind of bundle"),
        ('{"resourceType": "Bundle", "type": "collection", "entry": {}}', "not a list"),
        ("[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deeply"),
        ("[" * 5_000_000, "nested too deeply"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_json(fhir.write(tmp_path / "a.json", content))


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"resourceType": "Patient", "id": "\xff\xfe"}')
    with pytest.raises(Unreadable, match="UTF-8"):
        read_json(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        read_json(tmp_path / "nothing.json")


def test_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="too large"):
            read_json(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("start", ['"', '{"a": "', '{"a": "b", "c'])
def test_unfinished_text_of_quotes_is_looked_at_once(tmp_path: Path, start: str) -> None:
    text = start + '\\"' * 5_000
    with pytest.raises(Unreadable, match="not JSON"):
        read_json(fhir.write(tmp_path / "a.json", text))
    *_before, last = TOKENS.finditer(text.encode())
    assert (last.start(), last.end()) == (start.rindex('"'), len(text))


def test_source_is_the_bundles_own_system_else_the_clinic(tmp_path: Path) -> None:
    named = fhir.bundle(identifier={"system": "https://ehr.example", "value": "1"})
    unnamed = fhir.bundle(identifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"})
    assert read_json(fhir.write(tmp_path / "a.json", named)).source_system == "https://ehr.example"
    assert read_json(fhir.write(tmp_path / "b.json", unnamed)).source_system == "clinic"


def test_ndjson_files_of_a_folder_are_one_document(tmp_path: Path) -> None:
    patients = fhir.write(tmp_path / "Patient.ndjson", json.dumps(fhir.patient()) + "\n\n")
    conditions = fhir.write(tmp_path / "Condition.ndjson", json.dumps(fhir.condition()))
    document = read_ndjson([patients, conditions])
    assert [entry.where for entry in document.entries] == ["Patient.ndjson:1", "Condition.ndjson:1"]


def test_broken_line_of_ndjson_is_named(tmp_path: Path) -> None:
    path = fhir.write(tmp_path / "Patient.ndjson", json.dumps(fhir.patient()) + "\nbroken\n")
    with pytest.raises(Unreadable, match="line 2"):
        read_ndjson([path])
