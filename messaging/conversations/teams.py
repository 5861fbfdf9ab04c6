"""The care teams that somebody may write to: those of the patient's record, with who is in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.conversations.desks import Desk
from records.access.permissions import Permission
from records.models import CareTeam

# More than this is searched rather than shown.
MANY = 6
MOST_MEMBERS = 6


@dataclass(frozen=True)
class Team:
    name: str
    members: Sequence[str]

    @property
    def words(self) -> str:
        return " ".join([self.name, *self.members]).casefold()


def teams_of(desk: Desk) -> list[Team]:
    """The patient's teams by name, each once; none for who may not see the summary they belong to."""
    if desk.scope is None or not desk.scope.may(Permission.SUMMARY):
        return []
    rows = CareTeam.objects.for_scope(desk.scope).valid().exclude(status__in=["inactive", "suspended"])
    found: dict[str, Team] = {}
    for row in rows.order_by("name", "pk").prefetch_related("members"):
        name = (row.name or row.display)[:200]
        members = [
            f"{member.name}, {member.role_display}" if member.role else member.name
            for member in row.members.all()
            if member.name
        ]
        if name and name not in found:
            found[name] = Team(name, members[:MOST_MEMBERS])
    return list(found.values())


def matching(teams: Sequence[Team], words: str, chosen: str) -> list[Team]:
    """Those in whose name or members the words occur, and the one that is chosen; the first few without words."""
    wanted = words.casefold().split()
    hits = [team for team in teams if all(word in team.words for word in wanted)] if wanted else list(teams[:MANY])
    return hits + [team for team in teams if team.name == chosen and team not in hits]
