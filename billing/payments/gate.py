"""The payer's gate: the URL names the account, `guarantor_access` decides, the page is logged before it is sent."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.ledger.access import PayerScope, payer_scope_for
from records.access import kinds, log
from records.access.client import origin_of
from records.access.gate import SignedInRequest, send_logged, signed_in_page
from records.access.log import Verb

KIND_BILL = kinds.register("bill", _("a bill"))


class PayerRequest(SignedInRequest):
    """What views behind `payer_page` receive; a view about one patient's visit names them for the log."""

    payer: PayerScope
    patient_id: uuid.UUID | None


type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def payer_page(*, methods: tuple[str, ...] = ("GET",)) -> Decorator:
    """A page of one guarantor account, named `account` in the URL. Without access: 404."""
    return _account_page("payer", KIND_BILL, methods)


def guarantor_page(kind: str, *, methods: tuple[str, ...] = ("GET",)) -> Decorator:
    """A page of one guarantor account for its guarantor alone, logged as `kind`; others who may pay get 403."""
    return _account_page("guarantor", kind, methods)


def _account_page(gate: str, kind: str, methods: tuple[str, ...]) -> Decorator:
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def gated(request: PayerRequest, account: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            scope = payer_scope_for(request.user, account)
            if scope is None:
                raise Http404
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            request.payer, request.patient_id = scope, None
            object_id = str(scope.account.pk)
            if gate == "guarantor" and not scope.is_guarantor:
                _append(request, kind, Verb.DENIED, object_id)
                raise PermissionDenied
            return send_logged(request, view(request, **kwargs), lambda: _append(request, kind, Verb.VIEW, object_id))

        gated.gate = gate  # type: ignore[attr-defined]
        return gated

    return decorate


def bills_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that spans whatever the signed-in user may pay; the view itself looks no further than that."""

    @functools.wraps(view)
    def gated(request: PayerRequest, **kwargs: Any) -> HttpResponseBase:
        request.patient_id = None
        object_id = str(next(iter(kwargs.values()), ""))
        return send_logged(request, view(request, **kwargs), lambda: _append(request, KIND_BILL, Verb.VIEW, object_id))

    return signed_in_page(gated)


def _append(request: PayerRequest, kind: str, verb: Verb, object_id: str) -> None:
    log.record(
        kind=kind,
        verb=verb,
        at=timezone.now(),
        actor_id=request.user.pk,
        actor_name=request.user.full_name,
        acting_as="payer",
        patient_id=request.patient_id,
        object_id=object_id,
        origin=origin_of(request),
    )
