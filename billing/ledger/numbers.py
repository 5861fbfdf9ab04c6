"""Account numbers: guarantor and visit accounts share one namespace, so a look-up is never ambiguous.

Numbers the portal issues are random and end in a Damm check digit, which catches every single wrong digit
and every swap of neighbours (payments.md §5). Imported numbers are kept as they are.
"""

import secrets

# The order-10 quasigroup of H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

GUARANTOR_DIGITS = 8
VISIT_DIGITS = 10


def check_digit(digits: str) -> str:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)


def is_valid(number: str) -> bool:
    """Whether a number the portal issued was typed without a slip."""
    return number.isascii() and number.isdigit() and check_digit(number) == "0"


def issue(length: int) -> str:
    """A random number of `length` digits that does not begin with 0."""
    body = str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(length - 2))
    return body + check_digit(body)


def normalize(typed: str) -> str:
    """What somebody typed or pasted, without the spaces, dashes and dots that statements print."""
    return "".join(character for character in typed if character.isalnum()).upper()


def grouped(number: str) -> str:
    """For reading aloud and copying: in fours, as "1020 4417" and "7000 2133 05"."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
