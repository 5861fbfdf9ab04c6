"""An account's statements, for its guarantor and for payers who may see its visits."""

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from billing.payments.gate import PayerRequest, payer_page
from billing.payments.payable import payable_of
from billing.payments.payers import signed_in
from billing.statements.letter import letter_of
from billing.statements.models import Statement
from billing.statements.since import since_of
from records.access.lists import page_of
from records.access.scope import scopes_of

PER_PAGE = 12


@payer_page()
def index(request: PayerRequest) -> HttpResponse:
    """Every statement of the account, the newest first."""
    _require_visits(request)
    request.scopes = scopes_of(request.user, timezone.now())
    page = page_of(request, Statement.objects.of(request.payer.account), per_page=PER_PAGE)
    context = {"account": request.payer.account, "page_obj": page, "is_own": request.payer.is_guarantor}
    return TemplateResponse(request, "billing/statements/index.html", context)


@payer_page()
def show(request: PayerRequest, statement: uuid.UUID) -> HttpResponse:
    """One statement as it was sent, and what of it is left to pay today.

    Whose visits they were, and a credit, is for the guarantor, as on the rest of the bill.
    """
    found = _statement(request, statement)
    request.scopes = scopes_of(request.user, timezone.now())
    lines = list(found.lines.select_related("visit"))
    payable = payable_of(request.payer.account, payer=signed_in(request.payer))
    context = {
        "account": request.payer.account,
        "statement": found,
        "letter": letter_of(found, lines, names=request.payer.is_guarantor),
        "is_own": request.payer.is_guarantor,
        "since": since_of(found, lines, payable),
        "pay_url": reverse("billing:pay", kwargs={"account": request.payer.account.pk}) if not payable.reason else "",
    }
    return TemplateResponse(request, "billing/statements/statement.html", context)


@payer_page()
def pdf(request: PayerRequest, statement: uuid.UUID) -> HttpResponse:
    """The letter itself, which is addressed to the guarantor and opened by nobody else."""
    found = _statement(request, statement)
    if not request.payer.is_guarantor:
        raise Http404
    return file_response(found)


def file_response(statement: Statement) -> HttpResponse:
    return HttpResponse(
        bytes(statement.pdf),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="statement-{statement.issued_date}.pdf"'},
    )


def _statement(request: PayerRequest, pk: uuid.UUID) -> Statement:
    _require_visits(request)
    found = Statement.objects.of(request.payer.account).select_related("account").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _require_visits(request: PayerRequest) -> None:
    """A statement lists visits: who may see amounts only finds no such page."""
    if not request.payer.may_see_visits:
        raise Http404
