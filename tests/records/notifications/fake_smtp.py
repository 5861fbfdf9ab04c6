"""A mail server on this machine that can be sound, without TLS, refusing it, silent, or gone at the last moment."""

import contextlib
import datetime as dt
import email
import enum
import ipaddress
import socket
import ssl
import threading
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Mood(enum.Enum):
    SOUND = enum.auto()
    NO_STARTTLS = enum.auto()
    REFUSES_TLS = enum.auto()
    SILENT = enum.auto()
    BUSY = enum.auto()
    # Takes the whole message, and says nothing any more.
    HANGS_AT_THE_END = enum.auto()
    # Takes the whole message, and is gone.
    DIES_AT_THE_END = enum.auto()


def certificate(folder: Path) -> Path:
    """A key and a certificate of 127.0.0.1 that nobody vouches for, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "smtp.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class FakeSmtp:
    """`messages` are those that were taken whole, by `port`; `clear` is what was said before TLS began.

    `got_message` is set once a whole message has arrived, before it is answered.
    """

    def __init__(self, pem: Path, mood: Mood = Mood.SOUND) -> None:
        self.mood = mood
        self.messages: list[Message] = []
        self.clear: list[bytes] = []
        self.got_message = threading.Event()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(pem)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._over = threading.Event()

    def __enter__(self) -> "FakeSmtp":
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            self._server.close()
        self._thread.join()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(20)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self.mood is Mood.SILENT:
            connection.recv(1)  # until whoever called gives up
            return
        connection.sendall(b"220 fake\r\n")
        stream = connection.makefile("rb")
        while line := stream.readline():
            self.clear.append(line)
            if not line.upper().startswith(b"STARTTLS"):
                connection.sendall(self._answer(line, stream))
            elif self.mood is Mood.REFUSES_TLS:
                connection.sendall(b"454 not now\r\n")
            else:
                connection.sendall(b"220 go on\r\n")
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    self._talk_secretly(secured)
                return

    def _talk_secretly(self, connection: ssl.SSLSocket) -> None:
        stream = connection.makefile("rb")
        while line := stream.readline():
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                self.messages.append(email.message_from_bytes(_until_dot(stream)))
                self.got_message.set()
                if self.mood is Mood.DIES_AT_THE_END:
                    return
                if self.mood is Mood.HANGS_AT_THE_END:
                    stream.readline()  # until whoever called gives up, or dies
                    return
                connection.sendall(b"250 taken\r\n")
            else:
                connection.sendall(self._answer(line, stream))

    def _answer(self, line: bytes, stream: BinaryIO) -> bytes:
        if line.upper().startswith(b"EHLO"):
            return b"250 fake\r\n" if self.mood is Mood.NO_STARTTLS else b"250-fake\r\n250 STARTTLS\r\n"
        if line.upper().startswith(b"RCPT") and self.mood is Mood.BUSY:
            return b"451 try again later\r\n"
        if line.upper().startswith(b"DATA"):
            return b"354 go on\r\n" + (b"250 taken\r\n" if _until_dot(stream) else b"")
        return b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n"


def _until_dot(stream: BinaryIO) -> bytes:
    lines = []
    while (line := stream.readline()) not in (b".\r\n", b""):
        lines.append(line)
    return b"".join(lines)
