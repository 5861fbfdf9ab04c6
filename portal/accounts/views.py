"""Signing up with an activation code, the settings page, and what a person sees after being signed out."""

from allauth.account.internal.flows.signup import complete_signup
from allauth.account.internal.stagekit import get_pending_stage, redirect_to_pending_stage
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import activation
from portal.accounts.actions import CodeNotUsable
from portal.accounts.forms import ActivationForm, SignUpForm
from portal.accounts.second_factor import has_second_factor
from records.access.gate import SignedInRequest, public_page, signed_in_page


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "birth_date")
def activate(request: HttpRequest) -> HttpResponse:
    """First step: the code from the clinic and the birth date."""
    form = ActivationForm(request.POST or None)
    if form.is_valid():
        if activation.prove(request, **form.cleaned_data, at=timezone.now()):
            return redirect("portal:activate_account")
        form.refuse()
    return render(request, "portal/accounts/activate.html", {"form": form})


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1")
def activate_account(request: HttpRequest) -> HttpResponse:
    """Second step: a new account, or the one that is signed in already."""
    proven = activation.proven(request, timezone.now())
    if proven is None:
        return redirect("portal:activate")
    if request.user.is_authenticated:
        return render(request, "portal/accounts/activate_here.html", {"full_name": proven.patient.full_name})
    if stage := get_pending_stage(request):
        return redirect_to_pending_stage(request, stage)
    form = SignUpForm(request.POST or None, full_name=proven.patient.full_name)
    if form.is_valid():
        user, refusal = form.try_save(request)
        return refusal or complete_signup(request, user=user)
    return render(request, "portal/accounts/activate_account.html", {"form": form})


@signed_in_page
@require_POST
def activate_here(request: SignedInRequest) -> HttpResponse:
    """Second step for somebody who has an account: the record becomes theirs."""
    try:
        activation.redeem(request, request.user, timezone.now())
    except CodeNotUsable:
        messages.error(request, _("That code cannot be used with this account. Nothing was changed."))
        return redirect("portal:activate")
    messages.success(request, _("Your record is now open to you."))
    return redirect("portal:home")


@signed_in_page
@require_safe
def settings(request: SignedInRequest) -> HttpResponse:
    """Profile and security, with the way to each change."""
    return render(request, "portal/accounts/settings.html", {"has_second_factor": has_second_factor(request.user)})


@public_page
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Says that the session is over, and leads back to the page it was on."""
    return render(request, "portal/accounts/signed_out.html", {"next": get_next_redirect_url(request) or ""})
