"""The letter as a tagged PDF (PDF/UA-1) whose bytes follow from what it says and nothing else."""

import datetime as dt
import functools
import io
import json
from dataclasses import asdict
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.ledger import numbers
from billing.statements.letter import Letter

_TEMPLATE = Path(__file__).with_name("letter.typ")


class NotPrintable(ValueError):
    """The letter cannot be set, as when a name needs letters that no font here has (STATEMENT_FONTS)."""


def render(letter: Letter, *, number: str, code_address: str, at: dt.datetime) -> bytes:
    """The file of one statement; `code_address` goes into its square code. Raises NotPrintable."""
    words = {
        **asdict(letter),
        "rows": [asdict(row) | {"number": numbers.grouped(row.number)} for row in letter.rows],
        "facts": [
            *((label, numbers.grouped(value)) for label, value in letter.numbers),
            (letter.issued_label, letter.issued),
        ],
        "document_title": _("Statement %(number)s") % {"number": numbers.grouped(number)},
        "language": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
        "organization": settings.ORGANIZATION_NAME,
        "from": settings.ORGANIZATION_ADDRESS,
        "footer": _("Statement %(number)s") % {"number": numbers.grouped(number)},
        "page": _("Page"),
        "visits_title": _("Your visits"),
        "sums_title": _("What to pay"),
        "sums_columns": [_("What"), _("Amount")],
        "code": {
            "picture": _picture(code_address),
            "alt": _("A square code that opens this bill for paying. Instead of it you can use the address beside it."),
            "caption": _("Scan to pay this bill"),
        },
    }
    try:
        # A compiler serves one thread; it costs half a millisecond.
        printed = typst.Compiler(_TEMPLATE, font_paths=_fonts()).compile(
            sys_inputs={"letter": json.dumps(words)},
            format="pdf",
            pdf_standards="ua-1",
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise NotPrintable(error.message) from error
    assert isinstance(printed, bytes)
    return printed


def _picture(address: str) -> str:
    """The code as SVG: middling error correction and a quiet zone, for folded paper and old telephones."""
    picture = io.BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", scale=4, border=4, dark="#1f2033", light="#fff")
    return picture.getvalue().decode()


@functools.cache
def _fonts() -> typst.Fonts:
    """Only the fonts that come with typst, and the installation's own: every machine makes the same bytes."""
    folders = [settings.STATEMENT_FONTS] if settings.STATEMENT_FONTS else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
