"""Signing in is allauth's; whom a session belongs to is read here, with the bell's count in the same query."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from records.access.models import User
from records.notifications.choices import Channel
from records.notifications.models import Notification


class PortalBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        """The person with `unread_count`: as many as the portal's list shows as new."""
        user = _people().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What somebody may do by themselves and by their groups, in one query; a superuser is asked nothing."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            held = Permission.objects.filter(Q(user=user_obj.pk) | Q(group__user=user_obj.pk))
            names = held.order_by().values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}
        cached: set[str] = user_obj._perm_cache
        return cached


@cache
def _people() -> QuerySet[User]:
    """Put together once, since every request asks; the database looks at its own clock."""
    unread = Notification.objects.filter(
        user=OuterRef("pk"), channel=Channel.PORTAL, read_at__isnull=True, created_at__lte=Now()
    )
    counted = unread.order_by().values("user").annotate(count=Count("pk")).values("count")
    return User.objects.annotate(unread_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)).order_by()
