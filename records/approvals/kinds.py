"""What can need a second person; each feature registers its own kinds."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from records.access.models import User


@dataclass(frozen=True)
class Kind:
    """`permission` is what whoever decides must hold, `model` is where staff read what it is about.

    `decided(object_id, is_approved, by, at)` runs in the transaction of the decision.
    """

    name: str
    label: Promise | str
    permission: str
    model: str
    decided: Callable[[str, bool, User, dt.datetime], None]


_KINDS: dict[str, Kind] = {}


def register(
    name: str,
    *,
    label: Promise | str,
    permission: str,
    model: str,
    decided: Callable[[str, bool, User, dt.datetime], None],
) -> str:
    """Makes `name` known; `model` is "app.model", whose admin page shows the object."""
    _KINDS[name] = Kind(name=name, label=label, permission=permission, model=model, decided=decided)
    return name


def kind(name: str) -> Kind:
    """Raises KeyError for a kind nobody registered."""
    return _KINDS[name]
