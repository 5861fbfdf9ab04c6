"""Asks clamd whether a file is malware. Where a scanner is configured, nothing is taken without its word."""

import socket
import struct

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from records.documents.files.refusals import Refused

SECONDS = 30
_CHUNK = 64 * 1024
_MOST_ANSWER = 4096


class Unavailable(Refused):
    """The scanner gave no answer that can be relied on."""

    def __init__(self) -> None:
        super().__init__(_("Files cannot be checked for viruses at the moment, so none can be added. Try again later."))


def scan(data: bytes) -> bool:
    """True when the scanner finds nothing, False when none is configured. Raises Refused, and Unavailable in doubt."""
    if not settings.CLAMD_ADDRESS:
        return False
    try:
        answer = _ask(data)
    except (OSError, ValueError):
        raise Unavailable from None
    if answer.endswith("FOUND"):
        raise Refused(_("A virus was found in this file, so it was not taken. Check your device."))
    if answer != "stream: OK":
        raise Unavailable
    return True


def _ask(data: bytes) -> str:
    """clamd's INSTREAM (clamd(8)): length-prefixed chunks, ended by an empty one; one line comes back."""
    with _connected(settings.CLAMD_ADDRESS) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while len(answer) < _MOST_ANSWER and (part := connection.recv(_MOST_ANSWER)):
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _connected(address: str) -> socket.socket:
    """`host:port`, or the path of a Unix socket."""
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
