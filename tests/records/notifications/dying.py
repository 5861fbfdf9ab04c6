"""A worker that is killed with signal 9 at a named point: `python -m tests.records.notifications.dying POINT ID PORT`.

It works on the database of the test that started it; at "as it waits for the answer" the test kills it.
"""

import sys
import uuid


def main(point: str, pk: str, port: str) -> None:
    from django.conf import settings
    from django.utils import timezone

    from records.notifications import delivery
    from tests.billing.payments.dying import die_around
    from tests.records.notifications.steps import smtp

    settings.MAILERS = smtp(int(port), timeout=60)
    where = {
        "before the mail server is asked": (delivery, "_hand_over", False),
        "after the mail server took it": (delivery, "_hand_over", True),
        "after it was noted": (delivery, "_end", True),
    }
    if point in where:
        owner, name, is_after = where[point]
        die_around(owner, name, is_after=is_after)
    delivery.deliver(notification_id=uuid.UUID(pk), at=timezone.now())


if __name__ == "__main__":
    import django

    django.setup()
    main(*sys.argv[1:])
