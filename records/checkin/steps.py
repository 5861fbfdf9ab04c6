"""The steps of a check-in; what needs another floor registers its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments.bookings import Appointment
from records.danger.forms import WarnedForm

type MakeForm = Callable[[Mapping[str, Any] | None, Scope, Appointment], "StepForm"]


class StepForm(WarnedForm):
    """What a step asks. `changes` is what the person wants changed; none means that all is right."""

    @property
    def changes(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True)
class Step:
    """`permission` is what its reader must hold to see what it shows; `is_for` leaves it out where there is nothing
    to ask; `template` is included with `rows` from `shows` and the form. `changing` is what it takes to ask for a
    change there."""

    name: str
    title: Promise | str
    permission: Permission
    template: str
    form: MakeForm
    shows: Callable[[Scope, Appointment], Any]
    is_for: Callable[[Scope, Appointment], bool] = lambda scope, appointment: True
    changing: Permission | None = None

    def may_change(self, scope: Scope) -> bool:
        return self.changing is None or scope.may(self.changing)


_STEPS: dict[str, Step] = {}


def register(step: Step) -> None:
    _STEPS[step.name] = step


def steps_for(scope: Scope, appointment: Appointment) -> list[Step]:
    """Those that this reader is asked, in the order in which they were registered."""
    return [step for step in _STEPS.values() if scope.may(step.permission) and step.is_for(scope, appointment)]


def step_of(name: str) -> Step:
    """Raises KeyError for a step that nobody registered."""
    return _STEPS[name]


def title_of(name: str) -> Promise | str:
    """A step's title; the name itself for one that is no longer there."""
    step = _STEPS.get(name)
    return step.title if step else name
