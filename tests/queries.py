"""What a page costs in database queries."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

# The ceiling for any page, whatever the size of the record.
BUDGET = 12


def cost_of(call: Callable[[], object]) -> int:
    """How many queries `call` makes, without the savepoints that only a test's own transaction brings."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return asked(captured)


def asked(captured: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured.captured_queries)
