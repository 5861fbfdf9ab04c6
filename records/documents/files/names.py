"""What a file may be called: what its sender called it, as far as that is a name and nothing else."""

import re
import unicodedata
from pathlib import PurePosixPath

from records.documents.files.models import NAME_LENGTH

_FORBIDDEN = re.compile(r'[<>:"|?*%]')


def clean_name(name: str, suffixes: tuple[str, ...]) -> str:
    """The last part of the path, without characters that steer (control, bidirectional, private), ending as its type does.

    `suffixes` are what files of its type are called; the first is added where none of them is there.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(_visible(each) for each in last)
    plain = " ".join(_FORBIDDEN.sub("_", visible).split()).lstrip(". ").rstrip(". ")
    path = PurePosixPath(plain or "file")
    if path.suffix.lower() in suffixes:
        return path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix
    return str(path)[: NAME_LENGTH - len(suffixes[0])] + suffixes[0]


def _visible(character: str) -> str:
    """Without every category C; of them only format characters, which hold the bidirectional ones, leave no gap."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else character
