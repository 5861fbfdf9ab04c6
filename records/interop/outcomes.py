"""What becomes of a resource."""

from enum import StrEnum


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    NOT_KEPT = "not_kept"


KEPT = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)


class Reject(Exception):
    """This resource cannot be kept; the rest can. `reason` must not repeat what the resource says."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Unreadable(Exception):
    """A whole file cannot be read; the message says why and holds no patient data."""
