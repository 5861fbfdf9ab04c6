from django.contrib import admin

from records.access.admin import ReadOnlyAdmin
from records.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "channel", "state", "tries", "created_at", "sent_at", "error")
    list_filter = ("state", "kind", "channel")
    search_fields = ("address", "cause")
