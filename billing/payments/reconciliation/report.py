"""Counting, and keeping one broken item from stopping the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from billing.payments.gateways.protocol import NotSent, OutcomeUnknown
from billing.payments.reconciliation.models import ReconciliationRun

logger = logging.getLogger("portal.payments")
MOST_PROBLEMS = 200
MOST_UNANSWERED = 5


@contextmanager
def isolated(run: ReconciliationRun, what: str) -> Iterator[None]:
    """Notes a failure under `what` and goes on."""
    try:
        yield
        run.unanswered = 0
    except Exception as error:  # noqa: BLE001 (whatever it is, the next item has its turn)
        run.failed += 1
        run.unanswered = run.unanswered + 1 if type(error) in (NotSent, OutcomeUnknown) else 0
        if run.failed <= MOST_PROBLEMS:
            run.problems += f"{what}: {type(error).__name__}\n"
        logger.warning("reconciliation: %s could not be worked: %s", what, type(error).__name__)


def is_answering(run: ReconciliationRun) -> bool:
    """False once so many requests in a row had no answer that to go on asking would take hours."""
    return run.unanswered < MOST_UNANSWERED
