"""Real servers that receive: HTTP that verifies signatures, SMTP that keeps mails."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
FORMER = "whsec_" + base64.b64encode(b"f" * 32).decode()

Answered = Callable[[int], tuple[int, dict[str, str]]]
"""Status and headers by the number of the request, from 0."""


class Receiver:
    """What came: bodies, verified where they are signed."""

    def __init__(self, address: str, verify: str | None) -> None:
        self.address = address
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self.verify = verify
        self.answered: Answered = lambda _: (200, {})

    def take(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        if self.verify is not None:
            try:
                Webhook(self.verify).verify(body, headers)
            except Exception as error:  # noqa: BLE001 (told by the test)
                self.wrong.append(str(error))
        number = len(self.bodies)
        self.bodies.append(json.loads(body))
        self.headers.append(headers)
        return self.answered(number)


@contextmanager
def receiver(verify: str | None = None) -> Iterator[Receiver]:
    """An HTTP server on this machine."""
    kept: list[Receiver] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # whoever sent it was killed
            status, headers = kept[0].take(body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.append(Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook?x=1", verify))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Mailbox:
    """An SMTP handler that keeps what it gets, and refuses some addresses."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name for it)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 there is no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 taken"


@contextmanager
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """An SMTP server on this machine, and its port."""
    kept = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()
