"""The characters a guest types: made with `secrets`, legible, and spent exactly once.

They stop scripts only; the throttles carry the security (payments.md §5). While somebody is guessing, they
are longer.
"""

import secrets

from captcha.models import CaptchaStore
from django.utils import timezone

from billing.guest import tries

# No two that look alike, on paper or on a screen.
_LEGIBLE = "ACDEFHJKMNPRTVWXY3479"
LENGTH, LENGTH_UNDER_ATTACK = 5, 8


def challenge() -> tuple[str, str]:
    """The characters and the answer; settings.CAPTCHA_CHALLENGE_FUNCT names it."""
    length = LENGTH_UNDER_ATTACK if tries.is_under_attack() else LENGTH
    characters = "".join(secrets.choice(_LEGIBLE) for _ in range(length))
    return characters, characters.lower()


def spend(key: str, answer: str) -> bool:
    """Whether the answer is right, at most once: one conditional DELETE decides, even between parallel posts.

    A wrong answer spends the challenge too, so that one picture is guessed at once.
    """
    typed = "".join(answer.split()).lower()
    challenge = CaptchaStore.objects.filter(hashkey=key)
    deleted: int = challenge.filter(response=typed, expiration__gt=timezone.now()).delete()[0]
    if not deleted:
        challenge.delete()
    return deleted == 1


def characters_of(key: str) -> str | None:
    """What to draw or speak; None when it is spent or too old."""
    live = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())
    found: str | None = live.values_list("challenge", flat=True).first()
    return found
