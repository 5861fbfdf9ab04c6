"""The money of visits as one bar: what was discounted, insurance paid, still waits, was paid, and is owed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger.choices import Hold
from billing.ledger.models import VisitAccount

# In hundredths of the bar: the gap between two segments, and the least that can still be seen.
GAP, LEAST = 0.3, 0.7

_PARTS: list[tuple[str, str, Promise]] = [
    ("adj", "discount_cents", gettext_lazy("Insurance discount")),
    ("ins", "insurance_cents", gettext_lazy("Insurance paid")),
    ("wait", "insurer_cents", gettext_lazy("Waiting for insurance")),
    ("paid", "paid_cents", gettext_lazy("Paid")),
]


@dataclass(frozen=True)
class Segment:
    """One part; `x` and `width` are hundredths of the bar, as SVG wants them in every language."""

    kind: str
    label: Promise | str
    amount: str
    x: str
    width: str


@dataclass(frozen=True)
class MoneyBar:
    total: str
    sentence: str
    segments: list[Segment]


def bar_of(visits: Iterable[VisitAccount]) -> MoneyBar | None:
    """One bar for all of them together; None when nothing was billed yet."""
    rows = list(visits)
    billed = sum(visit.billed_cents for visit in rows)
    sums = [(kind, label, sum(getattr(visit, column) for visit in rows)) for kind, column, label in _PARTS]
    parts = [(kind, label, cents) for kind, label, cents in [*sums, *_owed(rows)] if cents > 0]
    if billed <= 0 or not parts:
        return None
    segments = _laid_out(parts)
    said = ", ".join(f"{str(label).lower()} {money.format_cents(cents)}" for _kind, label, cents in parts)
    sentence = _("Of %(total)s billed: %(parts)s.") % {"total": money.format_cents(billed), "parts": said}
    return MoneyBar(money.format_cents(billed), sentence, segments)


def _owed(visits: list[VisitAccount]) -> list[tuple[str, Promise | str, int]]:
    """What is owed: to be paid now, and set aside by what it is set aside for."""
    by_hold: dict[str, int] = defaultdict(int)
    for visit in visits:
        by_hold[visit.hold] += visit.patient_cents
    now = by_hold.pop(Hold.NONE, 0)
    held = [("held", Hold(hold).label, cents) for hold, cents in sorted(by_hold.items())]
    return [("you", _("You owe"), now), *held]


def _laid_out(parts: list[tuple[str, Promise | str, int]]) -> list[Segment]:
    """Widths in proportion, with gaps between; small parts are drawn wide enough to be seen."""
    whole = sum(cents for _kind, _label, cents in parts)
    shares = [max(100 * cents / whole, LEAST) for _kind, _label, cents in parts]
    room = (100 - GAP * (len(parts) - 1)) / sum(shares)
    segments, x = [], 0.0
    for (kind, label, cents), share in zip(parts, shares, strict=True):
        width = share * room
        segments.append(Segment(kind, label, money.format_cents(cents), f"{x:.2f}", f"{width:.2f}"))
        x += width + GAP
    return segments
