"""Enough of a name to know whose bill it is, and no more."""

from billing.ledger.models import Guarantor


def masked_name(guarantor: Guarantor | None) -> str:
    """Like J••• S•••: first letters, and always three dots, so that the length says nothing."""
    if guarantor is None:
        return "•••"
    parts = [name.strip()[:1] + "•••" for name in (guarantor.given_name, guarantor.family_name) if name.strip()]
    return " ".join(parts)
