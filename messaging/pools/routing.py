"""Which pool a new conversation goes to, and who of it is there."""

import datetime as dt

from messaging.pools.models import Absence, Pool, RoutingRule
from records.access.models import User


class NoPool(LookupError):
    """No rule takes this; the last rule of an installation should take everything."""


def pool_for(*, topic: str, team_name: str, text: str) -> Pool:
    """The pool of the first rule that fits. Raises NoPool."""
    words = text.casefold()
    for rule in RoutingRule.objects.select_related("pool"):
        fits = (
            rule.topic in ("", topic)
            and (not rule.team_name or rule.team_name.casefold() == team_name.casefold())
            and (not rule.word or rule.word.casefold() in words)
        )
        if fits:
            return rule.pool
    raise NoPool(topic)


def stand_in_for(user: User, at: dt.datetime, pool: Pool | None = None) -> User | None:
    """Who has the work of `user` at `at`: themselves when they are there, a colleague, or None for the pool.

    A colleague who could not open what is in `pool` does not stand in.
    """
    seen = set()
    while user.pk not in seen:
        seen.add(user.pk)
        absence = Absence.objects.filter(user=user, starts_at__lte=at, ends_at__gt=at).first()
        if absence is None:
            return user if user.is_active and (pool is None or reads(user, pool)) else None
        if absence.forward_to is None:
            return None
        user = absence.forward_to
    return None


def reads(user: User, pool: Pool) -> bool:
    """Whether somebody opens what is in a pool: its members, and superusers."""
    return user.is_superuser or pool.members.filter(pk=user.pk).exists()
