"""Staff's view of who may pay for whom. All of it is read; staff end what should not go on, and say why."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.columns import dollars, link
from billing.ledger.models import GuarantorAccess, GuarantorAccount, VisitAccount
from billing.ledger.search import FoundByNumber
from billing.payers import links, notices, people
from billing.payers.actors import Actor, log_change
from billing.payers.models import PayerInvitation, PayLink
from records.access.admin import ReadOnlyAdmin, UserByEmailForm
from records.access.client import origin_of
from records.access.models import User
from records.access.reviewed import reviewed_form

ACCOUNT = link("account_id", GuarantorAccount, _("guarantor account"))
VISIT = link("visit_id", VisitAccount, _("visit account"))
AMOUNT = dollars("amount_cents", _("amount"))
ENDED = ("revoked_at", "revoked_by", "revoke_reason")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class EndableAdmin(FoundByNumber, ReadOnlyAdmin):
    """Rows that staff with the change permission can end from the row's page, once, with a reason."""

    end_label: ClassVar[Promise]
    end_words: ClassVar[Promise]

    def end(self, row: Any, actor: Actor) -> bool:
        """Ends it; says whether there was anything left to end."""
        raise NotImplementedError

    def is_open(self, row: Any) -> bool:
        return row.revoked_at is None

    @property
    def end_name(self) -> str:
        return f"billing_{self.opts.model_name}_end"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end_view)
        return [path("<path:object_id>/end/", view, name=self.end_name), *super().get_urls()]

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not request.user.has_perm(f"billing.change_{self.opts.model_name}"):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        shown = redirect(f"admin:billing_{self.opts.model_name}_change", object_id)
        if row is None or not self.is_open(row):
            return shown

        def act(data: dict[str, Any]) -> HttpResponse:
            actor = Actor(cast(User, request.user), origin_of(request), acting_as="staff", reason=data["reason"])
            if self.end(row, actor):
                messages.success(request, _t("It is ended."))
            return shown

        return reviewed_form(
            request,
            title=str(self.end_label),
            intro=str(self.end_words),
            form=ReasonForm(request.POST or None),
            review=lambda data: [str(self.end_words), _t("Reason: %(reason)s") % data],
            confirm=str(self.end_label),
            act=act,
        )

    @admin.display(description=_("what can be done"))
    def what_can_be_done(self, row: Any) -> str:
        """The page behind it checks who asks."""
        if not self.is_open(row):
            return "-"
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{self.end_name}", args=[row.pk]), self.end_label)


@admin.register(GuarantorAccess)
class GuarantorAccessAdmin(EndableAdmin):
    """Who may pay when signed in. Staff give it and end it; it is never typed over, and never deleted."""

    end_label = _("End this access")
    end_words = _("The person can no longer see or pay the bill, at once. They and the guarantor are told by e-mail.")
    list_display = ("id", "user", ACCOUNT, "role", "created_at", "revoked_at")
    list_filter = ("role", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("=user__email",)
    fields = ("user", ACCOUNT, "role", "created_at", *ENDED, "what_can_be_done")
    readonly_fields = (ACCOUNT, "what_can_be_done")
    raw_id_fields = ("account",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = {} if obj else {"form": UserByEmailForm}
        return super().get_form(request, obj, change, **form, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.add_guarantoraccess")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.fields if obj is not None else ("user", "account", "role")

    def save_model(self, request: HttpRequest, obj: GuarantorAccess, form: Any, change: bool) -> None:
        now = timezone.now()
        super().save_model(request, obj, form, change)
        notices.tell_both(obj, now)
        log_change(people.KIND, obj.user_id, Actor(cast(User, request.user), origin_of(request), "staff"), now)

    def end(self, row: GuarantorAccess, actor: Actor) -> bool:
        return people.end(access=row, actor=actor, at=timezone.now())


@admin.register(PayerInvitation)
class PayerInvitationAdmin(EndableAdmin):
    end_label = _("Take the invitation back")
    end_words = _("The link in the mail no longer works.")
    list_display = ("id", "email", ACCOUNT, "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("=email",)
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        "email", ACCOUNT, "role", "invited_by", "created_at", "expires_at", "accepted_at", "accepted_by", *ENDED,
        "what_can_be_done",
    )  # fmt: skip

    def is_open(self, row: PayerInvitation) -> bool:
        return row.accepted_at is None and row.revoked_at is None

    def end(self, row: PayerInvitation, actor: Actor) -> bool:
        return people.take_back(invitation=row, actor=actor, at=timezone.now())


@admin.register(PayLink)
class PayLinkAdmin(EndableAdmin):
    """What guarantors ask others for. The address itself is theirs alone."""

    end_label = _("Take the link back")
    end_words = _("Whoever opens the link is told that it takes no payments. Payments already begun can be finished.")
    list_display = ("id", AMOUNT, "use", ACCOUNT, "created_at", "expires_at", "revoked_at")
    list_filter = ("use", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("=id",)
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        AMOUNT, "use", ACCOUNT, VISIT, "shown_name", "created_by", "created_at", "expires_at", "came_in", *ENDED,
        "what_can_be_done",
    )  # fmt: skip

    @admin.display(description=_("came in"))
    def came_in(self, row: PayLink) -> str:
        return money.format_cents(links.tally_of(row).paid_cents)

    def end(self, row: PayLink, actor: Actor) -> bool:
        return links.revoke(link=row, actor=actor, at=timezone.now())
