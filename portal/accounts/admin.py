"""Staff issue activation codes, see what became of them, and revoke them."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts import actions
from portal.accounts.models import ActivationCode
from records.access.admin import PatientDataAdmin
from records.access.client import origin_of
from records.access.models import Grant, User


class IssueForm(ModelForm[ActivationCode]):
    def clean_patient(self) -> Any:
        patient = self.cleaned_data["patient"]
        if Grant.objects.filter(patient=patient, kind=Grant.Kind.SELF, revoked_at__isnull=True).exists():
            raise ValidationError(_("Somebody has signed up for this record already. Revoke their grant first."))
        return patient


@admin.register(ActivationCode)
class ActivationCodeAdmin(PatientDataAdmin):
    form = IssueForm
    fields = ("patient",)
    raw_id_fields = ("patient",)
    list_display = ("id", "patient_id", "state", "created_at", "created_by", "expires_at", "used_at", "revoked_at")
    list_filter = ("created_at", "used_at", "revoked_at")
    list_select_related = ("created_by",)
    search_fields = ("=patient__id", "created_by__email")
    readonly_fields = ("created_at", "created_by", "expires_at", "used_at", "used_by", "revoked_at")
    actions = ("revoke_selected",)

    @admin.display(description=_("state"))
    def state(self, activation: ActivationCode) -> Promise:
        return _state(activation, timezone.now())

    def get_fields(self, request: HttpRequest, obj: ActivationCode | None = None) -> Any:
        return self.fields if obj is None else ("patient", *self.readonly_fields)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Codes are seen and revoked, never edited; revoking needs the permission to change."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ActivationCode, form: Any, change: bool) -> None:
        """Issues the code; `response_add` shows it, once."""
        issued, code = actions.issue(
            patient=obj.patient, staff=_staff(request), at=timezone.now(), origin=origin_of(request)
        )
        obj.pk, obj.expires_at = issued.pk, issued.expires_at
        request.activation_code = code  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ActivationCode, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Activation code issued"),
            "opts": self.opts,
            "code": request.activation_code,  # type: ignore[attr-defined]
            "expires_at": obj.expires_at,
        }
        return TemplateResponse(request, "portal/accounts/activation_code_issued.html", context)

    @admin.action(description=_("Revoke the selected codes"), permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ActivationCode]) -> None:
        now, origin = timezone.now(), origin_of(request)
        count = sum(
            actions.revoke(activation=activation, staff=_staff(request), at=now, origin=origin)
            for activation in queryset
        )
        messages.success(request, ngettext("%d code was revoked.", "%d codes were revoked.", count) % count)


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _state(activation: ActivationCode, at: dt.datetime) -> Promise:
    if activation.used_at:
        return _("used")
    if activation.revoked_at:
        return _("revoked")
    return _("expired") if activation.expires_at <= at else _("open")
