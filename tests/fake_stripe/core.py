"""The fake's one door: a request in, an answer out, whichever way they travel."""

import json
import secrets
from typing import Any

from stripe._api_version import _ApiVersion

from tests.fake_stripe import conformance, forms, lists, payments, refunds, sessions
from tests.fake_stripe.errors import ApiError, Cut, server_error
from tests.fake_stripe.faults import Fault
from tests.fake_stripe.idempotency import Reply
from tests.fake_stripe.routes import Route, route_of
from tests.fake_stripe.state import Fake


class NotConformant(AssertionError):
    """The fake itself answered with something that the SDK's types do not have."""


def handle(fake: Fake, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Reply:
    """Answers one API request. Raises Cut when a fault breaks the connection."""
    try:
        route, refs = route_of(method, path)
        operation = f"{method} {route.pattern}"
        fake.asked.append(operation)
        hung = fake.faults.met(Fault.HANG, operation)
        slow = fake.faults.met(Fault.SLOW, operation)
        if fake.faults.met(Fault.CUT_BEFORE, operation):
            raise Cut
        if fake.faults.met(Fault.TOO_MANY, operation):
            raise ApiError(429, "Request rate limit exceeded.", code="rate_limit")
        _check_headers(headers)
        key = headers.get("idempotency-key") if method == "POST" else None
        saved = fake.keys.claim(key, path, body) if key else None
        if saved is None:
            if slow:
                slow.over.wait(slow.seconds)
            reply = _begin(fake, route, refs, query if method == "GET" else body.decode(), key, operation)
        else:
            reply = Reply(saved.status, saved.body, saved.headers | {"Idempotent-Replayed": "true"})
    except ApiError as error:
        return _reply(error.status, error.body)
    if saved is None and fake.faults.met(Fault.CUT_AFTER, operation):
        raise Cut
    if hung:  # What was asked is done; the answer does not come.
        hung.over.wait(hung.seconds)
    return reply


def tick(fake: Fake) -> None:
    """Carries out what time has made due: pages end, banks decide."""
    with fake.lock:
        sessions.end_due(fake)
        payments.decide_due(fake)
        refunds.decide_due(fake)


def _begin(fake: Fake, route: Route, refs: list[str], encoded: str, key: str | None, operation: str) -> Reply:
    """Checks the parameters, and saves what comes of carrying them out; what is not begun is not saved."""
    params = forms.decode(encoded)
    faults = conformance.request_faults(params, route.params)
    if faults:
        if key:
            fake.keys.release(key)
        name = faults[0].partition(":")[0]
        code = "parameter_unknown" if "unknown" in faults[0] else "parameter_invalid"
        raise ApiError(400, f"Received unknown or wrong parameter: {faults[0]}", code=code, param=name)
    try:
        with fake.lock:
            tick(fake)
            reply = _reply(200, _answer(fake, route, refs, params, operation))
    except ApiError as error:
        reply = _reply(error.status, error.body)
    if key:
        fake.keys.save(key, reply)
    return reply


def _answer(fake: Fake, route: Route, refs: list[str], params: dict[str, Any], operation: str) -> dict[str, Any]:
    if fake.faults.met(Fault.ERROR_BEFORE, operation):
        raise server_error()
    row = route.act(fake, params, *refs)
    answer = lists.expanded(fake, row, params.get("expand", []))
    faults = conformance.response_faults(answer, route.answers)
    if faults:
        raise NotConformant(faults)
    if fake.faults.met(Fault.ERROR_AFTER, operation):
        raise server_error()
    return answer


def _check_headers(headers: dict[str, str]) -> None:
    key = headers.get("authorization", "").removeprefix("Bearer ")
    if not key.startswith(("sk_test_", "rk_test_")):
        raise ApiError(401, "Invalid API Key provided.")
    version = headers.get("stripe-version")
    if version != _ApiVersion.CURRENT:
        raise ApiError(400, f"Invalid Stripe API version: {version}")


def _reply(status: int, body: dict[str, Any]) -> Reply:
    headers = {"Content-Type": "application/json", "Request-Id": f"req_{secrets.token_hex(7)}"}
    if status == 500:  # Its key repeats it, so that trying again under it is of no use.
        headers["Stripe-Should-Retry"] = "false"
    return Reply(status, json.dumps(body).encode(), headers)
