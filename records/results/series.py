"""Earlier values of the same measurement, as pictures and tables."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from records.access.scope import Scope
from records.results.charts import Reading, Trend, kind_of, trend
from records.results.models import Observation
from records.results.observations import DIASTOLIC, SYSTOLIC

# A trend draws the newest of these; the table below it has pages.
MOST_POINTS = 60


def earlier(scope: Scope, observation: Observation) -> list[Observation]:
    """The newest values with the same code and unit, oldest first, the one itself included."""
    same = type(observation).objects.for_scope(scope).series_of(observation)
    return list(reversed(same.as_lines().order_by("-effective_start", "-pk")[:MOST_POINTS]))


def trend_of(observations: Sequence[Observation], shown: Observation) -> Trend | None:
    """One line; the band is the range of the value that is shown, where it gave both ends.

    Values with a comparator (`< 3`) are not points: nobody knows where they are.
    """
    readings = [
        Reading(observation.effective_start, observation.value_number, kind_of(observation))
        for observation in observations
        if observation.effective_start and observation.value_number is not None and not observation.comparator
    ]
    return trend([readings], low=shown.range_low, high=shown.range_high)


def blood_pressures(scope: Scope, observation: Observation) -> list[Observation]:
    """Readings under the same code, oldest first, with their components."""
    same = type(observation).objects.for_scope(scope).filter(code=observation.code, entered_in_error=False)
    dated = same.filter(effective_start__isnull=False).prefetch_related("components")
    return list(reversed(dated.order_by("-effective_start", "-pk")[:MOST_POINTS]))


def pressure_trend(observations: Sequence[Observation]) -> Trend | None:
    """Two lines: systolic above, diastolic below."""
    lines: dict[str, list[Reading]] = defaultdict(list)
    for observation in observations:
        for part in observation.components.all():
            number: Decimal | None = part.value_number
            if part.code in (SYSTOLIC, DIASTOLIC) and number is not None and observation.effective_start:
                lines[part.code].append(Reading(observation.effective_start, number, kind_of(part)))
    return trend([lines[SYSTOLIC], lines[DIASTOLIC]])
