"""Medical record numbers from a spreadsheet saved as CSV: the column called MRN, or else the first."""

import csv
import io
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MOST_BYTES, MOST_ROWS = 1_000_000, 20_000
HEADINGS = frozenset({"mrn", "medical record number"})


def numbers_in(upload: "UploadedFile[Any]") -> list[str]:
    """Each row's number, empty ones left out. Raises ValidationError in words for whoever chose the file."""
    if upload.size is None or upload.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 1 MB. Save only the column of numbers."))
    try:
        text = upload.read().decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise ValidationError(_("This is no CSV file. Save the list as “CSV UTF-8” and choose it again.")) from None
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("This file has more than %(most)s rows.") % {"most": MOST_ROWS})
    headings = [cell.strip().lower() for cell in rows[0]] if rows else []
    column = next((place for place, heading in enumerate(headings) if heading in HEADINGS), None)
    body, column = (rows, 0) if column is None else (rows[1:], column)
    found = [row[column].strip() for row in body if len(row) > column and row[column].strip()]
    if not found:
        raise ValidationError(_("There are no numbers in this file."))
    return found
