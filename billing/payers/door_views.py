"""What somebody sees who was sent a pay link: an amount and a first name, and the same pages of paying."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from billing.payers import door, tokens
from billing.payers.gate import LinkRequest, let_in, link_page, may_open
from billing.payments import pages
from records.access.gate import public_page


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def landing(request: HttpRequest) -> HttpResponse:
    """Opening it changes nothing, so that previews spend nothing; its button lets this browser in."""
    token = request.POST.get("t", "") if request.method == "POST" else request.GET.get("t", "")
    link = door.find(tokens.read(tokens.LINK, token))
    offer = door.offer_of(link) if link else None
    if link is None or offer is None or not (offer.cents or offer.is_taken):
        return _closed(request)
    if request.method == "POST":
        if not may_open(request):
            return render(request, "429.html", status=429)
        return let_in(request, link)
    return render(request, "billing/payers/landing.html", {"offer": offer, "token": token})


@link_page
@require_http_methods(["GET", "HEAD", "POST"])
def amount(request: LinkRequest) -> HttpResponse:
    """How much to pay; or that somebody else is paying it, or that it is paid."""
    offer = door.offer_of(request.grant.link, request.grant.pk)
    if offer.is_taken:
        return render(request, "billing/payers/taken.html", {"offer": offer, "handle": request.handle})
    if not offer.cents and "back" not in request.GET:
        return _closed(request)
    return pages.amount(request, door.paying_of(request.grant, offer, request.handle))


@link_page
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: LinkRequest, draft: str) -> HttpResponse:
    offer = door.offer_of(request.grant.link, request.grant.pk)
    if offer.is_taken or not offer.cents:
        return redirect("billing:link_amount", handle=request.handle)
    return pages.review(request, door.paying_of(request.grant, offer, request.handle), draft)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "billing/payers/link_closed.html", status=404)
