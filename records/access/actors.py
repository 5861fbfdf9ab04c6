"""Who changes something of a patient's: somebody for the patient, within their scope, or staff."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from records.access import log
from records.access.log import Origin, Verb
from records.access.models import User
from records.access.permissions import Permission
from records.access.rows import PatientRow
from records.access.scope import PermissionMissing, Scope


@dataclass(frozen=True)
class Actor:
    """Without a scope it is staff, whom the admin's permissions have let in.

    Each feature says which `permission` changing its rows needs, and as which `kind` the access log has them.
    """

    permission: ClassVar[Permission]
    kind: ClassVar[str]

    user: User
    scope: Scope | None = None
    origin: Origin = Origin()

    def require_for(self, row: PatientRow) -> None:
        """Raises PermissionMissing for who may not change the row, or not see it."""
        if self.scope is None:
            return
        self.scope.require(self.permission)
        if row.patient_id != self.scope.patient.pk or not row.is_seen_with(self.scope.permissions):
            raise PermissionMissing(row.permission)

    def log_change(self, patient_id: uuid.UUID, object_id: uuid.UUID, at: dt.datetime) -> None:
        """Appends to the access log; call it last in the transaction."""
        log.record(
            kind=self.kind,
            verb=Verb.CHANGE,
            at=at,
            actor_id=self.user.pk,
            actor_name=self.user.full_name,
            acting_as=self.scope.kind if self.scope else "staff",
            patient_id=patient_id,
            object_id=str(object_id),
            origin=self.origin,
        )
