"""What every test stands on: nothing is skipped in CI, and PostgreSQL's own tests say why they wait."""

import os
import time
from collections.abc import Generator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from factory.random import reseed_random
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

IN_CI = os.environ.get("CI") == "true"
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]

# A busy machine takes longer than its 200 ms for an example, and finds as much.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not ON_POSTGRES and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: apt-get install postgresql, then make test"))
        if ON_POSTGRES and item.get_closest_marker("sqlite_only"):
            item.add_marker(pytest.mark.skip(reason="shows something of SQLite alone"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test has failed: a missing browser or database must not look like success."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def same_names_every_time(request: pytest.FixtureRequest) -> None:
    """Draws a test's made-up names from its own seed: it passes or fails everywhere alike."""
    reseed_random(request.node.nodeid)


@pytest.fixture
def within_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the throttle's clock, which counts tries by the minutes and hours of the day, however long a test takes.

    Where a caller passes its own time the shortest window is an hour: its last minute is waited out.
    """
    left = 3600 - time.time() % 3600
    if left < 60:
        time.sleep(left)
    began = timezone.now()
    monkeypatch.setattr("records.access.throttle.timezone", SimpleNamespace(now=lambda: began))


@pytest.fixture
def deferred_constraints_now() -> None:
    """Makes deferred constraints speak at their statement, since a test's transaction never commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
