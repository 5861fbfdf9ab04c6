"""The characters as a picture: large and dark enough to read, bent and crossed enough to bother a script.

The library's own drawing reseeds Python's `random` for the whole process; this one has a chance of its own.
"""

import hashlib
import io
import random
from typing import Literal

from captcha.conf import settings as library
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

# As it is shown; drawn twice as large for sharp screens.
WIDTH, HEIGHT = 300, 96
_SCALE = 2
_FONT_SIZE = 46
_TILT = 13

type Scheme = Literal["light", "dark"]
# Paper and ink (static/css/tokens.css): about 9:1 in both.
_COLOURS: dict[str, tuple[str, str]] = {"light": ("#f3f1fb", "#2f2677"), "dark": ("#23232f", "#cfc8ff")}


def draw(characters: str, *, key: str, scheme: Scheme) -> bytes:
    """A PNG; the same key gives the same picture, so that several looks show no more than one."""
    paper, ink = _COLOURS[scheme]
    seed = hashlib.sha256(f"{settings.SECRET_KEY}{key}".encode()).digest()
    chance = random.Random(seed)  # noqa: S311 (bends letters; the characters come from `secrets`)
    picture = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), paper)
    step = picture.width / (len(characters) + 0.6)
    for place, character in enumerate(characters):
        letter = _letter(character, chance)
        left = round(step * (place + 0.8) - letter.width / 2)
        top = (picture.height - letter.height) // 2 + chance.randint(-10, 10) * _SCALE // 2
        picture.paste(Image.new("RGB", letter.size, ink), (left, top), letter)
    _cross(picture, ink, chance)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _letter(character: str, chance: random.Random) -> Image.Image:
    """One character as a mask, a little larger or smaller, and tilted."""
    size = _FONT_SIZE * _SCALE * chance.randint(90, 108) // 100
    font = ImageFont.truetype(library.CAPTCHA_FONT_PATH, size)
    mask = Image.new("L", (size * 3 // 2, size * 3 // 2))
    ImageDraw.Draw(mask).text((mask.width // 2, mask.height // 2), character, font=font, fill=255, anchor="mm")
    return mask.rotate(chance.uniform(-_TILT, _TILT), resample=Image.Resampling.BICUBIC)


def _cross(picture: Image.Image, ink: str, chance: random.Random) -> None:
    """Two thin lines across, and some dots: they touch the letters without hiding them."""
    pen = ImageDraw.Draw(picture)
    for _ in range(2):
        heights = [chance.randint(picture.height // 4, picture.height * 3 // 4) for _ in range(5)]
        pen.line([(picture.width * i // 4, height) for i, height in enumerate(heights)], fill=ink, width=_SCALE)
    for _ in range(160):
        x, y = chance.randrange(picture.width), chance.randrange(picture.height)
        pen.ellipse((x, y, x + _SCALE, y + _SCALE), fill=ink)
