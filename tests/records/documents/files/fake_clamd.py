"""A clamd that speaks INSTREAM over a socket of this machine and knows one virus."""

import socket
import struct
import threading
from types import TracebackType

from tests.records.documents.files.samples import EICAR


class FakeClamd:
    """`answer` replaces what it says; `received` is what it was sent."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer
        self.received: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> "FakeClamd":
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with socket.create_connection(self._server.getsockname()):
            self._server.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                if stream.read(10) != b"zINSTREAM\0":
                    return
                data = b""
                while (head := stream.read(4)) and (size := struct.unpack("!L", head)[0]):
                    data += stream.read(size)
                self.received.append(data)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
                connection.sendall(self.answer if self.answer is not None else found)
