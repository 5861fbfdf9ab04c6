"""Where staff keep the clinic's hours; its closed days stand beside providers' time (records/scheduling/admin.py)."""

from django.contrib import admin

from records.hours.models import OpeningHours


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin[OpeningHours]):
    list_display = ("weekday", "opens_at", "closes_at")
