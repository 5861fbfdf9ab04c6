"""Staff's view of what was sent; the square code of a statement can be taken back, for a reason."""

import uuid
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.ledger.columns import ReadOnlyInline, dollars, link
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.ledger.search import FoundByNumber
from billing.statements import actions
from billing.statements.models import Statement, StatementLine, StatementLink
from billing.statements.views import file_response
from records.access import kinds, log
from records.access.admin import ReadOnlyAdmin, ReadOnlyPatientDataAdmin
from records.access.client import origin_of
from records.access.models import User

KIND_FILE = kinds.register("statement_file", _("a statement, by staff"))
ACCOUNT = link("account_id", GuarantorAccount, _("guarantor account"))
STATEMENT = link("statement_id", Statement, _("statement"))
AMOUNTS = [
    dollars("due_cents", _("please pay")),
    dollars("owed_cents", _("you owe")),
    dollars("held_cents", _("set aside")),
    dollars("processing_cents", _("on its way")),
    dollars("covered_cents", _("covered by credit")),
    dollars("pending_cents", _("waiting for insurance")),
    dollars("credit_cents", _("credit")),
]


class LineInline(ReadOnlyInline):
    model = StatementLine
    fields = (
        link("visit_id", VisitAccount, _("visit account")), "service_date", "place", "hold",
        dollars("billed_cents", _("billed")), dollars("owed_cents", _("you owe")),
        dollars("pending_cents", _("waiting for insurance")),
    )  # fmt: skip
    show_change_link = False


class LinkInline(ReadOnlyInline):
    model = StatementLink
    fields = ("created_at", "expires_at", "revoked_at", "revoked_by", "revoked_reason")


@admin.register(Statement)
class StatementAdmin(FoundByNumber, ReadOnlyPatientDataAdmin):
    patient_path: ClassVar[str] = "account__guarantor__patient_id"
    list_display = ("number", "issued_date", "due_date", ACCOUNT, *AMOUNTS[:2])
    list_filter = ("issued_date",)
    search_fields = ("=number",)
    date_hierarchy = "issued_date"
    fields = readonly_fields = (
        "number", "cycle", ACCOUNT, "issued_at", "due_date", "addressee", *AMOUNTS, "file",
    )  # fmt: skip
    inlines = (LineInline, LinkInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        statements: QuerySet[Statement] = super().get_queryset(request)
        return statements.defer("pdf").select_related("account__guarantor")

    @admin.display(description=_("letter"))
    def file(self, statement: Statement) -> str:
        url = reverse("admin:billing_statement_file", args=[statement.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download the PDF"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<uuid:pk>/file/", view, name="billing_statement_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """The letter as it was sent; who took it is logged first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        statement = get_object_or_404(Statement.objects.select_related("account__guarantor"), pk=pk)
        user, guarantor = cast(User, request.user), statement.account.guarantor
        log.record(
            kind=KIND_FILE,
            verb=log.Verb.VIEW,
            at=timezone.now(),
            actor_id=user.pk,
            actor_name=user.full_name,
            acting_as="staff",
            patient_id=guarantor.patient_id if guarantor else None,
            object_id=f"statement:{statement.pk}",
            origin=origin_of(request),
        )
        return file_response(statement)


class ReasonForm(ActionForm):
    """Beside the choice of an action: why."""

    reason = forms.CharField(label=_("Reason:"), max_length=200, required=False)


@admin.register(StatementLink)
class StatementLinkAdmin(FoundByNumber, ReadOnlyAdmin):
    account_path: ClassVar[str] = "statement__account"
    list_display = ("id", STATEMENT, "created_at", "expires_at", "revoked_at", "revoked_by", "revoked_reason")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("revoked_by",)
    search_fields = ("=statement__number",)
    fields = readonly_fields = (STATEMENT, "created_at", "expires_at", "revoked_at", "revoked_by", "revoked_reason")
    action_form = ReasonForm
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_statementlink")

    @admin.action(description=_("Take back the selected codes"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[StatementLink]) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, _("Say why, in the field beside the action."))
            return
        by, at = cast(User, request.user), timezone.now()
        count = sum(actions.revoke(link=link, by=by, reason=reason, at=at) for link in queryset)
        messages.success(request, ngettext("%d code is taken back.", "%d codes are taken back.", count) % count)
