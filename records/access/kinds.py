"""What access-log rows can be about, in words for the patient; each feature registers its own."""

from django.utils.functional import Promise

_KINDS: dict[str, Promise | str] = {}


def register(kind: str, words: Promise | str) -> str:
    """Names `kind` and returns it; registering another meaning under the same name raises."""
    if _KINDS.setdefault(kind, words) != words:
        raise ValueError(f"The access-log kind {kind!r} already means something else.")
    return kind


def words_for(kind: str) -> Promise | str:
    return _KINDS.get(kind, kind)


def is_registered(kind: str) -> bool:
    return kind in _KINDS
