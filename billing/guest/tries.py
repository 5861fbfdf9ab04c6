"""How often a bill may be looked up, and what happens when somebody is guessing (payments.md §5).

Everything is counted on what was submitted, whether it exists or not, and before it is looked for.
"""

import logging

from django.http import HttpRequest
from django.utils import timezone

from billing.ledger import numbers
from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from records.access import throttle
from records.access.client import address_of, network_of

logger = logging.getLogger("portal.billing")

QUARTER_HOUR, HOUR = 15 * 60, 60 * 60
PER_ADDRESS, PER_NUMBER, PER_SESSION = 10, 5, 20
# A code by e-mail asks for no characters, so it may be asked for less often.
CODES_PER_ADDRESS, CODES_PER_NUMBER, ENTRIES_PER_ADDRESS = 5, 3, 10
# When so many look-ups of the whole portal fail within ten minutes, somebody is guessing: the characters to
# type get longer, and then nobody is found by number and name. A statement's code, and one by e-mail, still work.
LONGER, BREAKER, BREAKER_SECONDS = 100, 300, 10 * 60


def may_look_up(request: HttpRequest, typed_number: str) -> bool:
    """Counts this try; False when there were too many, or the breaker is open."""
    network = network_of(address_of(request))
    session = request.session.session_key or network
    within = [
        throttle.hit("guest.address", network, limit=PER_ADDRESS, seconds=QUARTER_HOUR),
        throttle.hit("guest.number", numbers.normalize(typed_number), limit=PER_NUMBER, seconds=QUARTER_HOUR),
        throttle.hit("guest.session", session, limit=PER_SESSION, seconds=HOUR),
        throttle.peek("guest.failures", "all", limit=BREAKER, seconds=BREAKER_SECONDS),
    ]
    return all(within)


def may_ask_for_code(request: HttpRequest, typed_number: str) -> bool:
    within = [
        throttle.hit("guest.code.address", network_of(address_of(request)), limit=CODES_PER_ADDRESS, seconds=HOUR),
        throttle.hit("guest.code.number", numbers.normalize(typed_number), limit=CODES_PER_NUMBER, seconds=HOUR),
    ]
    return all(within)


def may_enter_code(request: HttpRequest) -> bool:
    network = network_of(address_of(request))
    return throttle.hit("guest.code.entry", network, limit=ENTRIES_PER_ADDRESS, seconds=QUARTER_HOUR)


def count_failure() -> None:
    """Counts a look-up that found nothing; the one that opens the breaker tells the log and billing staff, once."""
    if throttle.hit("guest.failures", "all", limit=BREAKER, seconds=BREAKER_SECONDS):
        return
    if throttle.hit("guest.alarm", "all", limit=1, seconds=BREAKER_SECONDS):
        now = timezone.now()
        logger.error("more than %s guest look-ups failed within ten minutes: nobody is let in by number", BREAKER)
        open_work_item(kind=WorkKind.GUEST_GUESSING, cause=f"guest:{now:%Y-%m-%dT%H:%M}", at=now)


def is_under_attack() -> bool:
    """Whether so many look-ups failed lately that the characters should be harder to come by."""
    return not throttle.peek("guest.failures", "all", limit=LONGER, seconds=BREAKER_SECONDS)
