"""The inbox: what waits for this person's pools, most pressing first."""

import uuid
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from messaging.conversations.models import ConversationQuerySet
from messaging.inbox.desk import StaffDesk
from messaging.inbox.folders import COUNTED, Folder, in_folder, tally
from messaging.inbox.gate import CHANGE, VIEW, StaffRequest, record, staff_page
from messaging.inbox.rows import rows_of, values_of
from messaging.pools.models import Pool
from records.access import log
from records.access.gate import send_logged
from records.access.staff_pages import frame

PER_PAGE = 20
# Further back nobody turns page by page.
LAST_PAGE = 10_000


class CountedPaginator(Paginator[Any]):
    """Takes the count that the tabs show already."""

    def __init__(self, rows: ConversationQuerySet, known: int | None) -> None:
        super().__init__(values_of(rows), PER_PAGE)
        self._known = known

    @cached_property
    def count(self) -> int:
        return int(super().count) if self._known is None else self._known


class OpenPaginator(Paginator[Any]):
    """Counts nothing, since what is answered or closed only grows: one row more than it shows says whether more follow."""

    def get_page(self, number: Any) -> Page[Any]:
        try:
            asked = min(max(int(number or 1), 1), LAST_PAGE)
        except ValueError:
            asked = 1
        start = (asked - 1) * self.per_page
        found = list(self.object_list[start : start + self.per_page + 1])
        if not found and asked > 1:
            return self.get_page(1)
        self.count = start + len(found)
        return Page(found[: self.per_page], asked, self)


@staff_page(VIEW, CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: StaffRequest) -> HttpResponseBase:
    """One folder of one pool or of all of the reader's; a search comes by POST, so that no name is in an address."""
    desk = request.desk
    folder = _folder(request.GET.get("folder"))
    pool = _pool(desk, request.GET.get("pool"))
    words = request.POST.get("q", "").replace("\0", "").strip()[:100]
    found = desk.conversations() if pool is None else desk.conversations().filter(pool=pool)
    counts = tally(found, desk)
    page = _page(request, found, folder, desk, words, counts)
    context = {
        **frame(_("Inbox")),
        "desk": desk,
        "folder": folder,
        "tabs": [(each, counts.get(each.value)) for each in Folder],
        "pool": pool,
        "words": words,
        "is_counted": bool(words) or folder in COUNTED,
        "page_obj": page,
        "rows": rows_of(list(page.object_list), desk.at),
        "query": f"folder={folder.value}" + (f"&pool={pool.pk}" if pool else ""),
        "is_staff_member": bool(desk.pools),
        "has_pools": len(desk.pools) > 1,
    }
    response = TemplateResponse(request, "admin/messaging/inbox.html", context)
    return send_logged(request, response, lambda: record(request, log.Verb.VIEW, None, count=len(page)))


def _page(
    request: StaffRequest,
    rows: ConversationQuerySet,
    folder: Folder,
    desk: StaffDesk,
    words: str,
    counts: dict[str, int],
) -> Page[Any]:
    if words:
        found, known = _matching(rows, words).order_by("-last_message_at", "pk"), None
    else:
        found, known = in_folder(rows, folder, desk), counts.get(folder.value)
    if not words and known is None:
        return OpenPaginator(values_of(found), PER_PAGE).get_page(request.GET.get("page"))
    # A search begins at its first page, on whichever page of a folder it was typed.
    return CountedPaginator(found, known).get_page(1 if words else request.GET.get("page"))


def _matching(rows: ConversationQuerySet, words: str) -> ConversationQuerySet:
    """By case number, medical record number, family name, or a guest's address; never by what was written."""
    return rows.filter(
        Q(number__iexact=words)
        | Q(patient__mrn__iexact=words)
        | Q(patient__family__istartswith=words)
        | Q(owner__full_name__icontains=words)
        | Q(guest_email__iexact=words)
    )


def _folder(name: str | None) -> Folder:
    return Folder(name) if name in Folder.values else Folder.WAITING


def _pool(desk: StaffDesk, pk: Any) -> Pool | None:
    try:
        wanted = uuid.UUID(pk or "")
    except ValueError:
        return None
    return next((pool for pool in desk.pools if pool.pk == wanted), None)
