"""One connection to ``rewards/adapters/server.py``: who may ask, and what arrives."""

from __future__ import annotations

import hmac
import io
import json
import logging
import math
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from rewards.adapters.loopback import HOSTS
from rewards.errors import EtudeError, first_line

if TYPE_CHECKING:
    from rewards.adapters.server import RewardServer

_LOG = logging.getLogger(__name__)
_PATH = "/get_reward"


class Refused(Exception):
    """A request that is not answered: status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Arriving(io.RawIOBase):
    """What a connection sends, read ``until`` a moment of ``time.monotonic``.

    A timeout of the socket starts anew with each byte; here a drip buys no time.

    Raises:
        TimeoutError: by reading, when the moment has passed.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = math.inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        patience = self.until - time.monotonic()
        if patience <= 0:
            raise TimeoutError
        for_writing = self._connection.gettimeout()
        self._connection.settimeout(patience)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(for_writing)


class Handler(BaseHTTPRequestHandler):
    """Reads the requests of one connection; the server answers them.

    Until the token was shown, the connection is a stranger's: it gets ``timeout`` seconds for
    one whole head, one answer, and is closed.
    """

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "etude", ""
    # A head and a body sent apart wait for each other's acknowledgement, 40 ms.
    wbufsize, disable_nagle_algorithm = -1, True
    timeout: float = 10.0
    idle = 120.0  # seconds for the whole next head, once the token was shown
    server: RewardServer

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._arriving = Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)
        self._known = False

    def handle_one_request(self) -> None:
        patience = self.idle if self._known else self.timeout
        self._arriving.until = time.monotonic() + patience
        super().handle_one_request()

    def do_GET(self) -> None:
        self._reply(self._health)

    def do_POST(self) -> None:
        self._reply(self._scores)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """As every refusal: the base's page of HTML is no JSON, and may quote the token."""

        def refuse() -> Any:
            what = "an unknown method" if code == 501 else HTTPStatus(code).phrase
            raise Refused(code, f"{what}: expected GET /health, or POST to {_PATH}")

        self._reply(refuse)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the line of a request may hold the token."""

    def _reply(self, answer: Callable[[], Any]) -> None:
        server, status = self.server, 500
        server.begin()
        try:
            try:
                status, content = 200, answer()
                self.close_connection |= not self._known
            except Refused as refused:
                # What is left of the body must not be read as the next request.
                self.close_connection = True
                status, content = refused.status, {"error": str(refused)}
                server.remark_refusal(status, str(refused))
            except Exception as bug:  # noqa: BLE001 - a bug must not end the others' requests
                self.close_connection = True
                _LOG.exception("a request could not be answered")
                told = first_line(bug) if isinstance(bug, EtudeError) else type(bug).__name__
                content = {"error": f"a bug of the server or of a reward: {told}"}
            self._send(status, content)
        finally:
            server.end(status)

    def _send(self, status: int, content: Any) -> None:
        body = json.dumps(content, allow_nan=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _health(self) -> Any:
        self._check_host()
        if self._where().path != "/health":
            raise Refused(404, f"expected GET /health, or POST to {_PATH}")
        return {"status": "ok"}

    def _scores(self) -> Any:
        self._check_host()
        where = self._where()
        self._check_token(where.query)
        self._known = True
        if where.path != _PATH:
            raise Refused(404, f"a wrong path: expected POST to {_PATH}")
        if self.server.stopping:
            raise Refused(503, "the server is stopping")
        return self.server.answer(self._body())

    def _where(self) -> SplitResult:
        try:
            return urlsplit(self.path)
        except ValueError as failure:
            raise Refused(400, f"the address is no URL: expected POST to {_PATH}") from failure

    def _check_host(self) -> None:
        port = self.server.server_port
        known = {name for host in HOSTS for name in (host, f"{host}:{port}")}
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].strip().lower() not in known:
            raise Refused(403, f"the Host must be this machine, 127.0.0.1:{port}")

    def _check_token(self, query: str) -> None:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        shown = [given.strip()] if kind.lower() == "bearer" else []
        shown += parse_qs(query).get("token", [])
        token = self.server.token.encode()
        if not any(hmac.compare_digest(one.encode("utf-8", "replace"), token) for one in shown):
            raise Refused(401, "the token is missing or wrong: expected Authorization: Bearer "
                           "TOKEN, or ?token=TOKEN")  # fmt: skip

    def _body(self) -> bytes:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, f"the body is {kind[:40]!r}, expected application/json")
        length = self.headers.get("Content-Length")
        if length is None or self.headers.get("Transfer-Encoding"):
            raise Refused(411, "the length of the body is not given: expected Content-Length")
        if not (length.isascii() and length.isdecimal()) or len(length) > 18:
            raise Refused(400, "Content-Length: expected a number of bytes")
        left, most = int(length), self.server.max_bytes
        if left > most:
            raise Refused(413, f"the body has {left} bytes, expected at most {most}")
        self._arriving.until = time.monotonic() + self.server.deadline
        try:
            body = self.rfile.read(left)
        except TimeoutError as failure:
            took = f"the body took longer than {self.server.deadline:g} s"
            raise Refused(408, took) from failure
        if len(body) < left:
            raise Refused(400, f"the body ended {left - len(body)} bytes too early")
        return body
