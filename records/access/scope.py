"""Whose record is open, by whom, and what they may do with it: the answer the gate computes."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from records.access.models import Grant, User
from records.access.permissions import Permission

if TYPE_CHECKING:
    from records.models import Patient


class PermissionMissing(PermissionDenied):
    """A grant exists, but not for this: answered 403 with words."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


@dataclass(frozen=True)
class Scope:
    """One person acting for one patient."""

    user: User
    patient: "Patient"
    kind: str
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises PermissionMissing (403) unless the permission was granted."""
        if permission not in self.permissions:
            raise PermissionMissing(permission)

    @property
    def is_own(self) -> bool:
        return self.kind == Grant.Kind.SELF


def scope_for(user: User, patient_id: uuid.UUID, at: dt.datetime) -> Scope | None:
    """The scope of `user` for one patient at `at`; None without an active grant."""
    if user.is_staff:
        return None
    grant = Grant.objects.active(at).filter(user=user, patient_id=patient_id).select_related("patient").first()
    return None if grant is None else _scope(user, grant)


def scopes_of(user: User, at: dt.datetime) -> list[Scope]:
    """Every scope of `user` at `at`: their own record first, then by name."""
    if user.is_staff:
        return []
    grants = Grant.objects.active(at).filter(user=user).select_related("patient")
    scopes = [_scope(user, grant) for grant in grants]
    return sorted(scopes, key=lambda scope: (not scope.is_own, scope.patient.full_name))


def _scope(user: User, grant: Grant) -> Scope:
    return Scope(user=user, patient=grant.patient, kind=grant.kind, permissions=grant.permission_set)
