"""Where the provider sends people and notices back to; open to all, since a signature or a token decides."""

from collections.abc import Callable, Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing.payments import actions, notices, pages, receipts, settling
from billing.payments.gateways import patience
from billing.payments.gateways.protocol import BadNotice, GatewayError
from billing.payments.models import PayerKind, PaymentAttempt
from billing.payments.payable import payable_of
from billing.payments.payers import Payer
from billing.payments.states import AttemptState
from records.access.gate import public_page

MOST_REFRESHES = 10
# While a worker asks for the hosted page: a minute's worth.
MOST_ASKS = 20
NOTICE_MAX_BYTES = 100_000

# What a settled attempt paid for, in words, with cents.
type Spread = Callable[[PaymentAttempt], list[tuple[str, int]]]


@public_page
@require_safe
@patience.within()
def payment_return(request: HttpRequest) -> HttpResponse:
    """From the hosted page, or from the link of a receipt: looks at the provider, then shows what is so.

    The token is exchanged for the session's at once, so that it does not stay in the address bar.
    """
    now = timezone.now()
    attempt = receipts.attempt_of(request.GET.get("t", ""), now)
    if attempt is None:
        return render(request, "billing/payments/link_expired.html", status=404)
    try:
        settling.settle(attempt_id=attempt.pk, at=now)
    except GatewayError:
        actions.note_no_answer(attempt=attempt, at=now)
    return redirect(receipts.address(request, attempt))


@public_page
@require_safe
def receipt(request: HttpRequest, handle: str) -> HttpResponse:
    """A receipt this browser was let in to; while the provider has not decided, it looks again by itself."""
    held = receipts.admitted(request.session, handle, timezone.now())
    if held is None:
        return render(request, "billing/payments/link_expired.html", status=404)
    is_link = held.attempt.payer_kind == PayerKind.LINK
    again_url = held.again_url or reverse("billing:link" if is_link else "billing:guest_lookup")
    ways = [] if is_link else [(_("Pay another bill"), reverse("billing:guest_lookup"))]
    rest = partial(_rest_of, held.attempt) if held.sees_rest else None
    return receipt_page(request, held.attempt, layout="layouts/public.html", again_url=again_url, ways=ways, rest=rest)


def receipt_page(
    request: HttpRequest,
    attempt: PaymentAttempt,
    *,
    layout: str,
    again_url: str,
    spread: Spread | None = None,
    paid_by: str = "",
    ways: Sequence[tuple[str, str]] = (),
    rest: Callable[[], int] | None = None,
) -> HttpResponse:
    """The same receipt for every door; `again_url` is where to pay again, `spread` says what the money went to.

    `paid_by` names the payer to a guarantor who looks at somebody else's payment; the rest of it stays theirs.
    `ways` lead on, each with its label; `rest` gives what is left to pay now, for those who may know it.
    A payer who was left waiting for the hosted page is led on to it.
    """
    attempt = _look(attempt)
    if pages.ASKING in request.GET and attempt.state == AttemptState.OPEN and not paid_by:
        return HttpResponseRedirect(attempt.page_url)
    context = pages.confirmation_context(attempt) | {
        "layout": layout,
        "refresh": _next_look(request, attempt),
        "again_url": again_url,
        "spread": spread(attempt) if spread else [],
        "paid_by": paid_by,
        "ways": ways,
        "rest_cents": rest() if rest and attempt.state == AttemptState.PAID else None,
    }
    return render(request, "billing/payments/receipt.html", context)


@csrf_exempt
@public_page
@require_POST
def notice(request: HttpRequest) -> HttpResponse:
    """A provider's webhook: stored and answered; 400 for what it did not sign, 5xx only when we cannot store."""
    raw = request.body
    if len(raw) > NOTICE_MAX_BYTES:
        return HttpResponse(status=413)
    try:
        notices.ingest(raw=raw, headers=request.headers, at=timezone.now())
    except BadNotice:
        return HttpResponse(status=400)
    return HttpResponse(status=200)


notice.gate = "webhook"  # type: ignore[attr-defined]


def _rest_of(attempt: PaymentAttempt) -> int:
    """What a guest can pay now of what they paid on: the one visit that it was for, or the account."""
    payer = Payer(kind=PayerKind(attempt.payer_kind), ref=attempt.payer_ref, is_guarantor=False)
    allocation = attempt.allocations.select_related("visit").first()
    return payable_of(attempt.account, allocation.visit if allocation else None, payer=payer).now_cents


def _next_look(request: HttpRequest, attempt: PaymentAttempt) -> str:
    """The query under which the page looks again by itself; empty when it does not, or not any more."""
    is_asking = attempt.state == AttemptState.CREATED
    if is_asking and attempt.next_ask_at is None:
        return ""
    name, most = (pages.ASKING, MOST_ASKS) if is_asking else ("n", MOST_REFRESHES)
    tries = request.GET.get(name, "0")
    tried = int(tries) if tries.isascii() and tries.isdigit() and len(tries) < 3 else most
    return f"{name}={tried + 1}" if tried < most else ""


@patience.within()
def _look(attempt: PaymentAttempt) -> PaymentAttempt:
    """Settles, if the provider answers; what is known already is shown otherwise."""
    if attempt.state == AttemptState.PAID:
        return attempt
    try:
        return settling.settle(attempt_id=attempt.pk, at=timezone.now())
    except GatewayError:
        return attempt
