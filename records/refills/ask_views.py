"""Asking in steps: medications, pharmacy, comment, review. What is entered is kept, so every page can be reloaded."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.access.gate import PatientRequest, patient_page
from records.access.lists import searched
from records.access.permissions import Permission
from records.danger.check import danger_in
from records.refills import asking, drafts, pharmacies, promises
from records.refills.asking import Destination
from records.refills.drafts import Draft
from records.refills.forms import OTHER, ChooseForm, CommentForm, PharmacyForm, SendForm
from records.refills.kinds import REFILL
from records.refills.models import RefillRequest
from records.refills.standings import Standing, standings_of
from records.refills.views import actor_of

STEPS = [gettext_lazy("Medications"), gettext_lazy("Pharmacy"), gettext_lazy("Comment"), gettext_lazy("Review")]
BOTH = ("GET", "POST")


@patient_page(Permission.REFILLS, kind=REFILL, methods=BOTH)
def choose(request: PatientRequest) -> HttpResponse:
    """Every medication, with what can be asked for and why not the rest."""
    _require_asking(request)
    at, scope = timezone.now(), request.scope
    if scope.patient.is_deceased:
        return TemplateResponse(request, "records/refills/closed.html")
    standings = standings_of(scope, at)
    form = ChooseForm(_posted(request), standings=standings, wishes=_begun(request))
    if request.method == "POST" and form.is_valid():
        draft = drafts.save(scope, at, wishes=form.wishes())
        sendable, _blocked = _sorted(draft, standings)
        return _step(request, "refill_pharmacy" if drafts.needs_pharmacy(sendable) else "refill_comment")
    context = {
        "form": form,
        "blocked": [standing for standing in standings if not standing.can_ask],
        "steps": STEPS,
        "step": STEPS[0],
    }
    return TemplateResponse(request, "records/refills/choose.html", context, status=422 if form.errors else 200)


@patient_page(Permission.REFILLS, kind=REFILL, methods=BOTH)
def pharmacy(request: PatientRequest) -> HttpResponse:
    """Where it should go: the usual pharmacy, one that is searched for, or another."""
    _require_asking(request)
    at, scope = timezone.now(), request.scope
    draft = drafts.draft_of(scope)
    if draft is None or scope.patient.is_deceased:
        return _step(request, "refill_new")
    is_search = "q" in request.POST
    words = searched(request) if is_search else ""
    shown = _shown(request, draft, words)
    if request.method == "POST" and not is_search:
        form = PharmacyForm(request.POST, pharmacies=shown)
        if form.is_valid():
            drafts.save(scope, at, **form.chosen())
            return _step(request, "refill_comment")
    else:
        form = PharmacyForm(initial=_chosen_before(draft, shown), pharmacies=shown)
    context = {
        "form": form,
        "words": words,
        "found": len(shown),
        "is_full": len(shown) >= pharmacies.MOST_FOUND,
        "steps": STEPS,
        "step": STEPS[1],
        "is_urgent": _is_urgent(draft),
    }
    return TemplateResponse(request, "records/refills/pharmacy.html", context, status=422 if form.errors else 200)


@patient_page(Permission.REFILLS, kind=REFILL, methods=BOTH)
def comment(request: PatientRequest) -> HttpResponse:
    _require_asking(request)
    draft = drafts.draft_of(request.scope)
    if draft is None or request.scope.patient.is_deceased:
        return _step(request, "refill_new")
    form = CommentForm(_posted(request), initial={"comment": draft.comment})
    if request.method == "POST" and form.is_valid():
        drafts.save(request.scope, timezone.now(), comment=form.cleaned_data["comment"])
        return _step(request, "refill_review")
    context = {"form": form, "steps": STEPS, "step": STEPS[2], "is_urgent": _is_urgent(draft)}
    return TemplateResponse(request, "records/refills/comment.html", context, status=422 if form.errors else 200)


@patient_page(Permission.REFILLS, kind=REFILL, methods=BOTH)
def review(request: PatientRequest) -> HttpResponse:
    """The last look. Sends exactly what was looked at, exactly once."""
    _require_asking(request)
    sent = _sent_already(request)
    if sent is not None:
        return _to(request, sent)
    at, scope = timezone.now(), request.scope
    draft = drafts.draft_of(scope)
    if draft is None or scope.patient.is_deceased:
        return _step(request, "refill_new")
    sendable, blocked = _sorted(draft, standings_of(scope, at))
    destination = draft.destination()
    if drafts.needs_pharmacy(sendable) and destination is None:
        return _step(request, "refill_pharmacy")
    initial = {"once": draft.once, "seen": draft.fingerprint(sendable)}
    if request.method == "POST":
        form = SendForm(request.POST)
        if (
            sendable
            and form.is_valid()
            and form.cleaned_data == {"once": uuid.UUID(draft.once), "seen": initial["seen"]}
        ):
            return _send(request, draft, sendable, destination or Destination(), at)
        messages.warning(request, _("This changed meanwhile, so nothing was sent. Look at it again, then send it."))
        return _step(request, "refill_review")
    return _review(request, draft, sendable, blocked, destination, SendForm(initial=initial), at)


@patient_page(Permission.REFILLS, kind=REFILL, methods=("POST",))
def discard(request: PatientRequest) -> HttpResponse:
    _require_asking(request)
    drafts.discard(request.scope)
    messages.success(request, _("Thrown away. Nothing was sent."))
    return redirect("records:refills", patient=request.scope.patient.pk)


def _send(
    request: PatientRequest, draft: Draft, sendable: Sequence[Standing], destination: Destination, at: dt.datetime
) -> HttpResponse:
    pks = {standing.medication.pk for standing in sendable}
    try:
        sent = asking.ask(
            actor=actor_of(request),
            wishes=[wish for wish in draft.list_of_wishes if wish.medication_id in pks],
            destination=destination,
            comment=draft.comment,
            once=uuid.UUID(draft.once),
            at=at,
        )
    except asking.CannotAsk:
        messages.warning(request, _("Something of it was asked for at this moment, so nothing was sent. Look again."))
        return _step(request, "refill_review")
    if draft.keep and destination.pharmacy is not None:
        pharmacies.prefer(patient=request.scope.patient, pharmacy=destination.pharmacy, at=at)
    drafts.discard(request.scope)
    messages.success(request, _("Sent. The number is %(number)s.") % {"number": sent.number})
    return _to(request, sent)


def _review(
    request: PatientRequest,
    draft: Draft,
    sendable: Sequence[Standing],
    blocked: Sequence[Standing],
    destination: Destination | None,
    form: SendForm,
    at: dt.datetime,
) -> HttpResponse:
    danger = danger_in(draft.comment, draft.other)
    wishes = {wish.medication_id: wish for wish in draft.list_of_wishes}
    days = [
        promises.days_for(
            standing.verdict.kind or "", is_urgent=wishes[standing.medication.pk].is_urgent or bool(danger)
        )
        for standing in sendable
    ]
    context = {
        "form": form,
        "chosen": [(standing, wishes[standing.medication.pk]) for standing in sendable],
        "blocked": blocked,
        "destination": destination,
        "needs_pharmacy": drafts.needs_pharmacy(sendable),
        "draft": draft,
        "danger": danger,
        "opens_at": promises.opens_at(at),
        "due_at": promises.due_after(at, max(days)) if days else None,
        "is_urgent": _is_urgent(draft),
        "steps": STEPS,
        "step": STEPS[3],
    }
    return TemplateResponse(request, "records/refills/review.html", context)


def _require_asking(request: PatientRequest) -> None:
    """Whoever asks sees the medications to choose from too."""
    request.scope.require(Permission.REFILLS_REQUEST)
    request.scope.require(Permission.MEDICATIONS)


def _posted(request: PatientRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _begun(request: PatientRequest) -> dict[str, int]:
    """What the draft has ticked, or the one medication that a link of the chart leads to."""
    draft = drafts.draft_of(request.scope)
    begun = dict(draft.wishes) if draft else {}
    if named := request.GET.get("medication"):
        begun.setdefault(named, -1)
    return begun


def _sorted(draft: Draft, standings: Sequence[Standing]) -> tuple[list[Standing], list[Standing]]:
    """What of the draft can be asked for now, and what cannot any more."""
    chosen = [standing for standing in standings if str(standing.medication.pk) in draft.wishes]
    return [each for each in chosen if each.can_ask], [each for each in chosen if not each.can_ask]


def _is_urgent(draft: Draft) -> bool:
    return any(wish.is_urgent for wish in draft.list_of_wishes)


def _shown(request: PatientRequest, draft: Draft, words: str) -> list[pharmacies.Pharmacy]:
    """The usual and the chosen pharmacy before what was found; what was posted is always among them."""
    usual, chosen = pharmacies.preferred_of(request.scope.patient), draft.destination()
    posted = pharmacies.chosen_by(request.POST.get("pharmacy", ""))
    first = [usual, chosen.pharmacy if chosen else None, posted]
    shown = {each.pk: each for each in (*first, *pharmacies.search(words)) if each is not None}
    return list(shown.values())


def _chosen_before(draft: Draft, shown: Sequence[pharmacies.Pharmacy]) -> dict[str, Any]:
    """What the draft holds; else the first one shown, which is the usual pharmacy where there is one."""
    first = str(shown[0].pk) if shown else OTHER
    return {"pharmacy": OTHER if draft.other else draft.pharmacy or first, "other": draft.other, "keep": draft.keep}


def _sent_already(request: PatientRequest) -> RefillRequest | None:
    """The request that a repeated click, a reload or a second window has sent before."""
    try:
        once = uuid.UUID(request.POST.get("once", ""))
    except ValueError:
        return None
    found: RefillRequest | None = (
        RefillRequest.objects.for_scope(request.scope).filter(once=once, asked_by=request.user).first()
    )
    return found


def _to(request: PatientRequest, sent: RefillRequest) -> HttpResponseRedirect:
    return redirect("records:refill", patient=request.scope.patient.pk, refill=sent.pk)


def _step(request: PatientRequest, name: str) -> HttpResponseRedirect:
    return redirect(f"records:{name}", patient=request.scope.patient.pk)
