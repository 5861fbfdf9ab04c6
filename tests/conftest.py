"""What every test stands on: nothing is skipped in CI, and PostgreSQL's own tests say why they wait."""

import os
import time
from collections.abc import Generator

import pytest
from django.conf import settings
from django.db import connection
from factory.random import reseed_random

IN_CI = os.environ.get("CI") == "true"
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]


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
def within_one_minute() -> None:
    """Waits for the next minute when this one is nearly over: tries are counted by the clock's minutes and hours."""
    left = 60 - time.time() % 60
    if left < 10:
        time.sleep(left)


@pytest.fixture
def deferred_constraints_now() -> None:
    """Makes deferred constraints speak at their statement, since a test's transaction never commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
