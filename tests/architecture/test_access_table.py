"""Every route stands behind the gate that the access table gives it."""

import pytest

from records.access.permissions import Permission
from tests.architecture.access_table import TABLE
from tests.architecture.routes import Route, our_routes

ROUTES = our_routes()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.pattern)
def test_route_is_behind_the_gate_the_table_says(route: Route) -> None:
    assert route.name in TABLE, f"{route.pattern} ({route.name}) has no row in access_table.py"
    row = TABLE[route.name]
    assert route.gate == row.gate
    assert getattr(route.view, "permission", None) == row.permission


def test_table_has_no_row_for_a_route_that_is_gone() -> None:
    assert set(TABLE) <= {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.pattern)
def test_pages_below_a_patient_are_behind_the_patient_gate(route: Route) -> None:
    if route.pattern.startswith("patients/"):
        assert route.gate == "patient"
        assert "<uuid:patient>" in route.pattern
        assert isinstance(getattr(route.view, "permission", None), Permission)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.pattern)
def test_urls_carry_row_ids_and_nothing_that_means_something(route: Route) -> None:
    assert "<str:" not in route.pattern
    assert "<int:" not in route.pattern
