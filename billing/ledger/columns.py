"""What the admin's pages about money have in common: amounts, links to other rows, rows below."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.choices import Bucket
from billing.ledger.standing import waiting_in
from records.access.admin import NamesPeople

# A function of the row, of which the stubs do not know that it may stand among fields.
type Column = Any


def dollars(field: str, label: Any) -> Column:
    """A column that shows a field of cents as an amount."""

    @admin.display(description=label, ordering=field)
    def show(row: Any) -> str:
        cents = getattr(row, field)
        return "-" if cents is None else money.format_cents(cents)

    show.__name__ = field
    return show


def amount(cents_of: Callable[[Any], int], label: Any) -> Column:
    """A column that shows what a function of the row computes in cents."""

    @admin.display(description=label)
    def show(row: Any) -> str:
        return money.format_cents(cents_of(row))

    show.__name__ = cents_of.__name__
    return show


def link(field: str, model: type[Model], label: Any) -> Column:
    """A column that opens the row of `model` whose id is in `field`, without loading it."""

    @admin.display(description=label, ordering=field)
    def show(row: Any) -> str:
        pk = getattr(row, field)
        if pk is None:
            return "-"
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
        return format_html('<a href="{}">{}</a>', url, pk)

    show.__name__ = field
    return show


def links(steps: Iterable[tuple[str, str]]) -> str:
    """(label, url) of what can be done, as links side by side."""
    return format_html_join(" · ", '<a href="{1}">{0}</a>', steps) or "-"


class MoneyWaiting(admin.SimpleListFilter):
    """Payments of which something waits to go back, or to be placed; `ref_field` holds their reference."""

    title = _("money waiting")
    parameter_name = "waiting"
    ref_field = "source_ref"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(bucket.value, bucket.label) for bucket in (Bucket.REFUNDABLE, Bucket.SUSPENSE)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        bucket = self.value()
        if bucket not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{f"{self.ref_field}__in": waiting_in(Bucket(bucket))})


class ReadOnlyInline(NamesPeople, admin.TabularInline[Any, Any]):
    """The rows below, each with a link to its own page."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [self._named(name) for name in self.fields or ()]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
