"""A search among many providers stays cheap: deploy/dev/bench_slots.py measures it at full size."""

import pytest

from tests import work
from tests.queries import BUDGET
from tests.records.scheduling.large_clinic import LargeClinic, as_clinics_fill, hardly_anything_left

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# For each provider: the hours of its week, and one row for what is taken each time that the search looks further.
ROWS = 15
# Half as many again as it takes: the longest of the searches calls some 15,000 functions, and 280 for each provider.
CALLS_TO_BEGIN, CALLS = 25_000, 400


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
@pytest.mark.parametrize("providers", [20, 200])
def test_search_of_60_days_reads_and_does_little_for_each_provider(providers: int) -> None:
    clinic = LargeClinic.build(providers)
    # The fuller days are those that are looked at; those behind them are never read.
    clinic.fill(days=8, share=as_clinics_fill)
    for name, ask in clinic.searches(days=60).items():
        assert work.rows_read(ask) <= ROWS * providers, name
        assert work.calls(ask) <= CALLS_TO_BEGIN + CALLS * providers, name
