"""Who asks for or works on a request."""

from typing import ClassVar

from records.access import actors
from records.access.permissions import Permission
from records.refills import kinds


class Actor(actors.Actor):
    permission: ClassVar[Permission] = Permission.REFILLS_REQUEST
    kind: ClassVar[str] = kinds.REFILL
