"""The languages that providers speak, as BCP 47 codes with names in the reader's words."""

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

# Those most spoken at home in the United States (U.S. Census Bureau, table B16001), and sign language.
OFFERED = (
    ("en", _("English")),
    ("es", _("Spanish")),
    ("ase", _("American Sign Language")),
    ("am", _("Amharic")),
    ("ar", _("Arabic")),
    ("bn", _("Bengali")),
    ("yue", _("Cantonese")),
    ("zh", _("Chinese (Mandarin)")),
    ("fr", _("French")),
    ("de", _("German")),
    ("ht", _("Haitian Creole")),
    ("hi", _("Hindi")),
    ("hmn", _("Hmong")),
    ("it", _("Italian")),
    ("ja", _("Japanese")),
    ("ko", _("Korean")),
    ("nv", _("Navajo")),
    ("ne", _("Nepali")),
    ("fa", _("Persian")),
    ("pl", _("Polish")),
    ("pt", _("Portuguese")),
    ("ru", _("Russian")),
    ("so", _("Somali")),
    ("sw", _("Swahili")),
    ("tl", _("Tagalog")),
    ("uk", _("Ukrainian")),
    ("ur", _("Urdu")),
    ("vi", _("Vietnamese")),
)
_NAMES = dict(OFFERED)


def language_name(code: str) -> str:
    """A language in the reader's words, its region left out; an unknown code as it is."""
    for known in (code, code.partition("-")[0]):
        if known in _NAMES:
            return str(_NAMES[known])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
