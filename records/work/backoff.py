"""How long to wait before trying again."""

import datetime as dt

MAX_TRIES = 10


def wait_after(tries: int) -> dt.timedelta:
    """30 s, 1, 2, 4 … minutes, at most 6 hours: ten tries span about half a day."""
    return min(dt.timedelta(seconds=30) * 2 ** max(tries - 1, 0), dt.timedelta(hours=6))
