"""The provider's hosted page. What it shows follows from the checkout, so that Back and reload are right."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing.payments.gateways.protocol import Refused
from billing.sandbox import actions
from billing.sandbox.forms import PayForm
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout
from billing.sandbox.states import CheckoutStatus, PaymentStatus
from records.access.gate import public_page


@public_page
@require_safe
def checkout(request: HttpRequest, ref: str) -> HttpResponse:
    """Ways to pay, the bank's question, or what became of the page."""
    return _page(request, _found(ref), PayForm())


@public_page
@require_POST
def pay(request: HttpRequest, ref: str) -> HttpResponse:
    """One try; what is paid leads back to the merchant, what is declined back to the page."""
    form = PayForm(request.POST)
    if not form.is_valid():
        return _page(request, _found(ref), form)
    _found(ref)
    actions.pay(ref=ref, method=Method(form.cleaned_data["method"]), at=timezone.now())
    return _onwards(_found(ref))


@public_page
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """The bank's question, answered: only "approve" approves."""
    _found(ref)
    actions.answer(ref=ref, is_approved=request.POST.get("answer") == "approve", at=timezone.now())
    return _onwards(_found(ref))


def _found(ref: str) -> Checkout:
    try:
        return actions.look_up(ref=ref, at=timezone.now())
    except Refused as error:
        raise Http404 from error


def _onwards(checkout: Checkout) -> HttpResponseRedirect:
    if checkout.status == CheckoutStatus.COMPLETE:
        return HttpResponseRedirect(checkout.success_url)
    return redirect("sandbox:checkout", ref=checkout.ref)


def _page(request: HttpRequest, checkout: Checkout, form: PayForm) -> HttpResponse:
    last = checkout.payments.last()
    context = {
        "checkout": checkout,
        "amount": f"${checkout.amount_cents // 100:,}.{checkout.amount_cents % 100:02d}",
        "form": form,
        "is_asking": last is not None and last.status == PaymentStatus.ASKING,
        "reason": last.reason if last is not None and last.status == PaymentStatus.FAILED else "",
    }
    return render(request, "sandbox/checkout.html", context)
