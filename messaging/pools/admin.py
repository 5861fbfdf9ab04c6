"""Who reads what, by when, and who is away. Staff enter their own absences; the rest is for those who lead a pool."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from messaging.pools.models import Absence, Pool, RoutingRule
from records.access.models import User


class RuleInline(admin.StackedInline[RoutingRule, Pool]):
    model = RoutingRule
    extra = 0
    fields = (("order", "topic", "team_name", "word"),)
    verbose_name = _("what comes here")
    verbose_name_plural = _("what comes here")


@admin.register(Pool)
class PoolAdmin(admin.ModelAdmin[Pool]):
    list_display = ("name", "described_as", "answer_days", "may_be_billed", "people")
    search_fields = ("name",)
    inlines = (RuleInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pool]:
        return super().get_queryset(request).annotate(member_count=Count("members"))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "members":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True).order_by("full_name")
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("members"), ordering="member_count")
    def people(self, pool: Any) -> int:
        return int(pool.member_count)


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin[RoutingRule]):
    """The first rule that fits decides. Without one that takes everything, some messages could not be sent."""

    list_display = ("id", "order", "topic", "team_name", "word", "pool")
    list_editable = ("order",)
    list_filter = ("pool", "topic")
    list_select_related = ("pool",)
    search_fields = ("team_name", "word")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The order is typed in the list, where nothing else names it to a screen reader."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "order" and field is not None:
            field.widget.attrs["aria-label"] = _t("order")
        return field

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not RoutingRule.objects.filter(topic="", team_name="", word="").exists():
            messages.warning(
                request,
                _t("No rule takes everything. Add one without topic, team and word, with the highest order."),
            )
        return super().changelist_view(request, extra_context)


class AbsenceForm(forms.ModelForm[Absence]):
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("forward_to") is not None and data["forward_to"] == data.get("user"):
            self.add_error("forward_to", _("Choose somebody else, or nobody: then it goes back to the pool."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("It has to end after it starts."))
        return data


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin[Absence]):
    """Who may change pools sees everybody's absences; others see and enter their own."""

    form = AbsenceForm
    list_display = ("user", "starts_at", "ends_at", "forward_to")
    list_select_related = ("user", "forward_to")
    date_hierarchy = "starts_at"
    fields = ("user", "starts_at", "ends_at", "forward_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Absence]:
        rows = super().get_queryset(request)
        return rows if _leads(request) else rows.filter(user=cast(User, request.user))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("full_name")
        is_own = db_field.name == "user" and not _leads(request)
        kwargs["queryset"] = staff.filter(pk=cast(User, request.user).pk) if is_own else staff
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _leads(request: HttpRequest) -> bool:
    return request.user.has_perm("messaging.change_pool")
