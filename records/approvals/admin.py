"""Where a second person decides; what was decided stays to be read."""

from typing import Any, cast

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.access.models import User
from records.approvals import actions, kinds
from records.approvals.models import Approval


class DecisionForm(forms.ModelForm[Approval]):
    is_approved = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Yes, go ahead")), ("no", _("No"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        initial=None,
    )

    class Meta:
        model = Approval
        fields = ("is_approved", "note")


@admin.register(Approval)
class ApprovalAdmin(admin.ModelAdmin[Approval]):
    """The list is for all who may see it; only somebody else than who asked gets the form."""

    form = DecisionForm
    list_display = ("id", "what", "requested_by", "requested_at", "is_approved", "decided_by", "decided_at")
    list_filter = (("decided_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("requested_by", "decided_by")
    readonly_fields = ("what", "about", "requested_by", "requested_at", "decided_by", "decided_at")
    fields = (*readonly_fields, "is_approved", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Approval | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return obj.decided_at is None and actions.may_decide(approval=obj, by=cast(User, request.user))

    @admin.display(description=_("what"))
    def what(self, approval: Approval) -> str:
        return str(kinds.kind(approval.kind).label)

    @admin.display(description=_("about"))
    def about(self, approval: Approval) -> str:
        meta = apps.get_model(kinds.kind(approval.kind).model)._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[approval.object_id])
        return format_html('<a href="{}">{}</a>', url, approval.object_id)

    def save_model(self, request: HttpRequest, obj: Approval, form: Any, change: bool) -> None:
        data = form.cleaned_data
        try:
            actions.decide(
                approval_id=obj.pk,
                is_approved=data["is_approved"],
                note=data["note"],
                by=cast(User, request.user),
                at=timezone.now(),
            )
        except actions.Decided:
            messages.error(request, _t("Somebody has decided already. Nothing was changed."))
