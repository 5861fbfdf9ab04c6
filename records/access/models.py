"""Who signs in, and for which patients."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.access.log import AccessLogEntry, AccessLogHead
from records.access.permissions import Permission
from records.access.sensitivity import SensitiveCode
from records.access.throttle import ThrottleCounter

__all__ = ["AccessLogEntry", "AccessLogHead", "Grant", "SensitiveCode", "ThrottleCounter", "User"]


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a patient, somebody who acts for patients, or staff (never both)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        """Staff by name, which colleagues choose from lists; nobody else, since logs may hold it."""
        return self.full_name if self.is_staff else f"User {self.id}"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]


class GrantKind(models.TextChoices):
    SELF = "self", _("Your own record")
    PARENT = "parent", _("Parent or guardian")
    PROXY = "proxy", _("Proxy")
    REPRESENTATIVE = "representative", _("Personal representative")


class GrantQuerySet(models.QuerySet["Grant"]):
    def active(self, at: dt.datetime) -> "GrantQuerySet":
        """Grants in force at `at`, of accounts that are active and not staff.

        A death closes every grant but a personal representative's.
        """
        return self.filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=at),
            models.Q(patient__is_deceased=False) | models.Q(kind=GrantKind.REPRESENTATIVE),
            starts_at__lte=at,
            revoked_at__isnull=True,
            user__is_active=True,
            user__is_staff=False,
        )


class Grant(models.Model):
    """What one person may do for one patient, and until when; the patient's own is *self*."""

    Kind = GrantKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20, choices=GrantKind)
    permissions = models.JSONField(default=list)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=models.Q(revoked_at__isnull=True),
                name="grant_one_active_per_user_and_patient",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(revoked_at__isnull=True, kind="self"),
                name="grant_one_self_per_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="grant_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"Grant {self.id}"

    @property
    def permission_set(self) -> frozenset[Permission]:
        """The permissions as the enum; values of an older release that no longer exist count for nothing."""
        return frozenset(Permission(value) for value in self.permissions if value in Permission)
