"""Who hands out, or ends, somebody's way to pay: the guarantor, or staff with a reason."""

import datetime as dt
from dataclasses import dataclass

from records.access import log
from records.access.log import Origin, Verb
from records.access.models import User


@dataclass(frozen=True)
class Actor:
    """Who does it, and from where."""

    user: User
    origin: Origin
    acting_as: str = "payer"
    reason: str = ""


def log_change(kind: str, object_id: object, actor: Actor, at: dt.datetime) -> None:
    """Appends to the access log; call it last in the transaction."""
    _append(kind, Verb.CHANGE, object_id, actor, at)


def log_view(kind: str, object_id: object, actor: Actor, at: dt.datetime) -> None:
    _append(kind, Verb.VIEW, object_id, actor, at)


def _append(kind: str, verb: Verb, object_id: object, actor: Actor, at: dt.datetime) -> None:
    log.record(
        kind=kind,
        verb=verb,
        at=at,
        actor_id=actor.user.pk,
        actor_name=actor.user.full_name,
        acting_as=actor.acting_as,
        object_id=str(object_id),
        origin=actor.origin,
    )
