"""How the admin finds what staff are told on the phone: a name in any order, a number as it is printed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from billing.ledger import numbers
from billing.ledger.models import AccountNumber, Guarantor, GuarantorNameKey
from billing.ledger.names import name_key


def guarantors_named(typed: str) -> QuerySet[Guarantor]:
    """Those with every typed word in their given or last name, in any order.

    Last names are also compared as Pay My Bill does, present and former, so that accents and hyphens are forgiven.
    """
    found = Guarantor.objects.all()
    for word in typed.split():
        fits = Q(given_name__icontains=word) | Q(family_name__icontains=word)
        if key := name_key(word):
            fits |= Q(pk__in=GuarantorNameKey.objects.filter(key__contains=key).values("guarantor"))
        found = found.filter(fits)
    return found


class FoundByNumber(admin.ModelAdmin[Any]):
    """Beside what `search_fields` find: the rows of a guarantor account by its number, spaces and dashes as printed.

    `account_path` leads from the row to its guarantor account. Where `visit_path` leads to a visit, the number of a
    visit finds its own rows, and otherwise all of its account, since one payment can pay several visits.
    """

    account_path: ClassVar[str] = "account"
    visit_path: ClassVar[str] = ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, may_repeat
        return queryset.filter(Q(pk__in=found.order_by().values("pk")) | self.fits(search_term)), False

    def fits(self, typed: str) -> Q:
        number = AccountNumber.objects.select_related("visit").filter(number=numbers.normalize(typed)).first()
        if number is None:
            return Q(pk__in=[])
        if number.visit is not None and self.visit_path:
            wanted = {self.visit_path: number.visit_id}
        else:
            wanted = {self.account_path: number.visit.account_id if number.visit else number.account_id}
        return Q(pk__in=self.model._default_manager.filter(**wanted).values("pk"))


class FoundByName(FoundByNumber):
    """And by the guarantor's name. `guarantor_path` leads from the row to them."""

    guarantor_path: ClassVar[str]

    def fits(self, typed: str) -> Q:
        return super().fits(typed) | Q(**{f"{self.guarantor_path}__in": guarantors_named(typed).values("pk")})
