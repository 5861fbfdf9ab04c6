"""The characters' picture and sound, open to all, and each only so often."""

import io

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from ranged_response import RangedFileResponse

from billing.guest.captcha import picture, sound
from billing.guest.captcha.challenges import characters_of
from billing.guest.captcha.picture import Scheme
from billing.guest.tries import QUARTER_HOUR
from records.access import throttle
from records.access.client import address_of, network_of
from records.access.gate import public_page

PICTURES_PER_ADDRESS = 120
# A player asks for one sound in several pieces, and people listen more than once.
SOUNDS_PER_ADDRESS, SOUNDS_PER_CHALLENGE = 40, 15


@public_page
@require_safe
def image(request: HttpRequest, key: str, scheme: Scheme) -> HttpResponse:
    """410 for characters that were spent, 429 when one address asks too often."""
    if not _within("captcha.picture", network_of(address_of(request)), PICTURES_PER_ADDRESS):
        return HttpResponse(status=429)
    characters = characters_of(key)
    if characters is None:
        return HttpResponse(status=410)
    return HttpResponse(picture.draw(characters, key=key, scheme=scheme), content_type="image/png")


@public_page
@require_safe
def audio(request: HttpRequest, key: str) -> HttpResponseBase:
    """The same for the sound; 503 when no voice answers."""
    if not (
        _within("captcha.sound", network_of(address_of(request)), SOUNDS_PER_ADDRESS)
        and _within("captcha.listen", key, SOUNDS_PER_CHALLENGE)
    ):
        return HttpResponse(status=429)
    characters = characters_of(key)
    if characters is None:
        return HttpResponse(status=410)
    try:
        spoken = sound.speak(characters)
    except sound.NoVoice:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    response: HttpResponseBase = RangedFileResponse(request, io.BytesIO(spoken), content_type="audio/wav")
    return response


def _within(name: str, key: str, limit: int) -> bool:
    return throttle.hit(name, key, limit=limit, seconds=QUARTER_HOUR)
