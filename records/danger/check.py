"""Whether a text sounds dangerous, and of which kind. It over-warns rather than overlook (phrases.json is its list)."""

import functools
import json
import re
import unicodedata
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")


class Danger(models.TextChoices):
    """What kind of help is meant; the most urgent to be told of comes first."""

    SELF_HARM = "self_harm", _("Thoughts of suicide or self-harm")
    EMERGENCY = "emergency", _("Signs of an emergency")
    VIOLENCE = "violence", _("Violence at home")


def danger_in(*texts: str) -> Danger | None:
    """The kind of danger that any of the texts speaks of; None when none of them does."""
    plain = " \n ".join(_plain(text) for text in texts)
    return next((kind for kind, pattern in _patterns().items() if pattern.search(plain)), None)


def _plain(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation, one blank between words."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+", letters))


@functools.cache
def _patterns() -> dict[Danger, re.Pattern[str]]:
    listed = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
    return {
        kind: re.compile(r"\b(?:" + "|".join(re.escape(_plain(phrase)) for phrase in listed[kind]) + r")\b")
        for kind in Danger
    }
