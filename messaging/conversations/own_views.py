"""All that somebody can read, and questions about a bill: the pages that only one's own desk has."""

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from billing.payments.gate import PayerRequest, payer_page
from messaging.conversations import bills, drafts, writing
from messaging.conversations.desks import everything_of, of_person
from messaging.conversations.gate import OwnRequest, own_page
from messaging.conversations.lists import counted, folder_of
from messaging.conversations.views import GET_POST
from messaging.pools.choices import Topic
from records.access.log import Seen
from records.access.models import GrantKind
from records.access.permissions import Permission


@own_page(methods=GET_POST)
def index(request: OwnRequest) -> HttpResponse:
    """Own cases and the messages of every patient, each with whose it is; the log learns of each patient shown."""
    desk = of_person(request)
    names = {scope.patient.pk: scope.patient.full_name for scope in request.scopes}
    rows = everything_of(desk.user, request.scopes, desk.at)
    folder = folder_of(request, rows, user=desk.user, at=desk.at, names=names)
    kinds: dict[uuid.UUID | None, str] = {scope.patient.pk: scope.kind for scope in request.scopes}
    request.seen = [
        Seen(patient, kinds.get(patient, GrantKind.SELF), count) for patient, count in counted(folder.lines).items()
    ]
    context = {
        "desk": desk,
        "folder": folder,
        "draft": drafts.draft_of(desk),
        "writers": [scope.patient for scope in request.scopes if scope.may(Permission.MESSAGES_SEND)],
        "new_url": desk.url("new"),
        "write_url": desk.url("write"),
        "discard_url": desk.url("discard"),
    }
    return TemplateResponse(request, "messaging/conversations/mine.html", context)


@payer_page(methods=GET_POST)
def about_bill(request: PayerRequest, visit: uuid.UUID | None = None, charge: uuid.UUID | None = None) -> HttpResponse:
    """A question about a bill: the words, with the account, the visit or the line filled in."""
    desk = of_person(request)
    try:
        bill = bills.find(request.payer, desk, visit=visit, charge=charge)
    except bills.NotYours:
        raise Http404 from None
    draft = {"topic": Topic.BILLING, "account": str(bill.account_id)}
    draft |= {name: str(value) for name, value in (("visit", bill.visit_id), ("charge", bill.charge_id)) if value}
    return writing.words_page(request, desk, draft, {"subject": _("A question about a bill")}, bill)
