"""The square code of a statement: the way in for whoever holds the letter, without numbers, names or characters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing.guest.gate import let_in
from billing.guest.lookup import Match
from billing.guest.tries import QUARTER_HOUR
from billing.statements import links
from records.access import throttle
from records.access.client import address_of, network_of
from records.access.gate import public_page

PER_ADDRESS = 20


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_bill(request: HttpRequest) -> HttpResponse:
    """Shows a button and nothing of the bill; pressed, it gives the ordinary guest's grant.

    A link is followed by mail scanners and previews, so opening it writes nothing. Forged, expired, revoked
    and paid ones all give the same page.
    """
    now = timezone.now()
    token = (request.POST if request.method == "POST" else request.GET).get("s", "")
    allowed = request.method != "POST" or throttle.hit(
        "guest.statement", network_of(address_of(request)), limit=PER_ADDRESS, seconds=QUARTER_HOUR
    )
    link = links.link_of(token, now)
    if link is None or not allowed:
        return render(request, "billing/guest/statement_closed.html", status=404)
    if request.method != "POST":
        return render(request, "billing/guest/statement.html", {"token": token})
    return let_in(request, Match(link.statement.account, None))
