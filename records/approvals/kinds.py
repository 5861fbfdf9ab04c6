"""What can need a second person; each feature registers its own kinds."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from records.access.models import User


@dataclass(frozen=True)
class Matter:
    """What a second person decides about, in words and without row ids.

    `facts` are labels with their values, `approve` is what the button says that carries it out, and `follows` what
    happens then.
    """

    sentence: str
    facts: Sequence[tuple[str, str]]
    approve: str
    follows: str


type Tell = Callable[[Sequence[str]], dict[str, Matter]]
type Carry = Callable[[str, bool, User, dt.datetime], None]


@dataclass(frozen=True)
class Kind:
    """`permission` is what whoever decides must hold, `model` is where staff read what it is about.

    `told(object_ids)` says what they are about, by id, in as many queries for many as for one; what is gone is left
    out. `decided(object_id, is_approved, by, at)` runs in the transaction of the decision.
    """

    name: str
    label: Promise | str
    permission: str
    model: str
    told: Tell
    decided: Carry

    @property
    def view_permission(self) -> str:
        """What somebody holds who may read what it is about."""
        app, model = self.model.lower().split(".")
        return f"{app}.view_{model}"


_KINDS: dict[str, Kind] = {}


def register(name: str, *, label: Promise | str, permission: str, model: str, told: Tell, decided: Carry) -> str:
    """Makes `name` known; `model` is "app.model", whose admin page shows the object."""
    _KINDS[name] = Kind(name=name, label=label, permission=permission, model=model, told=told, decided=decided)
    return name


def kind(name: str) -> Kind:
    """Raises KeyError for a kind nobody registered."""
    return _KINDS[name]
