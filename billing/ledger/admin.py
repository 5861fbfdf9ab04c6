"""Staff's view of who owes what. Balances come from the ledger, and the ledger is never typed.

Accounts lead to their visits, visits to charges and entries, entries to the transaction they belong to.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.ledger import accounts, denying, depositing, paying_back, work
from billing.ledger.actions import waiting_cents
from billing.ledger.charges import Adjudication, Charge
from billing.ledger.choices import Hold, TransactionKind
from billing.ledger.columns import MoneyWaiting, ReadOnlyInline, amount, dollars, link, links
from billing.ledger.models import (
    AccountNumber,
    Guarantor,
    GuarantorAccess,
    GuarantorAccount,
    GuarantorNameKey,
    LedgerEntry,
    LedgerTransaction,
    VisitAccount,
)
from billing.ledger.names import name_key
from billing.ledger.search import FoundByName, FoundByNumber
from records.access.admin import PatientDataAdmin, ReadOnlyAdmin, ReadOnlyPatientDataAdmin

OWED = dollars("patient_cents", _("you owe"))
PENDING = dollars("insurer_cents", _("waiting for insurance"))
WAITING = amount(waiting_cents, _("waiting for insurance"))
BILLED = dollars("cents", _("billed"))
AMOUNT = dollars("cents", _("amount"))
CREDIT = dollars("credit_cents", _("credit"))
ACCOUNT = link("account_id", GuarantorAccount, _("guarantor account"))
VISIT = link("visit_id", VisitAccount, _("visit account"))
CHARGE = link("charge_id", Charge, _("charge"))
TRANSACTION = link("transaction_id", LedgerTransaction, _("transaction"))
REVERSES = link("reverses_id", LedgerTransaction, _("corrects"))
SUMS = [
    dollars("owed", _("you owe (on the bill)")),
    dollars("held", _("of it held")),
    dollars("confidential", _("confidential (not on the bill)")),
]
DECIDED = [
    dollars("insurance_cents", _("insurance paid")),
    dollars("discount_cents", _("discount")),
    dollars("deductible_cents", _("deductible")),
    dollars("copay_cents", _("copay")),
    dollars("coinsurance_cents", _("coinsurance")),
    dollars("not_covered_cents", _("not covered")),
]


class WaitingTransaction(MoneyWaiting):
    """The payments alone, not what moved their money since."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().queryset(request, queryset)
        return found.filter(kind=TransactionKind.PAYMENT) if self.value() else found


class VisitInline(ReadOnlyInline):
    model = VisitAccount
    fields = ("service_date", "bill_type", "hold", OWED, PENDING)


