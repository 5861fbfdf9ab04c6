"""What the SDK raises, in the words of the protocol: was it done, was it not, or does nobody know?"""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from billing.payments.gateways.protocol import NotSent, OutcomeUnknown, Refused
from billing.payments.gateways.stripe.transport import Tries, counting


class NotUnderstood(OutcomeUnknown):
    """Stripe answered with something that this version does not know; events that meet it end before staff."""


@contextmanager
def asking() -> Iterator[None]:
    """Around each request. Raises Refused, NotSent or OutcomeUnknown.

    A key that Stripe does not accept is our mistake and says nothing of the payment: asking again is safe.
    Another order under a used key is unknown too, since the first one may have been carried out.
    """
    with counting() as tries:
        try:
            yield
        except (stripe.RateLimitError, stripe.AuthenticationError, stripe.PermissionError) as error:
            raise _undone(error, tries) from error
        except stripe.APIConnectionError as error:
            raise _undone(error, tries) from error
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            raise Refused(_words(error)) from error
        except stripe.StripeError as error:
            raise OutcomeUnknown(_words(error)) from error


def _undone(error: stripe.StripeError, tries: Tries) -> NotSent | OutcomeUnknown:
    """Nothing was done, unless an earlier try of the same request arrived and its answer was lost."""
    return OutcomeUnknown(_words(error)) if tries.lost else NotSent(_words(error))


def _words(error: stripe.StripeError) -> str:
    said = error.user_message or type(error).__name__
    return f"stripe: {said}"[:200]
