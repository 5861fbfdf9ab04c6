"""A search among many providers stays cheap: deploy/dev/bench_slots.py measures it at full size."""

import time

import pytest
from django.db import connection

from tests.queries import BUDGET
from tests.records.scheduling.large_clinic import LargeClinic, as_clinics_fill, hardly_anything_left

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# The limit for 200 providers and 60 days, on PostgreSQL.
CPU_MS = 50


@pytest.mark.parametrize("providers", [1, 40])
def test_search_makes_a_handful_of_queries_however_many_providers(providers: int) -> None:
    clinic = LargeClinic.build(providers)
    clinic.fill(days=3, share=as_clinics_fill)
    assert max(ask()[1] for ask in clinic.searches(days=60).values()) <= 3


def test_full_clinic_is_looked_through_in_few_queries() -> None:
    clinic = LargeClinic.build(providers=60)
    clinic.fill(days=12, share=hardly_anything_left)
    found, queries = clinic.searches(days=60)["soonest of all"]()
    assert found == 60
    assert queries <= BUDGET // 3


@pytest.mark.postgres
def test_search_of_200_providers_and_60_days_costs_little() -> None:
    clinic = LargeClinic.build(providers=200)
    # The fuller days are those that are looked at; those behind them are never read.
    clinic.fill(days=8, share=as_clinics_fill)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_slotcell")
    for name, ask in clinic.searches(days=60).items():
        ask()
        best = min(_cpu_ms(ask) for _round in range(5))
        assert best <= CPU_MS, name


def _cpu_ms(call) -> float:
    started = time.process_time()
    call()
    return (time.process_time() - started) * 1000
