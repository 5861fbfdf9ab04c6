"""Who books, moves or cancels."""

from typing import ClassVar

from records.access import actors
from records.access.permissions import Permission
from records.appointments import kinds


class Actor(actors.Actor):
    permission: ClassVar[Permission] = Permission.APPOINTMENTS_BOOK
    kind: ClassVar[str] = kinds.APPOINTMENT
