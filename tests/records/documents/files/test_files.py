"""What is taken in, and as what; what is refused, and why."""

import io
import socket
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from records.documents.files import actions, scanning
from records.documents.files.names import clean_name
from records.documents.files.refusals import Refused
from records.models import StoredFile
from tests.factories.records import UserFactory
from tests.records.documents.files import samples
from tests.records.documents.files.fake_clamd import FakeClamd

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def keep(data: bytes, name: str = "file.jpg") -> StoredFile:
    upload = SimpleUploadedFile(name, data)
    upload._name = name  # As a client may send it; Django's own cleaning is not what is shown here.
    return actions.keep(upload=upload, patient=None, user=UserFactory(), at=timezone.now())


def stored_bytes(stored: StoredFile) -> bytes:
    with stored.content.open("rb") as file:
        return file.read()


@pytest.mark.parametrize(
    ("data", "content_type", "name"),
    [
        (samples.picture("JPEG"), "image/jpeg", "scan.jpg"),
        (samples.picture("PNG"), "image/png", "scan.png"),
        (samples.PDF, "application/pdf", "scan.pdf"),
        ("Żółć\nzweite Zeile".encode(), "text/plain", "scan.txt"),
        (b"\xef\xbb\xbfwith a mark", "text/plain", "scan.txt"),
    ],
)
def test_type_is_what_the_bytes_are_whatever_the_name_says(data, content_type, name):
    stored = keep(data, "scan")
    assert (stored.content_type, stored.name, stored.size) == (content_type, name, len(stored_bytes(stored)))


@pytest.mark.parametrize(
    "data",
    [
        samples.SVG,
        b'<?xml version="1.0"?>' + samples.SVG,
        samples.HTML,
        b"\n\n  <script>alert(1)</script>",
        b"\xef\xbb\xbf" + samples.HTML,
        samples.archive(**{"a.txt": b"hello"}),
        samples.picture("GIF"),
        samples.picture("BMP"),
        samples.picture("TIFF"),
        b"\x7fELF\x02\x01\x01" + b"\0" * 60,
        b"MZ\x90\0" + b"\0" * 60,
        b"text with \0 inside",
        b"\xff\xfe\x00\x01",
        b"",
    ],
    ids=[
        "svg",
        "xml",
        "html",
        "script",
        "bom-html",
        "zip",
        "gif",
        "bmp",
        "tiff",
        "elf",
        "exe",
        "nul",
        "bytes",
        "empty",
    ],
)
def test_everything_else_is_refused(data):
    with pytest.raises(Refused):
        keep(data, "photo.jpg")
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        samples.picture("JPEG") + samples.archive(**{"a.js": b"alert(1)"}),
        samples.picture("PNG") + samples.archive(**{"a.class": b"x"}),
        samples.PDF + samples.archive(**{"a.txt": b"x"}),
        samples.picture("JPEG", comment=b"%PDF-1.4\n"),
        b"GIF89a" + samples.PDF,
        b"<html>" + samples.PDF,
        samples.PDF + b"<script>alert(1)</script>",
    ],
    ids=["jpeg-zip", "png-jar", "pdf-zip", "jpeg-pdf", "gif-pdf", "html-pdf", "pdf-html"],
)
def test_files_of_several_kinds_are_refused(data):
    with pytest.raises(Refused):
        keep(data)


@pytest.mark.parametrize("part", [b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia"])
def test_pdf_with_a_program_or_files_inside_is_refused(part):
    with pytest.raises(Refused, match="program"):
        keep(samples.PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + part + b" 2 0 R"))


def pdf_with(*objects: bytes) -> bytes:
    return samples.PDF.replace(b"trailer", b"".join(objects) + b"trailer")


def stream(dictionary: bytes, data: bytes) -> bytes:
    return b"9 0 obj<<" + dictionary + b">>\nstream\r\n" + data + b"\nendstream endobj\n"


PROGRAM = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


@pytest.mark.parametrize(
    "hidden",
    [
        b"2 0 obj<</S/J#61vaScript>>endobj\n",
        b"2 0 obj<</#4aS (app.alert)>>endobj\n",
        b"2 0 obj<</JS <6170>>>endobj\n",
        stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zlib.compress(b"2 0 " + PROGRAM)),
        stream(b"/Type/Obj#53tm/Filter/FlateDecode/X(endstream)", zlib.compress(b"2 0 " + PROGRAM)),
        stream(b"/Type/ObjStm/Filter/ASCIIHexDecode", PROGRAM.hex().encode()),
        stream(b"/Type/ObjStm/Filter/FlateDecode", zlib.compress(bytes(30_000_000))),
    ],
    ids=["escaped", "escaped-short", "hex", "packed", "packed-escaped", "packed-otherwise", "bomb"],
)
def test_program_hidden_in_a_pdf_is_refused(hidden):
    with pytest.raises(Refused, match="program"):
        keep(pdf_with(hidden), "form.pdf")


