"""Where staff keep visits, reasons, providers and their time. What was used once is made inactive, not deleted."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records.hours.models import ClosedDay
from records.scheduling import clock, grid
from records.scheduling.cells import SlotCell, SlotCellQuerySet
from records.scheduling.choices import ExceptionKind, Modality
from records.scheduling.forms import (
    AvailabilityForm,
    AvailabilityFormSet,
    ExceptionForm,
    ProviderForm,
    TimeFormSet,
    VisitReasonForm,
    VisitTypeForm,
)
from records.scheduling.languages import language_name
from records.scheduling.providers import Availability, AvailabilityException, Provider
from records.scheduling.timetables import Block
from records.scheduling.visit_types import VisitReason, VisitType

# Exceptions that ended longer ago are kept, and no longer shown.
PAST = dt.timedelta(days=30)


class KeptAdmin(admin.ModelAdmin[Any]):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(VisitType)
class VisitTypeAdmin(KeptAdmin):
    form = VisitTypeForm
    list_display = ("name", "minutes", "ways", "booking", "standing", "is_sensitive", "is_active")
    list_filter = ("is_active", "booking", "standing", "is_sensitive")
    search_fields = ("name", "description")
    fieldsets = (
        (None, {"fields": ("name", "description", "minutes", "modalities", "preparation")}),
        (_("Who books it, and for whom"), {"fields": ("booking", "standing", ("min_age", "max_age"))}),
        (_("Limits"), {"fields": ("lead_hours", "horizon_days", "cancel_hours")}),
        (_("State"), {"fields": ("is_sensitive", "is_active")}),
    )

    @admin.display(description=_("how"))
    def ways(self, visit_type: VisitType) -> str:
        return ", ".join(str(Modality(value).label) for value in visit_type.modalities)


@admin.register(VisitReason)
class VisitReasonAdmin(admin.ModelAdmin[VisitReason]):
    form = VisitReasonForm
    list_display = ("name", "visit_type", "is_bookable", "position")
    list_filter = ("is_bookable", "visit_type")
    list_select_related = ("visit_type",)
    search_fields = ("name", "other_words")


class TimeInline(admin.StackedInline[Any, Provider]):
    extra = 0
    formfield_overrides: ClassVar[Any] = {
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")},
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("location").prefetch_related("visit_types")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Places and visits are kept on pages of their own: no buttons for that in each of many rows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class AvailabilityInline(TimeInline):
    model = Availability
    form = AvailabilityForm
    formset = AvailabilityFormSet
    verbose_name = _("weekly hours")
    verbose_name_plural = _("weekly hours, by the clock of the place (past midnight: until the next day)")
    fieldsets = (
        (None, {"fields": (("weekday", "starts_at", "ends_at", "location"),)}),
        (
            _("Steps, certain visits, certain weeks"),
            {"fields": (("step_minutes", "valid_from", "valid_until"), "visit_types"), "classes": ("collapse",)},
        ),
    )


class ExceptionInline(TimeInline):
    model = AvailabilityException
    form = ExceptionForm
    formset = TimeFormSet
    verbose_name = _("exception")
    verbose_name_plural = _("away, extra hours and kept time (no times: whole days; no place: everywhere)")
    fieldsets = (
        (None, {"fields": (("kind", "first_date", "last_date"), ("starts_at", "ends_at", "location", "note"))}),
        (_("Certain visits"), {"fields": ("visit_types", "opens_hours"), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(last_date__gte=timezone.localdate() - PAST)


@admin.register(Provider)
class ProviderAdmin(KeptAdmin):
    form = ProviderForm
    list_display = ("__str__", "specialty", "spoken", "accepts_new", "is_active")
    list_filter = ("is_active", "accepts_new", "specialty")
    list_select_related = ("practitioner",)
    search_fields = ("practitioner__family", "practitioner__given", "specialty")
    autocomplete_fields = ("practitioner",)
    inlines = (AvailabilityInline, ExceptionInline)

    @admin.display(description=_("languages"))
    def spoken(self, provider: Provider) -> str:
        return ", ".join(language_name(code) for code in provider.languages)

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        provider = super().save_form(request, form, change)
        provider.chosen_types = form.cleaned_data["visit_types"]
        return provider

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is AvailabilityException:
            away = [row for row in _saved(formset) if row.kind == ExceptionKind.AWAY]
            _warn_of_booked(request, sum(_booked_in(row) for row in away))


@admin.register(ClosedDay)
class ClosedDayAdmin(admin.ModelAdmin[ClosedDay]):
    list_display = ("date", "name")
    date_hierarchy: ClassVar[str] = "date"

    def save_model(self, request: HttpRequest, obj: ClosedDay, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "date" in form.changed_data:
            _warn_of_booked(request, _booked_on(obj.date))


def _warn_of_booked(request: HttpRequest, count: int) -> None:
    """Being away or closed cancels nothing by itself: somebody has to call these patients."""
    if count:
        words = ngettext(
            "%(count)d visit is booked in this time and stays booked. Move it or cancel it under Appointments.",
            "%(count)d visits are booked in this time and stay booked. Move or cancel them under Appointments.",
            count,
        )
        messages.warning(request, words % {"count": count})


def _saved(formset: Any) -> list[AvailabilityException]:
    return [*formset.new_objects, *(row for row, _changed in formset.changed_objects)]


def _booked_in(row: AvailabilityException) -> int:
    """How many visits that lie ahead touch the time of an exception, by the clock of its place or the clinic's."""
    zone = row.location.zone if row.location else timezone.get_default_timezone()
    block = Block(row.kind, row.location_id, row.starts_at, row.ends_at, row.first_date, row.last_date, None)
    days = [row.first_date + dt.timedelta(days=number) for number in range((row.last_date - row.first_date).days + 1)]
    now = timezone.now()
    away = {cell for first, end in block.on(days, zone, now) for cell in range(first, end)}
    taken = _booked_from(now).filter(provider=row.provider)
    if row.location:
        taken = taken.filter(appointment__location=row.location)
    taken = taken.between(grid.moment_of(min(away)), grid.moment_of(max(away) + 1))
    cells = taken.values_list("appointment", "starts_at")
    return len({appointment for appointment, starts_at in cells if grid.cell_of(starts_at) in away})


def _booked_on(day: dt.date) -> int:
    """How many visits that lie ahead touch a day, by the clocks of their places."""
    midnight = dt.datetime.combine(day, clock.MIDNIGHT, dt.UTC)
    cells = _booked_from(timezone.now()).between(midnight - clock.DAY, midnight + 2 * clock.DAY)
    rows = cells.values_list("appointment", "starts_at", "appointment__location__time_zone")
    return len({visit for visit, starts_at, zone in rows if starts_at.astimezone(clock.zone_of(zone)).date() == day})


def _booked_from(at: dt.datetime) -> SlotCellQuerySet:
    return SlotCell.objects.filter(held_until__isnull=True, starts_at__gte=at)
