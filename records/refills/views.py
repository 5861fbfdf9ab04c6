"""A patient's requests: where each is, the clinic's questions, and taking one back."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_list_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.access.client import origin_of
from records.access.gate import PatientRequest, patient_page
from records.access.lists import page_of
from records.access.permissions import Permission
from records.danger.check import Danger
from records.refills import asking, promises
from records.refills.actors import Actor
from records.refills.forms import AnswerForm
from records.refills.handling import NotNow
from records.refills.kinds import REFILL
from records.refills.models import RefillItem
from records.refills.stages import tracked
from records.refills.states import State

# More than anybody asks for at once.
MANY = 50
# Whoever runs out while these last is told whom to call.
UNDECIDED = (State.REQUESTED, State.IN_REVIEW, State.QUESTION)


def actor_of(request: PatientRequest) -> Actor:
    return Actor(request.user, request.scope, origin_of(request))


@patient_page(Permission.REFILLS, kind=REFILL)
def index(request: PatientRequest) -> HttpResponse:
    """What is under way, each with how far it has come; then what was."""
    at, scope = timezone.now(), request.scope
    rows = RefillItem.objects.for_scope(scope)
    now = rows.under_way(at).prefetch_related("events")[:MANY]
    context = {
        "under_way": [tracked(item, at) for item in now],
        "page_obj": page_of(request, rows.past(at)),
        "may_ask": may_ask(request),
    }
    return TemplateResponse(request, "records/refills/index.html", context)


@patient_page(Permission.REFILLS, kind=REFILL)
def show(request: PatientRequest, refill: uuid.UUID) -> HttpResponse:
    return _page(request, _items(request, refill), timezone.now())


@patient_page(Permission.REFILLS, kind=REFILL, methods=("POST",))
def answer(request: PatientRequest, refill: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """Answers a question; words of danger are answered to before it goes."""
    request.scope.require(Permission.REFILLS_REQUEST)
    at, items = timezone.now(), _items(request, refill)
    asked = _one(items, item)
    form = AnswerForm(request.POST, prefix=str(asked.pk))
    if not form.may_go_on():
        return _page(request, items, at, form=form, danger=form.danger, status=422 if form.errors else 200)
    try:
        asking.answer(actor=actor_of(request), item_id=asked.pk, text=form.cleaned_data["text"], at=at)
        messages.success(request, _("Thank you. Your answer is with the clinic."))
    except NotNow:
        say_moved_on(request)
    return _to(request, refill)


@patient_page(Permission.REFILLS, kind=REFILL, methods=("GET", "POST"))
def cancel(request: PatientRequest, refill: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """Asks once, then takes one medication of a request back."""
    request.scope.require(Permission.REFILLS_REQUEST)
    at, items = timezone.now(), _items(request, refill)
    chosen = tracked(_one(items, item), at)
    if request.method != "POST" and chosen.can_cancel:
        return TemplateResponse(request, "records/refills/cancel.html", {"item": chosen.item})
    try:
        asking.cancel(actor=actor_of(request), item_id=chosen.item.pk, at=at)
        messages.success(request, _("Cancelled. Nobody works on it any more."))
    except NotNow:
        say_moved_on(request)
    return _to(request, refill)


def may_ask(request: PatientRequest) -> bool:
    """Whoever may ask must see the medications to choose from."""
    return request.scope.may(Permission.REFILLS_REQUEST) and request.scope.may(Permission.MEDICATIONS)


def say_moved_on(request: PatientRequest) -> None:
    messages.warning(request, _("This request has moved on meanwhile. This is how it stands now."))


def _page(
    request: PatientRequest,
    items: Sequence[RefillItem],
    at: dt.datetime,
    *,
    form: AnswerForm | None = None,
    danger: Danger | None = None,
    status: int = 200,
) -> HttpResponse:
    """One request. `form` is an answer that something was wrong with, in place of that item's fresh one."""
    batch = items[0].request
    may_answer = request.scope.may(Permission.REFILLS_REQUEST)
    context = {
        "batch": batch,
        # The comment may speak of a medication that this reader does not see.
        "comment": batch.comment if batch.is_seen_with(request.scope.permissions) else "",
        "rows": [(tracked(item, at), _form_of(item, form) if may_answer else None) for item in items],
        "may_ask": may_answer,
        "danger": danger,
        "opens_at": promises.opens_at(at) if danger else None,
        "is_urgent": any(item.days_left <= asking.URGENT_LEFT and item.state in UNDECIDED for item in items),
    }
    return TemplateResponse(request, "records/refills/show.html", context, status=status)


def _form_of(item: RefillItem, form: AnswerForm | None) -> AnswerForm:
    return form if form is not None and form.prefix == str(item.pk) else AnswerForm(prefix=str(item.pk))


def _items(request: PatientRequest, refill: uuid.UUID) -> list[RefillItem]:
    """What the reader may see of a request; raises Http404 when that is nothing."""
    rows = RefillItem.objects.for_scope(request.scope).filter(request=refill)
    return get_list_or_404(rows.prefetch_related("events").order_by("position"))


def _one(items: Sequence[RefillItem], item: uuid.UUID) -> RefillItem:
    for each in items:
        if each.pk == item:
            return each
    raise Http404


def _to(request: PatientRequest, refill: uuid.UUID) -> HttpResponseRedirect:
    return redirect("records:refill", patient=request.scope.patient.pk, refill=refill)
