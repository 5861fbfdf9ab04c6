"""The fake as a process of its own: API, hosted pages and controls on one loopback port, notices to one webhook."""

import json
import signal
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fake_stripe import core, events, page
from tests.fake_stripe.controls import CONTROLS
from tests.fake_stripe.errors import ApiError, Cut
from tests.fake_stripe.state import Fake

HOST = "127.0.0.1"
BEAT_SECONDS = 0.2
WEBHOOK_TIMEOUT = 10


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, webhook: str = "", **terms: Any) -> None:
        super().__init__((HOST, port), _Handler)
        self.url = f"http://{HOST}:{self.server_port}"
        self.fake = Fake(base_url=self.url, **terms)
        self.webhook = webhook
        self._stopping = threading.Event()

    def beat(self) -> None:
        """Until the server stops: what is due happens, and notices go out."""
        while not self._stopping.wait(BEAT_SECONDS):
            core.tick(self.fake)
            if self.webhook:
                events.deliver(self.fake, self._post)

    def wait(self) -> None:
        """Until somebody stops the process."""
        signal.pause()

    def stop(self) -> None:
        self._stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left before its answer came is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def _post(self, raw: bytes, headers: dict[str, str]) -> int:
        request = urllib.request.Request(self.webhook, data=raw, headers=headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0


@contextmanager
def running(port: int = 0, webhook: str = "", **terms: Any) -> Iterator[Server]:
    """A server in threads of this process."""
    server = Server(port, webhook, **terms)
    threads = [threading.Thread(target=act, daemon=True) for act in (server.serve_forever, server.beat)]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        server.stop()
        for thread in threads:
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: addresses of pages are secrets."""

    def _answer(self, body: bytes) -> None:
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._answer_api(parts, body)
        elif parts.path.startswith("/c/pay/"):
            self._answer_page(parts.path.removeprefix("/c/pay/"), body)
        elif parts.path.startswith("/_fake/"):
            self._answer_control(parts.path.removeprefix("/_fake/"), body)
        else:
            self._send(404, b"")

    def _answer_api(self, parts: urllib.parse.SplitResult, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = core.handle(self.server.fake, self.command, parts.path, parts.query, body, headers)
        except Cut:
            self.close_connection = True
            return
        self._send(reply.status, reply.body, reply.headers)

    def _answer_page(self, ref: str, body: bytes) -> None:
        if self.command == "POST":
            form = dict(urllib.parse.parse_qsl(body.decode()))
            try:
                self._send(303, b"", {"Location": page.submit(self.server.fake, ref, form)})
            except ApiError as error:
                self._send(error.status, b"")
            return
        status, html = page.show(self.server.fake, ref)
        policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        self._send(status, html.encode(), headers)

    def _answer_control(self, name: str, body: bytes) -> None:
        control = CONTROLS.get(name)
        if self.command != "POST" or control is None:
            self._send(404, b"")
            return
        try:
            result = control(self.server.fake, **json.loads(body or b"{}"))
        except ApiError as error:
            self._send(error.status, json.dumps(error.body).encode())
            return
        self._send(200, json.dumps(result).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