class AccessInline(ReadOnlyInline):
    model = GuarantorAccess
    fields = ("user", "role", "created_at", "revoked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuarantorAccess]:
        rows: QuerySet[GuarantorAccess] = super().get_queryset(request).select_related("user")
        return rows


class NumberInline(ReadOnlyInline):
    model = AccountNumber
    fields = ("number", "is_imported")
    show_change_link = False


class NameInline(ReadOnlyInline):
    model = GuarantorNameKey
    fields = ("key",)
    verbose_name_plural = _("found under these names")
    show_change_link = False


class ChargeInline(ReadOnlyInline):
    model = Charge
    fields = ("line", "code", "description", "service_date", BILLED)


class AdjudicationInline(ReadOnlyInline):
    model = Adjudication
    fields = ("payer_name", "decided_date", *DECIDED)


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = (TRANSACTION, "bucket", VISIT, "payment_ref", AMOUNT)
    show_change_link = False


class GuarantorForm(forms.ModelForm[Guarantor]):
    def clean_family_name(self) -> str:
        name: str = self.cleaned_data["family_name"]
        if not name_key(name):
            raise ValidationError(_("Enter a last name with letters: the bill is found by it."))
        return name


def _owed(visits: QuerySet[VisitAccount]) -> Coalesce:
    sums = visits.order_by().values("account").annotate(sum=Sum("patient_cents")).values("sum")
    return Coalesce(Subquery(sums), 0)


@admin.register(Guarantor)
class GuarantorAdmin(FoundByName, PatientDataAdmin):
    form = GuarantorForm
    account_path: ClassVar[str] = "accounts"
    guarantor_path: ClassVar[str] = "pk"
    list_display = ("id", "full_name", "email")
    search_fields = ("=email",)
    fields = ("given_name", "family_name", "email", "patient")
    raw_id_fields = ("patient",)
    inlines = (NameInline,)

    def save_model(self, request: HttpRequest, obj: Guarantor, form: Any, change: bool) -> None:
        """What statements print is what Pay My Bill looks for."""
        if change:
            accounts.rename_guarantor(guarantor=obj, family_name=obj.family_name, given_name=obj.given_name)
        super().save_model(request, obj, form, change)
        if not change:
            accounts.add_names(guarantor=obj, last_names=[obj.family_name])


@admin.register(GuarantorAccount)
class GuarantorAccountAdmin(FoundByName, PatientDataAdmin):
    account_path: ClassVar[str] = "pk"
    guarantor_path: ClassVar[str] = "guarantor"
    patient_path: ClassVar[str] = "guarantor__patient_id"
    list_display = ("number", "addressee", *SUMS, CREDIT, "kind", "standing")
    list_filter = ("standing", "kind")
    list_select_related = ("account_number", "guarantor")
    search_fields = ("=guarantor__email",)
    fields = ("guarantor", "kind", "standing", *SUMS, CREDIT, "created_at")
    readonly_fields = (*SUMS, CREDIT, "created_at")
    raw_id_fields = ("guarantor",)
    inlines = (NumberInline, VisitInline, AccessInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuarantorAccount]:
        """With what the payer sees and what explains it: each summed by itself, whatever a search joins."""
        visits = VisitAccount.objects.filter(account=OuterRef("pk"))
        held = visits.filter(hold__in=[Hold.PLAN, Hold.AGENCY, Hold.CONTESTED])
        rows: QuerySet[GuarantorAccount] = super().get_queryset(request)
        return rows.annotate(
            owed=_owed(visits.on_the_bill()),
            held=_owed(held),
            confidential=_owed(visits.filter(hold=Hold.CONFIDENTIAL)),
        )

    @admin.display(description=_("account number"), ordering="account_number")
    def number(self, account: GuarantorAccount) -> str:
        return str(account.account_number) if hasattr(account, "account_number") else "-"


@admin.register(AccountNumber)
class AccountNumberAdmin(FoundByNumber, ReadOnlyAdmin):
    visit_path: ClassVar[str] = "visit"
    list_display = ("number", ACCOUNT, VISIT, "is_imported")
    search_fields = ("=number",)


@admin.register(VisitAccount)
class VisitAccountAdmin(FoundByNumber, PatientDataAdmin):
    """Staff say what is held back and what is sensitive; amounts change by charges and decisions alone."""

    visit_path: ClassVar[str] = "pk"
    list_display = ("id", "patient_id", ACCOUNT, "service_date", "bill_type", "hold", OWED, PENDING)
    list_filter = ("hold", "bill_type", "is_sensitive")
    search_fields = ("=source_ref",)
    date_hierarchy = "service_date"
    ordering = ("-service_date", "pk")
    readonly_fields = (
        "patient_id", ACCOUNT, "bill_type", "service_date", "coverage_id", "encounter_id",
        dollars("billed_cents", _("billed")), dollars("discount_cents", _("discount")),
        dollars("insurance_cents", _("insurance paid")), PENDING,
        dollars("deposit_cents", _("paid in advance")), dollars("paid_cents", _("paid")), OWED,
        "source", "source_ref", "created_at", "what_can_be_done",
    )  # fmt: skip
    fields = ("title", "place", "hold", "is_sensitive", *readonly_fields)
    inlines = (NumberInline, ChargeInline, EntryInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        deposit = self.admin_site.admin_view(depositing.deposit)
        return [path("<uuid:visit>/deposit/", deposit, name="billing_visitaccount_deposit"), *super().get_urls()]

    @admin.display(description=_("what can be done"))
    def what_can_be_done(self, visit: VisitAccount) -> str:
        """A link to take down an early copay, while the insurer is waited for; the page checks who asks."""
        if not depositing.room_cents(visit):
            return "-"
        url = reverse("admin:billing_visitaccount_deposit", args=[visit.pk])
        return format_html('<a href="{}">{}</a>', url, _("Paid before the insurer decided"))


@admin.register(Charge)
class ChargeAdmin(FoundByNumber, ReadOnlyPatientDataAdmin):
    account_path: ClassVar[str] = "visit__account"
    visit_path: ClassVar[str] = "visit"
    patient_path: ClassVar[str] = "visit__patient_id"
    list_display = ("id", VISIT, "line", "code", "service_date", BILLED, "is_adjudicated", "is_sensitive")
    list_filter = ("is_adjudicated", "is_sensitive")
    search_fields = ("=code",)
    fields = (
        VISIT, "line", "code_system", "code", "description", "service_date", BILLED, WAITING, "is_adjudicated",
        "what_can_be_done",
    )  # fmt: skip
    readonly_fields = (VISIT, BILLED, WAITING, "what_can_be_done")
    inlines = (AdjudicationInline,)

    def get_urls(self) -> list[URLPattern]:
        deny = self.admin_site.admin_view(denying.deny)
        return [path("<uuid:charge>/deny/", deny, name="billing_charge_deny"), *super().get_urls()]

    @admin.display(description=_("what can be done"))
    def what_can_be_done(self, charge: Charge) -> str:
        """A link to say what follows from a denial, while something waits; the page checks who asks."""
        if not waiting_cents(charge):
            return "-"
        url = reverse("admin:billing_charge_deny", args=[charge.pk])
        return format_html('<a href="{}">{}</a>', url, _("Insurance denied it"))


@admin.register(Adjudication)
class AdjudicationAdmin(FoundByNumber, ReadOnlyPatientDataAdmin):
    account_path: ClassVar[str] = "charge__visit__account"
    visit_path: ClassVar[str] = "charge__visit"
    patient_path: ClassVar[str] = "charge__visit__patient_id"
    list_display = ("id", CHARGE, "payer_name", "decided_date", *DECIDED)
    list_filter = ("decided_date",)
    search_fields = ("payer_name",)
    fields = (CHARGE, "payer_name", "decided_date", *DECIDED, TRANSACTION)
    readonly_fields = (CHARGE, *DECIDED, TRANSACTION)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(FoundByNumber, ReadOnlyAdmin):
    """A payment's page leads to what can be done with its money, also where no provider took it."""

    list_display = ("id", "kind", "source", ACCOUNT, "effective_date", "posted_at", "livemode", REVERSES)
    list_filter = (WaitingTransaction, "kind", "source", "livemode")
    search_fields = ("=id", "=source_ref", "=attempt_id")
    date_hierarchy = "effective_date"
    fields = (
        "kind", "source", "source_ref", ACCOUNT, "attempt_id", "effective_date", "posted_at", "livemode", REVERSES,
        "what_can_be_done",
    )  # fmt: skip
    readonly_fields = (ACCOUNT, REVERSES, "what_can_be_done")
    inlines = (EntryInline,)

    def get_urls(self) -> list[URLPattern]:
        pay_back = self.admin_site.admin_view(paying_back.pay_back)
        return [
            path("<uuid:payment>/pay-back/", pay_back, name="billing_ledgertransaction_pay_back"),
            *super().get_urls(),
        ]

    @admin.display(description=_("what can be done"))
    def what_can_be_done(self, posted: LedgerTransaction) -> str:
        """Links to what staff may do with the payment's money now; the pages check who asks."""
        return links(work.steps_of(posted) if posted.kind == TransactionKind.PAYMENT else [])


@admin.register(LedgerEntry)
class LedgerEntryAdmin(FoundByNumber, ReadOnlyPatientDataAdmin):
    visit_path: ClassVar[str] = "visit"
    patient_path: ClassVar[str] = "visit__patient_id"
    list_display = ("id", "bucket", AMOUNT, TRANSACTION, ACCOUNT, VISIT, "payment_ref")
    list_filter = ("bucket",)
    search_fields = ("=payment_ref",)
    fields = readonly_fields = (TRANSACTION, "bucket", AMOUNT, ACCOUNT, VISIT, "payment_ref")
