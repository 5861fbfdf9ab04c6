"""The page of the measures: a small chart, and the same numbers as a table beside it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from messaging.inbox.gate import CHANGE, VIEW, StaffRequest, staff_page
from messaging.inbox.measures import Measure, measures_of
from records.access.staff_pages import frame

# The chart in its own units; the lines of text below the bars are 13 units high.
WIDTH, HEIGHT, FOOT = 400, 150, 30
GAP = 10


@dataclass(frozen=True)
class Bar:
    """One week: the bar reaches the median, the mark above it the time within which nine of ten were answered."""

    x: float
    width: float
    y: float
    height: float
    mark_y: float | None
    middle: float
    label: str
    says: str


@require_safe
@staff_page(VIEW, CHANGE)
def measures(request: StaffRequest) -> HttpResponse:
    desk = request.desk
    found = measures_of(desk.pools, desk.at)
    context = {
        **frame(_("How fast we answer")),
        "measures": found,
        "bars": bars_of(found.weeks),
        "top": HEIGHT + FOOT,
        "longest": max((week.ninth for week in found.weeks if week.ninth), default=None),
    }
    return TemplateResponse(request, "admin/messaging/measures.html", context)


def bars_of(weeks: Sequence[Measure]) -> list[Bar]:
    """Bars on one scale, the longest time being the full height."""
    longest = max((week.ninth for week in weeks if week.ninth), default=dt.timedelta()) or dt.timedelta(hours=1)
    step = WIDTH / max(len(weeks), 1)
    return [_bar(week, number * step, step, longest) for number, week in enumerate(weeks)]


def _bar(week: Measure, x: float, step: float, longest: dt.timedelta) -> Bar:
    height = HEIGHT * ((week.median or dt.timedelta()) / longest)
    return Bar(
        x=round(x + GAP / 2, 1),
        width=round(step - GAP, 1),
        y=round(HEIGHT - height, 1),
        height=round(height, 1),
        mark_y=round(HEIGHT - HEIGHT * (week.ninth / longest), 1) if week.ninth else None,
        middle=round(x + step / 2, 1),
        label=week.label,
        says=_("%(week)s: half within %(time)s") % {"week": week.label, "time": week.median_words},
    )
