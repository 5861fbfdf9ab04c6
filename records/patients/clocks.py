"""Times by the clock on the wall of a place, for showing them."""

import datetime as dt


class WallTime(dt.datetime):
    """A time that templates show as it is; every other one they show by the clinic's clock."""

    convert_to_local_time = False


def by_wall(moment: dt.datetime, zone: dt.tzinfo) -> WallTime:
    """An aware time by the clock of a zone."""
    local = moment.astimezone(zone)
    return WallTime.combine(local.date(), local.timetz())
