"""Pay links in the words of the page that lists them."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from billing.payers import links, tokens
from billing.payers.links import LinkState
from billing.payers.models import PayLink
from billing.payments.words import payer_words

_TAG_KINDS = {LinkState.OPEN: "good", LinkState.TAKEN: "warn", LinkState.SPENT: "good"}


@dataclass(frozen=True)
class ShownLink:
    """A link with its state and money. `address` is what to send; empty when the link is closed."""

    link: PayLink
    state: LinkState
    tag_kind: str
    paid_cents: int
    payments: int
    promised_cents: int
    left_cents: int
    address: str

    @property
    def paid_part(self) -> str:
        """In hundredths of what is asked for, as SVG wants them in every language."""
        return self._hundredths(self.paid_cents)

    @property
    def reached(self) -> str:
        """With what somebody is paying now."""
        return self._hundredths(self.paid_cents + self.promised_cents)

    def _hundredths(self, cents: int) -> str:
        return f"{min(100 * cents / self.link.amount_cents, 100):.2f}"

    @property
    def is_open(self) -> bool:
        return self.state in (LinkState.OPEN, LinkState.TAKEN)


@dataclass(frozen=True)
class LinkPayment:
    cents: int
    date: dt.datetime
    by: str
    attempt_id: uuid.UUID


def shown(found: Sequence[PayLink], request: HttpRequest, at: dt.datetime) -> list[ShownLink]:
    """In one query for all of them."""
    tallies = links.tallies(found)
    return [_shown(link, tallies[link.pk], request, at) for link in found]


def _shown(link: PayLink, tally: links.Tally, request: HttpRequest, at: dt.datetime) -> ShownLink:
    state = links.state_of(link, tally, at)
    is_open = state in (LinkState.OPEN, LinkState.TAKEN)
    return ShownLink(
        link=link,
        state=state,
        tag_kind=_TAG_KINDS.get(state, "plain"),
        paid_cents=tally.paid_cents,
        payments=tally.payments,
        promised_cents=tally.promised_cents(),
        left_cents=links.left_cents(link, tally),
        address=request.build_absolute_uri(tokens.path_of(tokens.LINK, link.pk)) if is_open else "",
    )


def who_paid(link: PayLink) -> list[LinkPayment]:
    """What came in with one link, the newest first; without what went back since."""
    paid = links.attempts_with([link]).filter(paid_at__isnull=False).order_by("-paid_at")
    return [
        LinkPayment(
            cents=attempt.held,
            date=attempt.paid_at,
            by=payer_words(attempt.payer_kind, attempt.payer_name),
            attempt_id=attempt.pk,
        )
        for attempt in paid
        if attempt.paid_at
    ]
