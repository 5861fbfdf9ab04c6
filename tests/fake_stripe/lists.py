"""Lists: newest first, filtered, page by page; and fields expanded to the objects that they name."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.fake_stripe.errors import ApiError, missing
from tests.fake_stripe.state import Fake
from tests.fake_stripe.store import Row

MOST = 100
DEEPEST = 4


def lister(kind: str, url: str, *filters: str) -> Callable[[Fake, dict[str, Any]], Row]:
    """The list call for objects of `kind`; `filters` are parameters that a field of theirs must equal."""

    def listed(fake: Fake, params: dict[str, Any]) -> Row:
        equal = {name: params[name] for name in filters if name in params}
        rows = [row for row in fake.store.all(kind, **equal) if _fits(row, params)]
        return _page(rows[::-1], params, kind, url)

    return listed


def expanded(fake: Fake, answer: Row, paths: Iterable[str]) -> Row:
    """A copy in which the named fields hold objects. Raises ApiError for a field that names none."""
    answer = fake.store.snapshot(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            raise ApiError(400, f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}")
        _expand(fake, answer, parts, path)
    return answer


def _expand(fake: Fake, row: Row, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    if name == "data" and row.get("object") == "list":
        for item in row["data"]:
            _expand(fake, item, rest, path)
        return
    if row["object"] not in _EXPANDABLE.get(name, ()):
        raise ApiError(400, f"This property cannot be expanded ({path}).")
    found = fake.store.find(row.get(name))
    if found is not None:
        row[name] = fake.store.snapshot(found)
    if rest and isinstance(row.get(name), dict):
        _expand(fake, row[name], rest, path)


_EXPANDABLE = {
    "payment_intent": ("checkout.session", "charge", "refund", "dispute"),
    "latest_charge": ("payment_intent",),
    "balance_transaction": ("charge", "refund"),
    "failure_balance_transaction": ("charge", "refund"),
    "charge": ("refund", "dispute"),
    "source": ("balance_transaction",),
}


def _fits(row: Row, params: dict[str, Any]) -> bool:
    created = params.get("created", {})
    if isinstance(created, str):
        created = {"gte": created, "lte": created}
    bounds = {
        "gt": lambda bound: row["created"] > bound,
        "gte": lambda bound: row["created"] >= bound,
        "lt": lambda bound: row["created"] < bound,
        "lte": lambda bound: row["created"] <= bound,
    }
    is_in_time = all(bounds[name](int(bound)) for name, bound in created.items())
    return is_in_time and ("types" not in params or row["type"] in params["types"])


def _page(rows: list[Row], params: dict[str, Any], kind: str, url: str) -> Row:
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= MOST:
        raise ApiError(400, "This value must be between 1 and 100.", param="limit")
    after = params.get("starting_after")
    if after is not None:
        at = next((number for number, row in enumerate(rows) if row["id"] == after), None)
        if at is None:
            raise missing(kind, after)
        rows = rows[at + 1 :]
    return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": url}
