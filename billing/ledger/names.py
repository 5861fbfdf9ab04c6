"""How last names are compared when somebody pays without signing in."""

import unicodedata

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v", "md", "phd", "esq"})
# Letters that no Unicode decomposition takes apart.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
# As many characters as GuarantorNameKey holds.
_LONGEST = 200
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻ`´"))


def name_key(last_name: str) -> str:
    """The form in which two spellings of one last name are equal; empty when nothing is left.

    "O’Brien" = "obrien", "García-López" = "garcialopez", "Smith, Jr." = "smith". An empty key matches nobody.
    """
    # Apostrophes go before NFKD, which would turn some of them into a space.
    text = unicodedata.normalize("NFKD", last_name.translate(_APOSTROPHES)).casefold().translate(_LETTERS)
    letters = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    tokens = letters.split()
    while len(tokens) > 1 and tokens[-1] in _SUFFIXES:
        tokens.pop()
    return "".join(tokens)[:_LONGEST]
