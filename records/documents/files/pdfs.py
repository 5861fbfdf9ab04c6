"""What a PDF must not hold: programs and other files, however their names are written or packed (ISO 32000-1)."""

import re
import zlib
from collections.abc import Iterator

# 7.3.5: in a name any character may be written as # and two hexadecimal digits.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# 12.6.4 and 7.11.4. "/JS" alone comes by chance in every second large scan, so a value has to follow it.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b|/JS\s*(?:\(|<[0-9A-Fa-f<]|\d{1,10}\s+\d{1,5}\s+R\b)"
)
# 7.5.7: objects, though no content, may be packed into streams of their own, whose dictionaries are short.
_STREAM = re.compile(rb">>\s*stream\r?\n")
_LONGEST_DICTIONARY = 2000
MOST_UNPACKED = 20_000_000


def is_active(data: bytes) -> bool:
    """Whether it holds a program or a file, or objects that cannot be looked into."""
    if _is_active(data):
        return True
    try:
        return any(_is_active(objects) for objects in _packed_objects(data))
    except (zlib.error, OverflowError):
        return True


def _is_active(data: bytes) -> bool:
    return _ACTIVE.search(_unescaped(data)) is not None


def _unescaped(data: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def _packed_objects(data: bytes) -> Iterator[bytes]:
    """What object streams hold. Raises zlib.error for what is packed in another way, OverflowError for a bomb."""
    left = MOST_UNPACKED
    for stream in _STREAM.finditer(data):
        before = _unescaped(data[max(0, stream.start() - _LONGEST_DICTIONARY) : stream.start()])
        if b"/ObjStm" not in before:
            continue
        try:
            objects = zlib.decompressobj().decompress(data[stream.end() :], left)
        except zlib.error:
            if b"/ObjStm" in before[before.rfind(b"endstream") + 1 :]:
                raise
            continue  # The picture after it.
        left -= len(objects)
        if left <= 0:
            raise OverflowError
        yield objects