def test_large_scan_in_which_the_letters_come_by_chance_is_taken():
    noise = b"\xff/JS \x9c/JS*\x01" * 50_000
    picture = stream(b"/Subtype/Image/Filter/DCTDecode", noise)
    packed = stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zlib.compress(b"2 0 <</Type/Pages>>"))
    assert keep(pdf_with(packed, picture), "scan.pdf").content_type == "application/pdf"


def test_photo_keeps_nothing_but_the_picture():
    stored = keep(samples.photo_with_place())
    data = stored_bytes(stored)
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif()
        assert "comment" not in image.info
        assert image.size == (6, 8)  # Turned upright, now that nothing says it has to be.
    assert samples.CAMERA.encode() not in data
    assert b"taken at home" not in data


def test_what_hides_behind_a_picture_is_gone():
    data = stored_bytes(keep(samples.picture("PNG") + b"<?php system('id') ?>"))
    assert b"php" not in data


@pytest.mark.parametrize("data", [samples.bomb(), samples.bomb(9000, 9000)], ids=["900 MP", "81 MP"])
def test_decompression_bomb_is_refused_before_it_is_decoded(data):
    with pytest.raises(Refused, match="pixels"):
        keep(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_broken_picture_is_refused_in_words(kind):
    whole = samples.picture(kind, size=(64, 64))
    with pytest.raises(Refused, match="cannot be opened"):
        keep(whole[: len(whole) // 2])


def test_file_that_is_too_large_is_refused(settings):
    settings.FILE_MAX_BYTES = 1_000_000
    with pytest.raises(Refused, match="larger than 1 MB"):
        keep(b"a" * 1_000_001)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("..\\..\\windows\\system.ini", "system.ini.txt"),
        ("C:\\fakepath\\Brief.TXT", "Brief.TXT"),
        ("/", "file.txt"),
        ("....", "file.txt"),
        (".htaccess", "htaccess.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("nul\0byte.txt", "nul byte.txt"),
        ("photo\u202egnp.txt", "photognp.txt"),
        ("\u2066hidden\u2069.txt", "hidden.txt"),
        ('"><img src=x onerror=alert(1)>.txt', "___img src=x onerror=alert(1)_.txt"),
        ("Résumé 病歴.txt", "Résumé 病歴.txt"),
        ("run.exe", "run.exe.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_names_are_names_and_nothing_else(sent, kept):
    assert clean_name(sent, (".txt",)) == kept


def test_stored_name_says_nothing_and_cannot_be_guessed():
    first, second = keep(b"one", "maya-hiv-result.txt"), keep(b"one", "maya-hiv-result.txt")
    assert first.content.name != second.content.name
    assert "maya" not in first.content.name
    assert len(first.content.name.rpartition("/")[2]) >= 32


def test_scanner_sees_the_file_as_it_was_sent(settings):
    photo = samples.photo_with_place()
    with FakeClamd() as clamd:
        settings.CLAMD_ADDRESS = clamd.address
        assert keep(photo).scanned_at is not None
    assert clamd.received == [photo]


def test_virus_is_refused(settings):
    with FakeClamd() as clamd:
        settings.CLAMD_ADDRESS = clamd.address
        with pytest.raises(Refused, match="virus was found"):
            keep(samples.EICAR, "invoice.txt")
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: lstat() failed ERROR\0"])
def test_answer_that_is_no_yes_fails_closed(settings, answer):
    with FakeClamd(answer) as clamd:
        settings.CLAMD_ADDRESS = clamd.address
        with pytest.raises(scanning.Unavailable):
            keep(b"harmless")


def test_scanner_that_is_down_fails_closed(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(scanning.Unavailable, match="cannot be checked"):
        keep(b"harmless")
    settings.CLAMD_ADDRESS = "/nowhere/clamd.sock"
    with pytest.raises(scanning.Unavailable):
        keep(b"harmless")


def test_thrown_away_file_leaves_no_bytes(django_capture_on_commit_callbacks):
    stored = keep(b"hello")
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.throw_away([stored]) == 1
    assert not default_storage.exists(stored.content.name)


def test_without_a_scanner_nothing_is_said_to_be_scanned(settings):
    settings.CLAMD_ADDRESS = ""
    assert keep(b"harmless", "note.txt").scanned_at is None
