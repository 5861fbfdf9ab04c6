"""Staff's queue of refill requests, and approving several of it at once."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from records.access.gate import send_logged
from records.access.models import User
from records.access.staff_pages import StaffRequest, frame, staff_page
from records.refills import handling
from records.refills.folders import COUNTED, Folder, in_folder, tally
from records.refills.handling import CHANGE, NeedsSignature, NotNow, PatientDied
from records.refills.requests import RefillItem, RefillItemQuerySet
from records.refills.staff_gate import VIEW, actor_of, record_seen
from records.refills.states import EventKind, Kind, State

PER_PAGE = 25


class CountedPaginator(Paginator[Any]):
    """Takes the count that the tabs show already."""

    def __init__(self, rows: RefillItemQuerySet, known: int | None) -> None:
        super().__init__(rows.with_parts(), PER_PAGE)
        self._known = known

    @cached_property
    def count(self) -> int:
        return int(super().count) if self._known is None else self._known


@staff_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: StaffRequest) -> HttpResponseBase:
    """One folder; a search comes by POST, so that no name is in an address."""
    at = timezone.now()
    folder = _folder(request.GET.get("folder"))
    kind = request.GET.get("kind") if request.GET.get("kind") in Kind.values else ""
    words = request.POST.get("q", "").replace("\0", "").strip()[:100]
    rows = RefillItem.objects.filter(kind=kind) if kind else RefillItem.objects.all()
    counts = tally(rows, request.user.pk, at)
    if words:
        paginator = CountedPaginator(_matching(rows, words).order_by("-moved_at", "pk"), None)
    else:
        known = counts[folder.value] if folder in COUNTED else None
        paginator = CountedPaginator(in_folder(rows, folder, request.user.pk, at), known)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        **frame(_("Refills")),
        "folder": folder,
        "tabs": [(each, counts.get(each.value)) for each in Folder],
        "kinds": Kind.choices,
        "kind": kind,
        "words": words,
        "page_obj": page,
        "rows": [(item, item.is_late(at), handling.may_bulk_approve(item, request.user)) for item in page],
        "query": f"folder={folder.value}" + (f"&kind={kind}" if kind else ""),
        "may_act": request.user.has_perm(CHANGE),
    }
    response = TemplateResponse(request, "admin/refills/queue.html", context)
    return send_logged(request, response, lambda: record_seen(request, None, count=len(page)))


@require_POST
@staff_page(CHANGE)
def approve_several(request: StaffRequest) -> HttpResponseBase:
    """Shows what of the ticked ones can be approved together, and why not the rest; approves with `confirm`."""
    items = _picked(request)
    handling.follow_list(items)
    able = [item for item in items if handling.may_bulk_approve(item, request.user)]
    if "confirm" in request.POST:
        _approve(request, items, [item for item in able if request.POST.get(f"seen-{item.pk}") == str(item.seen)])
        return redirect("admin:records_refillitem_changelist")
    if not items:
        messages.warning(request, _("Tick the requests first."))
        return redirect("admin:records_refillitem_changelist")
    context = {
        **frame(_("Approve several")),
        "able": [(item, _notes_on(item)) for item in able],
        "refused": [(item, why_not(item, request.user)) for item in items if item not in able],
    }
    response = TemplateResponse(request, "admin/refills/several.html", context)
    return send_logged(request, response, lambda: _record_each(request, items))


def why_not(item: RefillItem, user: User) -> str:
    """Why an item is not approved together with others."""
    if item.state not in (State.REQUESTED, State.IN_REVIEW):
        return _("It does not wait for a decision.")
    if item.schedule:
        return _("Controlled: each is looked at and approved by itself.")
    if item.is_stopped:
        return _("The medication was stopped or paused since.")
    if item.kind == Kind.NEW_PRESCRIPTION:
        return _("A new prescription is written by itself.")
    if item.danger:
        return _("The patient wrote words of danger: read them first.")
    return "" if handling.may_approve(item, user) else _("It needs a clinician’s signature.")


def _approve(request: StaffRequest, items: Sequence[RefillItem], as_seen: Sequence[RefillItem]) -> None:
    """Approves those that are as they were looked at, each in a transaction of its own, and names the others."""
    at, done = timezone.now(), 0
    missed = [item.request.number for item in items if item not in as_seen]
    for item in as_seen:
        try:
            handling.approve(actor=actor_of(request), item_id=item.pk, at=at)
            done += 1
        except (NotNow, NeedsSignature, PatientDied):
            missed.append(item.request.number)
    if done:
        messages.success(request, ngettext("%(n)s approved.", "%(n)s approved.", done) % {"n": done})
    if missed:
        messages.warning(request, _("Not approved, since they moved on meanwhile: %s") % ", ".join(missed))


def _picked(request: StaffRequest) -> list[RefillItem]:
    """The ticked ones, at most a page of them; what is no id is left out."""
    pks = []
    for value in request.POST.getlist("pick")[:PER_PAGE]:
        try:
            pks.append(uuid.UUID(value))
        except ValueError:
            continue
    rows = RefillItem.objects.with_parts().filter(pk__in=pks).prefetch_related("events")
    return list(rows.order_by("due_at", "pk"))


def _notes_on(item: RefillItem) -> list[str]:
    """What colleagues and the patient said of it: nobody approves past a warning."""
    said = [event.for_staff or event.text for event in item.events.all() if event.kind != EventKind.QUESTION]
    return [words for words in (item.request.comment, *said) if words]


def _record_each(request: StaffRequest, items: Sequence[RefillItem]) -> None:
    for item in items:
        record_seen(request, item)


def _matching(rows: RefillItemQuerySet, words: str) -> RefillItemQuerySet:
    """By number, medical record number or family name; never by what was written."""
    return rows.filter(
        Q(request__number__iexact=words) | Q(patient__mrn__iexact=words) | Q(patient__family__istartswith=words)
    )


def _folder(name: str | None) -> Folder:
    return Folder(name) if name in Folder.values else Folder.WAITING
