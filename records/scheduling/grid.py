"""Time as whole numbers of five minutes since 1970, and stretches of it as the bits of one integer.

Two hundred providers' weeks are then a few thousand operations on integers. A bit's number counts from the
beginning of the stretch that is looked at.
"""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from records.scheduling.visit_types import CELL_MINUTES

CELL_SECONDS = CELL_MINUTES * 60
CELLS_A_DAY = 24 * 60 // CELL_MINUTES


def cell_of(moment: dt.datetime) -> int:
    """The cell in which an aware time lies."""
    return int(moment.timestamp()) // CELL_SECONDS


def cell_from(moment: dt.datetime) -> int:
    """The first cell that begins at an aware time or after it."""
    return -int(-moment.timestamp() // CELL_SECONDS)


def moment_of(cell: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(cell * CELL_SECONDS, dt.UTC)


def is_on_grid(moment: dt.datetime) -> bool:
    return not moment.timestamp() % CELL_SECONDS


def span(first: int, end: int) -> int:
    """The bits from `first` up to and without `end`; those below 0 are cut off."""
    first = max(first, 0)
    return ((1 << (end - first)) - 1) << first if end > first else 0


@lru_cache(maxsize=512)
def comb(step: int, count: int) -> int:
    """Every `step`-th of `count` bits, beginning with the first."""
    return sum(1 << bit for bit in range(0, count, step))


def shifted(bits: int, by: int) -> int:
    """The bits moved to `by` places later, or earlier when it is negative; those below 0 fall out."""
    return bits << by if by >= 0 else bits >> -by


def before(bits: int, length: int) -> int:
    """The beginnings of stretches of `length` that touch any of the bits."""
    done = 1
    while done < length:
        step = min(done, length - done)
        bits |= bits >> step
        done += step
    return bits


def numbers(bits: int, origin: int = 0) -> Iterator[int]:
    """The numbers of the bits counted from `origin`, smallest first."""
    while bits:
        lowest = bits & -bits
        yield origin + lowest.bit_length() - 1
        bits ^= lowest
