"""One medication of a request as staff see it, and its buttons; everything is done by handling.py."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.access.staff_pages import StaffRequest, frame
from records.refills import handling
from records.refills.handling import CHANGE, NeedsSignature, NotNow, PatientDied
from records.refills.history import history_of
from records.refills.requests import RefillItem
from records.refills.staff_forms import ApproveForm, PassOnForm, TextForm
from records.refills.staff_gate import VIEW, actor_of, item_page
from records.refills.states import OPEN, Purpose, State, may_become

FORWARD = {"sent": State.SENT, "ready": State.READY, "picked_up": State.PICKED_UP}


@require_safe
@item_page(VIEW)
def show(request: StaffRequest, item: RefillItem) -> HttpResponse:
    return page(request, item)


def page(request: StaffRequest, item: RefillItem, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with fresh forms, or with those that something was wrong with. Buttons ask the table of states."""
    at = timezone.now()
    history = history_of(item, at)
    is_new = item.state in (State.REQUESTED, State.IN_REVIEW)
    if is_new:
        item.follow(history.standing.schedule)
    context = {
        **frame(_("Refill request")),
        "item": item,
        "history": history,
        "is_late": item.is_late(at),
        "may_act": request.user.has_perm(CHANGE),
        "can_take": item.state in OPEN and item.assigned_to != request.user,
        "can_give_back": item.state in OPEN and item.assigned_to is not None,
        "can_decide": is_new,
        "can_deny": is_new or item.state in (State.QUESTION, State.APPROVED),
        "may_approve": handling.may_approve(item, request.user),
        "can_pass_on": is_new and item.needs_signature and item.prepared_at is None,
        "forward": _forward_from(item),
        "approve_form": forms.get("approve") or ApproveForm(prefix="approve"),
        "question_form": forms.get("question") or TextForm(purpose=Purpose.QUESTION),
        "denial_form": forms.get("denial") or TextForm(purpose=Purpose.DENIAL),
        "pass_on_form": forms.get("pass_on") or PassOnForm(prefix="pass_on"),
    }
    return TemplateResponse(request, "admin/refills/item.html", context, status=status)


def _forward_from(item: RefillItem) -> list[tuple[str, Any]]:
    """What can happen next at the pharmacy; after a death nothing goes there any more."""
    steps = [(name, state) for name, state in FORWARD.items() if may_become(item.state, state)]
    return [(name, state.label) for name, state in steps if state != State.SENT or not item.patient.is_deceased]


@require_POST
@item_page()
def take(request: StaffRequest, item: RefillItem) -> HttpResponse:
    return _do(
        request, item, _("It is yours now."), lambda at: handling.take(actor=actor_of(request), item_id=item.pk, at=at)
    )


@require_POST
@item_page()
def give_back(request: StaffRequest, item: RefillItem) -> HttpResponse:
    def act(at: Any) -> None:
        handling.give_back(actor=actor_of(request), item_id=item.pk, at=at)

    return _do(request, item, _("It is nobody’s now: whoever is there takes it."), act)


@require_POST
@item_page()
def approve(request: StaffRequest, item: RefillItem) -> HttpResponse:
    form = ApproveForm(request.POST, prefix="approve")
    if not form.is_valid():
        return page(request, item, status=422, approve=form)

    def act(at: Any) -> None:
        handling.approve(actor=actor_of(request), item_id=item.pk, text=form.cleaned_data["text"], at=at)

    return _do(request, item, _("Approved. Send it to the pharmacy, then say so here."), act)


@require_POST
@item_page()
def question(request: StaffRequest, item: RefillItem) -> HttpResponse:
    form = TextForm(request.POST, purpose=Purpose.QUESTION)
    if "fill" in request.POST:
        return page(request, item, question=form.with_template())
    if not form.is_valid():
        return page(request, item, status=422, question=form)

    def act(at: Any) -> None:
        handling.question(actor=actor_of(request), item_id=item.pk, text=form.cleaned_data["text"], at=at)

    return _do(request, item, _("Asked. It comes back here with the answer."), act)


@require_POST
@item_page()
def deny(request: StaffRequest, item: RefillItem) -> HttpResponse:
    """Says no; `take_back` says that the page showed a yes, which this takes back."""
    form = TextForm(request.POST, purpose=Purpose.DENIAL)
    if "fill" in request.POST:
        return page(request, item, denial=form.with_template())
    if not form.is_valid():
        return page(request, item, status=422, denial=form)

    no = handling.take_back if "take_back" in request.POST else handling.deny

    def act(at: Any) -> None:
        no(actor=actor_of(request), item_id=item.pk, text=form.cleaned_data["text"], at=at)

    return _do(request, item, _("Not approved. The patient reads the reason."), act)


@require_POST
@item_page()
def pass_on(request: StaffRequest, item: RefillItem) -> HttpResponse:
    form = PassOnForm(request.POST, prefix="pass_on")
    if not form.is_valid():
        return page(request, item, status=422, pass_on=form)

    def act(at: Any) -> None:
        handling.pass_on(actor=actor_of(request), item_id=item.pk, note=form.cleaned_data["note"], at=at)

    return _do(request, item, _("It waits for a signature now."), act)


@require_POST
@item_page()
def forward(request: StaffRequest, item: RefillItem) -> HttpResponse:
    """What happened at the pharmacy; `to` names it."""
    target = FORWARD.get(request.POST.get("to", ""))
    if target is None:
        return redirect("admin:records_refillitem_change", item.pk)

    def act(at: Any) -> None:
        handling.forward(actor=actor_of(request), item_id=item.pk, target=target, at=at)

    return _do(request, item, _("Noted, and the patient is told."), act)


def _do(request: StaffRequest, item: RefillItem, said: str, act: Callable[[Any], object]) -> HttpResponse:
    """Acts, says so, and shows the request again; or says why not."""
    try:
        act(timezone.now())
        messages.success(request, said)
    except NotNow:
        messages.warning(request, _("It has moved on meanwhile, so nothing was done. This is how it stands now."))
    except NeedsSignature:
        messages.error(request, _("A clinician approves this. Pass it on to be signed."))
    except PatientDied:
        messages.error(request, _("This patient has died: nothing is approved any more, nor sent."))
    return redirect("admin:records_refillitem_change", item.pk)
