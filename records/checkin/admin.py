"""What patients changed when they checked in, for staff to carry over; and the texts they sign."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.access.admin import ReadOnlyPatientDataAdmin
from records.access.models import User
from records.checkin import actions
from records.checkin.models import CheckInAnswer, FormText, Outcome, Signature


class WaitingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Changes to carry over")), ("all", _("All answers"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CheckInAnswer]) -> QuerySet[CheckInAnswer]:
        if self.value() == "all":
            return queryset
        return queryset.filter(outcome=Outcome.UPDATED, handled_at__isnull=True)


@admin.register(CheckInAnswer)
class CheckInAnswerAdmin(ReadOnlyPatientDataAdmin):
    """A queue: the words of danger first, then by the day of the visit."""

    patient_path = "check_in__patient_id"
    list_display = ("id", "visit_at", "step_title", "outcome", "is_urgent", "answered_at", "handled_by")
    list_filter = (WaitingFilter, "step")
    list_select_related = ("check_in__appointment", "handled_by")
    ordering = ("-is_urgent", "check_in__appointment__starts_at", "pk")
    actions = ("carried_over",)
    fields = (
        "patient_name",
        "visit_at",
        "step_title",
        "outcome",
        "wanted",
        "is_urgent",
        "answered_by",
        "answered_at",
        "handled_by",
        "handled_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CheckInAnswer]:
        rows: QuerySet[CheckInAnswer] = super().get_queryset(request)
        return rows.select_related("check_in__patient", "answered_by")

    @admin.display(description=_("patient"))
    def patient_name(self, answer: CheckInAnswer) -> str:
        return answer.check_in.patient.full_name

    @admin.display(description=_("visit"), ordering="check_in__appointment__starts_at")
    def visit_at(self, answer: CheckInAnswer) -> Any:
        return answer.check_in.appointment.starts_at

    @admin.display(description=_("step"))
    def step_title(self, answer: CheckInAnswer) -> str:
        return answer.step_title

    @admin.display(description=_("what to change"))
    def wanted(self, answer: CheckInAnswer) -> str:
        return "\n".join(f"{name}: {words}" for name, words in answer.changes.items()) or "–"

    @admin.action(description=_("Mark as carried over"), permissions=["handle"])
    def carried_over(self, request: HttpRequest, rows: QuerySet[CheckInAnswer]) -> None:
        for pk in rows.values_list("pk", flat=True):
            actions.handle(answer_id=pk, by=cast(User, request.user), at=timezone.now())
        messages.success(request, _t("Marked as carried over."))

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("records.change_checkinanswer")


@admin.register(FormText)
class FormTextAdmin(admin.ModelAdmin[FormText]):
    """Once signed, only whether it is still asked for can be changed: a new text is a new version."""

    list_display = ("title", "name", "version", "is_current")
    list_filter = ("is_current",)

    def get_readonly_fields(self, request: HttpRequest, obj: FormText | None = None) -> Any:
        is_signed = obj is not None and obj.signatures.exists()
        return ("name", "version", "title", "body") if is_signed else ()

    def has_delete_permission(self, request: HttpRequest, obj: FormText | None = None) -> bool:
        return False


@admin.register(Signature)
class SignatureAdmin(ReadOnlyPatientDataAdmin):
    list_display = ("id", "form", "signed_by", "signed_at")
    list_filter = ("form",)
    list_select_related = ("form", "signed_by")
    fields = ("patient", "form", "typed_name", "signed_by", "signed_at")
