"""Staff's view of accounts, grants and the log; and the base for admins that show patients' data."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.access import kinds, log
from records.access.client import origin_of
from records.access.log import AccessLogEntry
from records.access.models import Grant, SensitiveCode, User
from records.access.permissions import Permission

KIND_RECORD = kinds.register("record", _("the record, by staff"))


class UserByEmailField(forms.EmailField):
    """Somebody by the address that they sign in with: few may look through all users."""

    def clean(self, value: Any) -> User:
        email = super().clean(value)
        try:
            return User.objects.get(email=email.lower())
        except User.DoesNotExist:
            words = _("Nobody signs in with this address. They sign up first, then you can add them.")
            raise forms.ValidationError(words) from None


class UserByEmailForm(forms.ModelForm[Any]):
    user = UserByEmailField(label=_("E-mail address they sign in with"))


class NamesPeople(admin.options.BaseModelAdmin[Any]):
    """Says who somebody is where a row only shows it, in words: few may open the page of a user."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._named(name) for name in super().get_readonly_fields(request, obj)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = {getattr(name, "__name__", name) for name in self.get_readonly_fields(request, obj)}
        is_shown = obj is not None and not self.has_change_permission(request, obj)
        return [
            (title, {**options, "fields": [self._named(n) if is_shown or n in shown else n for n in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _named(self, name: Any) -> Any:
        people = {field.name: field for field in self.opts.fields if field.related_model is User}
        return _named(name, people[name].verbose_name) if name in people else name


@cache
def _named(field: str, label: str) -> Callable[[Model], str]:
    @admin.display(description=label)
    def show(row: Model) -> str:
        user = getattr(row, field)
        return f"{user.full_name} ({user.email})" if user else "–"

    show.__name__ = field
    return show


class ReadOnlyAdmin(NamesPeople, admin.ModelAdmin[Any]):
    """For rows that are seen and searched, and never typed."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PatientDataAdmin(NamesPeople, admin.ModelAdmin[Any]):
    """An opened object logs its patient; a list logs one row with its count. Never deletes.

    `patient_path` leads from the row to its patient's id; rows on the way may be missing.
    """

    patient_path: ClassVar[str] = "patient_id"
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            self._log(request, log.Verb.VIEW, count=len(response.context_data["cl"].result_list))
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if object_id is not None and (obj := self.get_object(request, object_id)) is not None:
            verb = log.Verb.CHANGE if request.method == "POST" and response.status_code == 302 else log.Verb.VIEW
            self._log(request, verb, obj=obj)
        return response

    def _log(self, request: HttpRequest, verb: log.Verb, *, obj: Model | None = None, count: int = 1) -> None:
        user = cast(User, request.user)
        patient_id: Any = obj
        if obj is not None:
            for step in self.patient_path.split("__"):
                patient_id = getattr(patient_id, step) if patient_id is not None else None
        log.record(
            kind=KIND_RECORD,
            verb=verb,
            at=timezone.now(),
            actor_id=user.pk,
            actor_name=user.full_name,
            acting_as="staff",
            patient_id=patient_id,
            object_id=f"{self.opts.model_name}:{obj.pk}" if obj is not None else str(self.opts.model_name),
            count=count,
            origin=origin_of(request),
        )


class ReadOnlyPatientDataAdmin(ReadOnlyAdmin, PatientDataAdmin):
    """For patients' rows whose source of truth is elsewhere."""


# What a role may do is written in portal/staff/roles.py, which would undo what is ticked here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    ordering = ("email",)
    list_display = ("email", "full_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "full_name")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "password")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("email", "full_name", "is_staff", "usable_password", "password1", "password2")}),
    )
    filter_horizontal = ()
    formfield_overrides: ClassVar[Any] = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who leaves is made inactive: what they did stays theirs."""
        return False


class GrantForm(forms.ModelForm[Grant]):
    permissions = forms.MultipleChoiceField(choices=Permission, widget=forms.CheckboxSelectMultiple)


class NewGrantForm(GrantForm, UserByEmailForm):
    pass


@admin.register(Grant)
class GrantAdmin(PatientDataAdmin):
    list_display = ("id", "user", "kind", "starts_at", "ends_at", "revoked_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    raw_id_fields = ("patient",)
    fields = ("user", "patient", "kind", "permissions", "starts_at", "ends_at", "revoked_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Grant | None = None) -> list[Any]:
        """Whose it is, and to whose record, stays as it was given."""
        return [self._named(name) for name in ("user", "patient")] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=GrantForm if obj else NewGrantForm, **kwargs)


@admin.register(SensitiveCode)
class SensitiveCodeAdmin(admin.ModelAdmin[SensitiveCode]):
    list_display = ("system", "code", "category", "note")
    list_filter = ("category",)
    search_fields = ("code", "note")


@admin.register(AccessLogEntry)
class AccessLogEntryAdmin(ReadOnlyAdmin):
    list_display = ("number", "at", "actor_name", "acting_as", "verb", "kind", "patient_id", "count", "address")
    list_filter = ("verb", "acting_as", "kind")
    search_fields = ("patient_id", "actor_id", "reference")
