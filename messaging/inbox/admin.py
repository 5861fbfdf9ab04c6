"""The inbox in the admin: its list and its pages take the place of the admin's own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from messaging.conversations.models import Conversation
from messaging.inbox import answering, lists, mailing_pages, measures_page, pages
from messaging.inbox.models import Mailing, PatientFilter, ReplyTemplate
from messaging.pools.models import Pool
from records.access.admin import ReadOnlyAdmin

# What is done in a conversation: the address below it, and the page.
BUTTONS = {
    "take": pages.take,
    "assign": pages.assign,
    "hand-over": pages.hand_over,
    "queue": pages.queue,
    "note": pages.note,
    "close": pages.close,
    "urgent": pages.urgent,
    "undo": pages.undo,
    "begin": pages.begin,
    "answer": answering.answer,
}


@admin.register(Conversation)
class ConversationAdmin(admin.ModelAdmin[Conversation]):
    """Nothing here is typed over: the pages do what messaging/conversations/{actions,handling} offer, and log it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Conversation | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        name = "messaging_conversation"
        return [
            path("", guarded(lists.inbox), name=f"{name}_changelist"),
            path("measures/", guarded(measures_page.measures), name="messaging_measures"),
            path("<uuid:object_id>/change/", guarded(pages.show), name=f"{name}_change"),
            path("<uuid:object_id>/files/<uuid:file_id>/", guarded(pages.file), name=f"{name}_file"),
            *(
                path(f"<uuid:object_id>/{button}/", guarded(page), name=f"{name}_{button.replace('-', '_')}")
                for button, page in BUTTONS.items()
            ),
        ]


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(admin.ModelAdmin[ReplyTemplate]):
    """Members of a pool write its templates; who may change pools writes all of them."""

    list_display = ("name", "pool")
    list_filter = ("pool",)
    list_select_related = ("pool",)
    search_fields = ("name", "body")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyTemplate]:
        return super().get_queryset(request).filter(pool__in=_pools(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "pool":
            kwargs["queryset"] = _pools(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(PatientFilter)
class PatientFilterAdmin(admin.ModelAdmin[PatientFilter]):
    list_display = ("name", "age_from", "age_to", "gender", "not_seen_for_months")
    search_fields = ("name",)


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    """What the clinic wrote first; adding one and looking at one are pages of their own."""

    list_display = ("id", "topic", "pool", "created_by", "created_at")
    list_filter = ("topic", "pool")
    list_select_related = ("pool", "created_by")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.add_mailing")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        rows: QuerySet[Mailing] = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(pool__members=request.user.pk)

    def get_urls(self) -> list[URLPattern]:
        guarded, name = self.admin_site.admin_view, "messaging_mailing"
        return [
            path("add/", guarded(mailing_pages.write), name=f"{name}_add"),
            path("<uuid:object_id>/change/", guarded(mailing_pages.show), name=f"{name}_change"),
            *super().get_urls(),
        ]


def _pools(request: HttpRequest) -> QuerySet[Pool]:
    rows = Pool.objects.all()
    return rows if request.user.has_perm("messaging.change_pool") else rows.filter(members=request.user.pk)
