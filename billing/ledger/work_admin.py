"""Staff's list of what to decide or mend about money."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.ledger import work, working
from billing.ledger.columns import dollars, links
from billing.ledger.search import FoundByNumber
from billing.ledger.work import WorkItem
from records.access.admin import NamesPeople
from records.access.models import User

AMOUNT = dollars("amount_cents", _("amount"))


@admin.register(WorkItem)
class WorkItemAdmin(NamesPeople, FoundByNumber):
    """What staff have to decide or mend: whose, how much, what to do next, and the one button that does it."""

    change_form_template = "admin/billing/work_item.html"
    list_display = ("kind", "whose", AMOUNT, "paid", "created_at", "note", "done_at", "done_by")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("=cause", "=payment_ref")
    fields = readonly_fields = (
        "kind", "whose", AMOUNT, "paid", "confirmation", "on_visit", "note", "happened", "next_step", "steps",
        "created_at", "done_at", "done_by",
    )  # fmt: skip
    actions = ("mark_done",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        items: QuerySet[WorkItem] = super().get_queryset(request)
        return items.select_related("done_by", "visit", "account__guarantor", "account__account_number")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        press, done = self.admin_site.admin_view(working.press), self.admin_site.admin_view(working.done)
        return [
            path("<uuid:item>/press/", press, name="billing_workitem_press"),
            path("<uuid:item>/done/", done, name="billing_workitem_done"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: WorkItem | None = None) -> Any:
        """What brought it about is shown as it came only where nobody has better words for it."""
        fields = super().get_fields(request, obj)
        return fields if obj is None or obj.details else [*fields, "cause"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "cause"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The payments of all rows are looked up together."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        known = work.paid_by([item.payment_ref for item in rows])
        for item in rows:
            item.payment = known.get(item.payment_ref)
        changelist.result_list = rows
        return changelist

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing is typed here: the buttons stand below."""
        item, may_change = context["original"], self.has_change_permission(request)
        press = item.details.press if item.details else None
        may_press = may_change and press is not None and request.user.has_perm(press.permission)
        context |= {
            "show_save": False,
            "show_save_and_continue": False,
            "press": press if may_press else None,
            "may_finish": may_change and item.done_at is None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("whose"), ordering="account")
    def whose(self, item: WorkItem) -> str:
        """The guarantor's name and the printed number, as a link to the account."""
        if item.account is None:
            return "-"
        url = reverse("admin:billing_guarantoraccount_change", args=[item.account_id])
        number = str(getattr(item.account, "account_number", ""))
        words = ", ".join(part for part in (item.account.addressee, number) if part)
        return format_html('<a href="{}">{}</a>', url, words or item.account.pk)

    @admin.display(description=_("visit"))
    def on_visit(self, item: WorkItem) -> str:
        if item.visit is None:
            return "-"
        url = reverse("admin:billing_visitaccount_change", args=[item.visit_id])
        return format_html('<a href="{}">{}</a>', url, date_format(item.visit.service_date, "M j, Y"))

    @admin.display(description=_("paid by"))
    def paid(self, item: WorkItem) -> str:
        """Who paid and by which way, as a link to the payment."""
        if item.payment is None:
            return "-"
        return format_html('{}<br><a href="{}">{}</a>', item.payment.who, item.payment.url, item.payment.way)

    @admin.display(description=_("confirmation number"))
    def confirmation(self, item: WorkItem) -> str:
        return (item.payment.confirmation if item.payment else "") or "-"

    @admin.display(description=_("what happened"))
    def happened(self, item: WorkItem) -> str:
        return item.details.happened if item.details else "-"

    @admin.display(description=_("what to do next"))
    def next_step(self, item: WorkItem) -> str:
        return item.details.next_step if item.details else "-"

    @admin.display(description=_("what can be done"))
    def steps(self, item: WorkItem) -> str:
        return links(item.details.steps if item.details else [])

    @admin.action(description=_("Mark the selected items done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> None:
        count = work.mark_done(items=queryset, by=cast(User, request.user), at=timezone.now())
        messages.success(request, ngettext("%d item is done.", "%d items are done.", count) % count)
