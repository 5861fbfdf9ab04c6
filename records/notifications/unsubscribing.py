"""The link in every mail that may be turned off: one press, without signing in (RFC 8058)."""

import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from records.access.models import User
from records.notifications.choices import Category, Channel, Mode
from records.notifications.preferences import choose

SALT = "notifications.unsubscribe"


def address_of(user: User, category: Category) -> str:
    """The whole address; it can turn off this category's e-mail and nothing else, and does not expire."""
    token = signing.Signer(salt=SALT).sign(f"{user.pk.hex}.{category}")
    return f"{settings.PORTAL_URL}{reverse('records:unsubscribe')}?{urlencode({'t': token})}"


def read(token: str) -> tuple[User, Category] | None:
    """Whom and what a link turns off; None when it is not ours."""
    try:
        person, _dot, category = signing.Signer(salt=SALT).unsign(token).rpartition(".")
        user = User.objects.filter(pk=uuid.UUID(person)).first()
        return (user, Category(category)) if user else None
    except (signing.BadSignature, ValueError):
        return None


def headers_of(user: User, category: Category) -> dict[str, str]:
    """What mail programs draw their own button from."""
    return {
        "List-Unsubscribe": f"<{address_of(user, category)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def turn_off(user: User, category: Category) -> None:
    choose(user=user, category=category, channel=Channel.EMAIL, mode=Mode.OFF)
