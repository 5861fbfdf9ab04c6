"""The lines of the portal's own list."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from records.notifications import kinds
from records.notifications.models import Notification


@dataclass(frozen=True)
class Line:
    row: Notification
    title: Promise | str


def lines_of(rows: Iterable[Notification]) -> list[Line]:
    """What each says; a kind of an older release that nobody registers any more is left out."""
    return [Line(row, kinds.kind(row.kind).subject) for row in rows if kinds.is_known(row.kind)]
