"""What allauth asks of us: who is throttled, where a request comes from, what signing up gives."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import activation
from portal.accounts.actions import CodeNotUsable
from records.access import throttle
from records.access.client import address_of, network_of
from records.access.models import User

logger = logging.getLogger("portal.accounts")

# Login.gov's limits. Nobody can lock somebody else out: what counts is the pair, and the address alone.
TRIES_PER_PAIR, TRIES_PER_ADDRESS, SECONDS = 5, 20, 60


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That e-mail address and password do not go together. Check both and try again."),
        "too_many_login_attempts": _("Too many tries. Wait a minute, then try again."),
        "incorrect_password": _("That is not your password. Check it and try again."),
        "enter_current_password": _("That is not your current password. Check it and try again."),
        "incorrect_code": _("That code is not right. Check it and try again."),
        "same_as_current": _("That is the address you have now. Enter another one."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is by activation code alone (views.py)."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Never empty, since sessions record it; behind a Unix socket there is no address of its own."""
        return address_of(request) or "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing listens on it)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Throttles before the password is hashed, whether or not there is such an account.

        allauth's own count is keyed by e-mail address alone, with which outsiders could lock a patient out.
        """
        network = network_of(self.get_client_ip(request))
        allowed = [
            throttle.hit("sign-in-address", network, limit=TRIES_PER_ADDRESS, seconds=SECONDS),
            throttle.hit("sign-in", f"{credentials.get('email')} {network}", limit=TRIES_PER_PAIR, seconds=SECONDS),
        ]
        if not all(allowed):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.info("sign-in failed from %s", self.get_client_ip(request))

    def post_login(self, request: HttpRequest, user: User, *, signup: bool, **kwargs: Any) -> HttpResponse:
        """Whoever has just signed up and verified their e-mail address gets the record they proved is theirs."""
        logger.info("user %s signed in from %s", user.pk, self.get_client_ip(request))
        if signup:
            try:
                activation.redeem(request, user, timezone.now())
            except CodeNotUsable:
                messages.error(request, _("Your account is ready, but the activation code can no longer be used."))
        return super().post_login(request, user, signup=signup, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("portal:settings")
