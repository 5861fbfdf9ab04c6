"""Being invited to pay: the link of the mail leads to a sign-in, and there to a page that asks once."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.payers import invitations, people, tokens
from billing.payers.actors import Actor, log_view
from billing.payers.levels import LEVELS
from billing.payments.words import first_name_of
from records.access.client import origin_of
from records.access.gate import SignedInRequest, public_page, send_logged, signed_in_page

SESSION_KEY = "payer_invitation_open"


@public_page
@require_safe
def open_invitation(request: HttpRequest) -> HttpResponse:
    """From the mail. The token is exchanged for the session's at once; who signs in with the right address may accept."""
    invitation = invitations.find(tokens.read(tokens.INVITATION, request.GET.get("t", "")), timezone.now())
    if invitation is None:
        return _closed(request)
    request.session[SESSION_KEY] = str(invitation.pk)
    accept_url = reverse("billing:invitation")
    if request.user.is_authenticated:
        return redirect(accept_url)
    sign_in_url = f"{reverse('account_login')}?{urlencode({'next': accept_url})}"
    return render(request, "billing/payers/invitation_open.html", {"sign_in_url": sign_in_url})


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: SignedInRequest) -> HttpResponseBase:
    """Whose bill, by first name, and what can be seen; accepted by the button, by the invited address alone."""
    now = timezone.now()
    held = request.session.get(SESSION_KEY)
    invitation = invitations.find(uuid.UUID(held) if held else None, now)
    if invitation is None:
        return _closed(request)
    addresses = invitations.addresses_of(request.user)
    if request.user.is_staff or invitation.email not in addresses:
        return render(request, "billing/payers/invitation_other.html", status=403)
    if request.method == "POST":
        try:
            origin = origin_of(request)
            people.accept(invitation=invitation, user=request.user, addresses=addresses, origin=origin, at=now)
        except people.NotUsable:
            return _closed(request)
        del request.session[SESSION_KEY]
        messages.success(request, _("You can now see and pay this bill."))
        return redirect("billing:account", account=invitation.account_id)
    context = {"name": first_name_of(invitation.account), "level": LEVELS[invitation.role]}
    actor = Actor(request.user, origin_of(request))
    page = render(request, "billing/payers/invitation.html", context)
    return send_logged(request, page, lambda: log_view(people.KIND, invitation.pk, actor, now))


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "billing/payers/invitation_closed.html", status=404)
