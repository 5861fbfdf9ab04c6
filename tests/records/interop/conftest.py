"""Imports from a folder of the test's own."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from records.interop.actions import FileReport, import_fhir
from tests.factories import fhir

AT = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)

type Import = Callable[..., FileReport]


@pytest.fixture
def bring_in(tmp_path: Path) -> Import:
    """Imports resources as one bundle, or a string as a file, and returns its report."""

    def bring(*resources: Any, at: dt.datetime = AT, name: str = "bundle.json", **options: Any) -> FileReport:
        content = resources[0] if len(resources) == 1 and isinstance(resources[0], str) else fhir.bundle(*resources)
        [report] = import_fhir([fhir.write(tmp_path / name, content)], at=at, **options)
        return report

    return bring
