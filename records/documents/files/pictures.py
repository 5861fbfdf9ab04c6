"""Photos: decoded, turned upright, and saved anew, so that nothing but the picture is left of the file."""

import io
import struct
import zlib

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from records.documents.files.refusals import Refused

# Decoded, a picture takes up to four bytes a pixel; phones take fewer than this.
MOST_PIXELS = 50_000_000
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, zlib.error)
_TOO_LARGE = _("This picture has too many pixels. Make it smaller, and add it again.")


def saved_again(data: bytes, kind: str) -> bytes:
    """The same picture without its metadata (place, camera, comments) and without anything hidden behind it.

    `kind` is "JPEG" or "PNG". Raises Refused for what is no whole picture, and for bombs before decoding them.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused(_TOO_LARGE)
            picture = ImageOps.exif_transpose(image)
            return _written(_plain(picture, kind), kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_TOO_LARGE) from None
    except _BROKEN:
        raise Refused(_("This picture cannot be opened. Take or save it again, and add it again.")) from None


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """Copied into a new image, which has no memory of the file it came from."""
    is_clear = kind == "PNG" and picture.has_transparency_data
    converted = picture.convert("RGBA" if is_clear else "RGB")
    fresh = Image.new(converted.mode, converted.size)
    fresh.paste(converted)
    return fresh


def _written(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()
