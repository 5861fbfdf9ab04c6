"""Where staff keep the clinic's hours."""

from typing import ClassVar

from django.contrib import admin

from records.hours.models import ClosedDay, OpeningHours


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin[OpeningHours]):
    list_display = ("weekday", "opens_at", "closes_at")


@admin.register(ClosedDay)
class ClosedDayAdmin(admin.ModelAdmin[ClosedDay]):
    list_display = ("date", "name")
    date_hierarchy: ClassVar[str] = "date"
