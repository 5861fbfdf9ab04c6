"""A process that is killed with signal 9 at a named point: `python -m tests.billing.payments.dying POINT ID`.

It works on the database of the test that started it, as a web process or a worker would.
"""

import os
import signal
import sys
import uuid
from collections.abc import Callable
from typing import Any


def die_around(owner: Any, name: str, *, is_after: bool) -> None:
    """Makes the process die as it calls `owner.name`, or once the call is through."""
    real: Callable[..., Any] = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> None:
        if is_after:
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


def main(point: str, pk: str) -> None:
    from django.utils import timezone

    from billing.ledger import paying, returns
    from billing.payments import actions, settling
    from billing.payments.gateways.registry import gateway
    from billing.payments.models import PaymentAttempt
    from billing.payments.refunds import sending
    from tests.billing.payments.steps import open_page

    job, owner, name, is_after = {
        "before the page is asked for": ("open", gateway(), "open_checkout", False),
        "after the page was made": ("open", gateway(), "open_checkout", True),
        "before the provider is read": ("settle", gateway(), "read_checkout", False),
        "after the provider was read": ("settle", settling, "record", False),
        "before the payment is posted": ("settle", paying, "pay", False),
        "after it was posted, before the commit": ("settle", paying, "pay", True),
        "after the commit": ("settle", settling, "record", True),
        "before the refund is asked for": ("refund", gateway(), "request_refund", False),
        "after the refund was made": ("refund", gateway(), "request_refund", True),
        "before the refund is posted": ("refund", returns, "refund", False),
        "after the refund was posted, before the commit": ("refund", returns, "refund", True),
        "before a chargeback is posted": ("chargeback", returns, "withhold", False),
        "after a chargeback was posted, before the commit": ("chargeback", returns, "withhold", True),
        "while a page that is given up is closed": ("close", actions.settling, "record", False),
    }[point]
    die_around(owner, name, is_after=is_after)
    if job == "open":
        open_page(PaymentAttempt.objects.get(pk=pk))
    elif job == "settle":
        settling.settle(attempt_id=uuid.UUID(pk), at=timezone.now())
    elif job == "refund":
        sending.send(refund_id=uuid.UUID(pk), at=timezone.now())
    elif job == "chargeback":
        settling.settle_payment(ref=pk, at=timezone.now())
    else:
        actions._close(PaymentAttempt.objects.get(pk=pk), timezone.now())


if __name__ == "__main__":
    import django

    django.setup()
    main(*sys.argv[1:])
