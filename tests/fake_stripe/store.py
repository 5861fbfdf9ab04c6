"""What Stripe keeps: objects in the order in which they were made, as the JSON that is sent, unexpanded."""

import copy
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.fake_stripe.errors import missing

type Row = dict[str, Any]


class Store:
    """`clock` says the time in seconds; `moved` seconds are added, so that tests need not wait."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self.moved = clock, 0
        self._rows: dict[str, Row] = {}
        self._number = itertools.count(1)
        # What the API does not show: which test number was used, and what is due when.
        self.hidden: dict[str, dict[str, Any]] = {}

    def now(self) -> int:
        return int(self._clock() + self.moved)

    def add(self, prefix: str, kind: str, **fields: Any) -> Row:
        """Makes an object with an id that nobody can guess and that sorts by age."""
        ref = f"{prefix}_{next(self._number):06d}{secrets.token_hex(8)}"
        row = {"id": ref, "object": kind, "created": self.now(), **fields}
        self._rows[ref] = row
        self.hidden[ref] = {}
        return row

    def get(self, kind: str, ref: Any) -> Row:
        """Raises ApiError as Stripe does for an id that it does not know."""
        row = self._rows.get(str(ref))
        if row is None or row["object"] != kind:
            raise missing(kind.rpartition(".")[2], str(ref))
        return row

    def find(self, ref: Any) -> Row | None:
        return self._rows.get(ref) if isinstance(ref, str) else None

    def all(self, kind: str, **fields: Any) -> Iterator[Row]:
        """Oldest first."""
        for row in list(self._rows.values()):
            if row["object"] == kind and all(row.get(name) == value for name, value in fields.items()):
                yield row

    def snapshot(self, row: Row) -> Row:
        return copy.deepcopy(row)
