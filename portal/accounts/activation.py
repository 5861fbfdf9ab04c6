"""The proof that somebody holds a code and knows the birth date, and how long a browser session keeps it."""

import datetime as dt

from django.http import HttpRequest

from portal.accounts import actions, codes
from portal.accounts.models import ActivationCode
from records.access import throttle
from records.access.client import address_of, network_of, origin_of
from records.access.models import Grant, User

SESSION_KEY = "activation"
# Time to choose a password and find the verification e-mail.
KEPT = dt.timedelta(minutes=30)

TRIES_PER_ADDRESS, ADDRESS_SECONDS = 20, 60 * 60
TRIES_PER_CODE, CODE_SECONDS = 10, 24 * 60 * 60


def prove(request: HttpRequest, *, code: str, birth_date: dt.date, at: dt.datetime) -> bool:
    """Checks code and birth date, and remembers success in the session.

    A wrong, used, revoked or expired code, a wrong date and too many tries are told apart by nothing:
    each takes the same steps and the same answer.
    """
    network = network_of(address_of(request))
    allowed = [
        throttle.hit("activate-address", network, limit=TRIES_PER_ADDRESS, seconds=ADDRESS_SECONDS, at=at),
        throttle.hit("activate-code", codes.normalize(code), limit=TRIES_PER_CODE, seconds=CODE_SECONDS, at=at),
    ]
    found = ActivationCode.objects.usable(at).filter(digest=codes.digest(code), patient__birth_date=birth_date).first()
    if found is None or not all(allowed):
        return False
    request.session[SESSION_KEY] = {"id": str(found.pk), "until": (at + KEPT).isoformat()}
    return True


def proven(request: HttpRequest, at: dt.datetime) -> ActivationCode | None:
    """The code proved in this session, while it can still be used."""
    kept = request.session.get(SESSION_KEY)
    if kept is None or dt.datetime.fromisoformat(kept["until"]) <= at:
        return None
    return ActivationCode.objects.usable(at).filter(pk=kept["id"]).select_related("patient").first()


def redeem(request: HttpRequest, user: User, at: dt.datetime) -> Grant:
    """Spends the session's proven code for `user`; raises CodeNotUsable when there is none any more."""
    activation = proven(request, at)
    request.session.pop(SESSION_KEY, None)
    if activation is None:
        raise actions.CodeNotUsable
    return actions.redeem(activation=activation, user=user, at=at, origin=origin_of(request))
