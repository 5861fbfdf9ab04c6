"""The base of every row that belongs to a patient, and the only ways to read such rows."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.db import models

from records.access.permissions import Permission
from records.access.scope import Scope


class PatientRowQuerySet[Row: "PatientRow"](models.QuerySet[Row]):
    def for_scopes(self, scopes: Iterable[Scope]) -> Self:
        """Rows that these scopes may see; scopes without the rows' permission add nothing."""
        permission = self.model.permission
        allowed = [scope for scope in scopes if scope.may(permission)]
        fully = [scope.patient.pk for scope in allowed if scope.may(Permission.SENSITIVE)]
        partly = [scope.patient.pk for scope in allowed if not scope.may(Permission.SENSITIVE)]
        return self.filter(
            models.Q(patient__in=fully) | models.Q(patient__in=partly, is_sensitive=False),
            released_at__isnull=False,
        )

    def for_scope(self, scope: Scope) -> Self:
        """Rows of the scope's patient; raises PermissionMissing when the section is closed to it."""
        scope.require(self.model.permission)
        return self.for_scopes([scope])


class PatientRow(models.Model):
    """Something known about one patient, seen only through a scope.

    `is_sensitive` is set when the row is written, from labels and codes (records/access/sensitivity.py),
    on the row and on everything that would betray it. Rows without `released_at` are not shown to anybody.
    """

    permission: ClassVar[Permission]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    is_sensitive = models.BooleanField(default=False)
    released_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PatientRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def is_seen_with(self, permissions: Collection[Permission]) -> bool:
        """Whether who holds these permissions for its patient sees this row: the rule of `for_scopes` for one."""
        is_open = self.permission in permissions and self.released_at is not None
        return is_open and (not self.is_sensitive or Permission.SENSITIVE in permissions)
