"""Pay My Bill by a code that comes by e-mail, without characters to read."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.guest import codes, lookup, tries
from billing.guest.forms import AskForm, EnterForm
from billing.guest.gate import let_in
from records.access.gate import public_page

SESSION_KEY = "guest_code"


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Asks whose bill; the answer is the same whether it exists, has an address, or was asked for too often."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "billing/guest/code_ask.html", {"form": form})
    number, last_name = form.cleaned_data["account_number"], form.cleaned_data["last_name"]
    may_ask = tries.may_ask_for_code(request, number)
    found = lookup.seek(number, last_name)
    # Too many: nothing is written, and the next page waits for a code that nobody has.
    code_id = codes.ask(found=found, at=timezone.now()).pk if may_ask else uuid.uuid4()
    request.session[SESSION_KEY] = str(code_id)
    return redirect("billing:guest_code_enter")


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Takes the code, in the browser that asked for it."""
    held = request.session.get(SESSION_KEY)
    if held is None:
        return redirect("billing:guest_code")
    form = EnterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        may_enter = tries.may_enter_code(request)
        match = codes.redeem(code_id=uuid.UUID(held), typed=form.cleaned_data["code"], at=timezone.now())
        if match is not None and may_enter:
            del request.session[SESSION_KEY]
            return let_in(request, match)
        form.add_error("code", _("This code does not open a bill. Look at the newest e-mail, or ask for a new code."))
    return render(request, "billing/guest/code_enter.html", {"form": form})
