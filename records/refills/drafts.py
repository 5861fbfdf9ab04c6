"""What somebody has begun to ask for, kept on the server from step to step; a draft is its author's alone."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from records.access.scope import Scope
from records.refills.asking import Destination, Wish
from records.refills.pharmacies import chosen_by
from records.refills.requests import RefillDraft
from records.refills.standings import Standing
from records.refills.states import Kind


@dataclass(frozen=True)
class Draft:
    """`wishes` are days left by medication; `pharmacy` is an id or empty, `other` a pharmacy in the patient's words."""

    once: str
    wishes: dict[str, int] = field(default_factory=dict)
    pharmacy: str = ""
    other: str = ""
    keep: bool = False
    comment: str = ""

    @property
    def list_of_wishes(self) -> list[Wish]:
        return [Wish(uuid.UUID(pk), days) for pk, days in self.wishes.items()]

    def destination(self) -> Destination | None:
        """Where it should go; None while nothing is chosen, or when the clinic no longer sends there."""
        if self.other:
            return Destination(other=self.other)
        found = chosen_by(self.pharmacy)
        return Destination(found) if found else None

    def fingerprint(self, sendable: Sequence[Standing]) -> str:
        """Tells what was looked at from what would be sent: the draft, and what can be asked for of it."""
        seen = [self.__dict__, [(str(standing.medication.pk), standing.verdict.kind) for standing in sendable]]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:32]


def draft_of(scope: Scope) -> Draft | None:
    content = _rows(scope).values_list("content", flat=True).first()
    return Draft(**content) if content else None


def save(scope: Scope, at: dt.datetime, **changes: Any) -> Draft:
    """Keeps the changes with what was kept before; a new draft gets the `once` under which it will be sent."""
    before = draft_of(scope) or Draft(once=str(uuid.uuid4()))
    draft = Draft(**{**before.__dict__, **changes})
    RefillDraft.objects.update_or_create(
        user=scope.user, patient=scope.patient, defaults={"content": draft.__dict__, "updated_at": at}
    )
    return draft


def discard(scope: Scope) -> None:
    _rows(scope).delete()


def needs_pharmacy(sendable: Sequence[Standing]) -> bool:
    """Refills go where they are filled already; for all else the patient says where."""
    return any(standing.verdict.kind != Kind.REFILL for standing in sendable)


def _rows(scope: Scope) -> Any:
    return RefillDraft.objects.filter(user=scope.user, patient=scope.patient)
