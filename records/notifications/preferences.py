"""How and when one person wants to be told."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from records.access.models import User
from records.notifications.choices import DEFAULTS, Category, Channel, Mode
from records.notifications.models import ChannelChoice, Preferences, Suppression


@dataclass(frozen=True)
class Wishes:
    """Read once; `modes` holds what was chosen, everything else is as DEFAULTS say."""

    phone: str
    quiet: tuple[dt.time, dt.time] | None
    modes: dict[tuple[str, str], str]
    suppressed: frozenset[str]

    def mode(self, category: Category, channel: Channel) -> Mode:
        return Mode(self.modes.get((category, channel), DEFAULTS[channel]))

    def not_before(self, at: dt.datetime) -> dt.datetime:
        """`at`, or the end of the quiet hours that it falls into."""
        if self.quiet is None:
            return at
        begin, end = self.quiet
        now = timezone.localtime(at)
        is_quiet = begin <= now.time() < end if begin < end else now.time() >= begin or now.time() < end
        if not is_quiet or begin == end:
            return at
        day = now.date() if now.time() < end else now.date() + dt.timedelta(days=1)
        return timezone.make_aware(dt.datetime.combine(day, end))


def wishes_of(user: User) -> Wishes:
    """What the person has chosen, in three queries."""
    known = Preferences.objects.filter(user=user).first()
    phone = known.phone if known else ""
    quiet = (known.quiet_from, known.quiet_until) if known and known.quiet_from and known.quiet_until else None
    choices = ChannelChoice.objects.filter(user=user).values_list("category", "channel", "mode")
    suppressed = Suppression.objects.filter(address__in=[user.email.lower(), phone]).values_list("address", flat=True)
    return Wishes(
        phone=phone,
        quiet=quiet,
        modes={(category, channel): mode for category, channel, mode in choices},
        suppressed=frozenset(suppressed),
    )


def choose(*, user: User, category: Category, channel: Channel, mode: Mode) -> None:
    ChannelChoice.objects.update_or_create(user=user, category=category, channel=channel, defaults={"mode": mode})


def keep_quiet(*, user: User, begin: dt.time | None, end: dt.time | None) -> None:
    """Nothing that can wait is sent from `begin` to `end`; None for both ends the quiet hours."""
    Preferences.objects.update_or_create(user=user, defaults={"quiet_from": begin, "quiet_until": end})


def forget_phone_of(user: User) -> None:
    Preferences.objects.filter(user=user).update(phone="")
