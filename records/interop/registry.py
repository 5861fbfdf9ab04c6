"""Where apps above register what they make of resource types that the record itself does not keep.

    registry.register("Claim", map_claim)          # in AppConfig.ready()

    def map_claim(resource: dict[str, Any], context: PatientContext) -> Outcome: ...

Registered mappers run per patient, inside the patient's transaction, after all clinical rows were written and
sensitivity was settled; types in the order they were registered, each resource in a savepoint of its own.
They return an Outcome, raise Reject(path, reason) for a resource that cannot be kept, and say
`context.warn(resource, path, reason)` about one that is kept but odd. They must be idempotent on
(source system, type, id).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from records.interop.outcomes import Outcome

if TYPE_CHECKING:
    from records.interop.context import PatientContext

type Mapper = Callable[[dict[str, Any], PatientContext], Outcome]

_mappers: dict[str, Mapper] = {}


def register(resource_type: str, mapper: Mapper) -> None:
    """One mapper per type; a second, different one raises ValueError."""
    if _mappers.setdefault(resource_type, mapper) is not mapper:
        raise ValueError(f"A mapper for {resource_type} is already registered.")


def mappers() -> dict[str, Mapper]:
    """Type to mapper, in the order of registration."""
    return dict(_mappers)
