"""Where a second person decides; what was decided stays to be read."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.access.models import User
from records.access.reviewed import sign
from records.approvals import actions, kinds
from records.approvals.forms import DecisionForm
from records.approvals.kinds import Matter
from records.approvals.models import Approval


@admin.register(Approval)
class ApprovalAdmin(admin.ModelAdmin[Approval]):
    """The list is for all who may see it; only somebody else than who asked gets the buttons."""

    list_display = ("about", "what", "requested_by", "requested_at", "is_approved", "decided_by", "decided_at")
    list_filter = (("decided_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("requested_by", "decided_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Approval | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return obj.decided_at is None and actions.may_decide(approval=obj, by=cast(User, request.user))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        told = _told(request, shown.result_list)
        for approval in shown.result_list:
            if approval.pk in told:
                approval.sentence = told[approval.pk].sentence
        return shown

    @admin.display(description=_("about"))
    def about(self, approval: Approval) -> str:
        return approval.sentence or str(kinds.kind(approval.kind).label)

    @admin.display(description=_("what"), ordering="kind")
    def what(self, approval: Approval) -> str:
        return str(kinds.kind(approval.kind).label)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What it is about, and two buttons for who may decide."""
        approval = self.get_object(request, object_id)
        if approval is None or not self.has_view_permission(request, approval):
            return super().change_view(request, object_id, form_url, extra_context)
        form = DecisionForm(request.POST or None)
        if request.method == "POST":
            if not self.has_change_permission(request, approval):
                raise PermissionDenied
            if form.is_valid():
                return self._decide(request, approval, form.cleaned_data)
        context = self._context(request, approval) | {"form": form}
        return TemplateResponse(request, "admin/approvals/approval.html", context)

    def _context(self, request: HttpRequest, approval: Approval) -> dict[str, Any]:
        known = kinds.kind(approval.kind)
        meta = apps.get_model(known.model)._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[approval.object_id])
        return {
            **self.admin_site.each_context(request),
            "title": _t("Approval"),
            "opts": self.opts,
            "approval": approval,
            "label": known.label,
            "matter": _told(request, [approval]).get(approval.pk),
            "url": url,
            "may_decide": self.has_change_permission(request, approval),
            "is_mine": approval.requested_by_id == request.user.pk,
        }

    def _decide(self, request: HttpRequest, approval: Approval, data: dict[str, Any]) -> HttpResponse:
        by, is_approved = cast(User, request.user), data["is_approved"]
        try:
            actions.decide(
                approval_id=approval.pk, is_approved=is_approved, note=data["note"], by=by, at=timezone.now()
            )
        except actions.Decided:
            messages.error(request, _t("Somebody has decided already. Nothing was changed."))
        else:
            sign(request, approval, "approved" if is_approved else "declined")
            done = _t("Approved. It is carried out now.") if is_approved else _t("Declined. Nothing is carried out.")
            messages.success(request, done)
        return redirect("admin:records_approval_changelist")


def _told(request: HttpRequest, approvals: Iterable[Approval]) -> dict[Any, Matter]:
    """By approval, what it is about, as far as whoever looks may read that."""
    by_kind: dict[str, dict[str, Any]] = defaultdict(dict)
    for approval in approvals:
        by_kind[approval.kind][approval.object_id] = approval.pk
    told: dict[Any, Matter] = {}
    for name, ids in by_kind.items():
        known = kinds.kind(name)
        if request.user.has_perm(known.view_permission):
            told |= {ids[object_id]: matter for object_id, matter in known.told(list(ids)).items()}
    return told
