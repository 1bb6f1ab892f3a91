"""The viewer's pages behind HTTP, for the person at this machine.

Conventions
-----------
It listens on 127.0.0.1 and nowhere else. The address that is printed holds a token; whoever
comes by it gets a cookie and the address without it. No page holds a script, and the content
policy would not run one.

=======================  ==========================================================
path                     is
=======================  ==========================================================
``/?from=250``           the curves, and the steps from the 250th on; without it the latest
``/step/40``             its groups, chosen as ``experiments/viewer/wanted.py`` says
``/question?id=ID``      a question in every step
``/sound/40/7.wav``      what was heard of the group in place 7 of that step
=======================  ==========================================================

======  ======================================================
status  when
======  ======================================================
400     the address is none
401     no token, or another
403     the Host is not this machine: a web page found a way here
404     there is no such page, step, group or sound
501     anything but GET
======  ======================================================
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit

from experiments.viewer.pages import Pages
from experiments.viewer.wanted import Wanted
from rewards.adapters.loopback import HOSTS, LoopbackServer
from rewards.errors import AudioError, DataError, ReplayError

_LOG = logging.getLogger(__name__)
_STEP = re.compile(r"/step/([0-9]{1,12})")
_SOUND = re.compile(r"/sound/([0-9]{1,12})/([0-9]{1,9})\.wav")
_RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Viewer(LoopbackServer):
    """Shows pages while it is ``listening``.

    Args:
        port: 0 takes a free one.

    Raises:
        ConfigError: the port is taken.
    """

    def __init__(self, pages: Pages, port: int = 0) -> None:
        self.pages, self.token = pages, secrets.token_urlsafe(24)
        super().__init__(port, Handler)

    @property
    def url(self) -> str:
        """Where a browser begins, with the token."""
        return f"http://127.0.0.1:{self.server_port}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """Its name; viewers of several runs stand on one host."""
        return f"etude-view-{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Anything but a reader who left before the answer was there, as players do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            _LOG.exception("a request could not be answered")


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "etude", ""
    timeout: float = 10.0
    server: Viewer

    def do_GET(self) -> None:
        try:
            where = urlsplit(self.path)
        except ValueError:
            self._send(400, "text/plain", b"expected the address of a page\n")
            return
        if not self._is_here():
            self._send(403, "text/plain", b"expected this machine's own address as Host\n")
        elif self._matches(parse_qs(where.query).get("token", [""])[-1]):
            self._let_in(where)
        elif not any(map(self._matches, self._shown())):
            self._send(401, "text/plain", b"open the address that `etude view` printed\n")
        else:
            self._answer(where)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the line of a request may hold the token."""

    def _answer(self, where: SplitResult) -> None:
        pages, status = self.server.pages, 200
        sound, page = None, ""
        try:
            if found := _SOUND.fullmatch(where.path):
                sound = pages.sound(int(found[1]), int(found[2]))
            elif where.path == "/":
                page = pages.overview(parse_qs(where.query).get("from", [""])[-1])
            elif found := _STEP.fullmatch(where.path):
                page = pages.step(int(found[1]), Wanted.of(where.query))
            elif where.path == "/question":
                page = pages.question(parse_qs(where.query).get("id", [""])[-1])
            else:
                status, page = 404, pages.error("There is no such page.")
        except (ReplayError, AudioError, DataError) as failure:
            status, page = 404, pages.error(str(failure))
        except Exception:  # noqa: BLE001 - a bug must not end the other pages
            _LOG.exception("a page could not be made")
            status, page = 500, pages.error("A bug: the terminal tells more.")
        if sound is None:
            self._send(status, "text/html; charset=utf-8", page.encode())
        else:
            self._send_sound(sound)

    def _is_here(self) -> bool:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in HOSTS

    def _matches(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.server.token.encode())

    def _shown(self) -> Iterator[str]:
        """Tokens that a cookie of our name holds, whatever else stands beside it.

        All servers of this machine share one jar, and what they put there may be no cookie to
        Python's reader, which then sees none.
        """
        for pair in self.headers.get("Cookie", "").split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self.server.cookie:
                yield value

    def _let_in(self, where: SplitResult) -> None:
        """To the same page, by an address that may be seen and sent.

        Lax, not Strict: a browser keeps a strict cookie from whoever followed a link on another
        site, as in the terminal of an editor or a notebook that is a web page itself.
        """
        token = f"{self.server.cookie}={self.server.token}"
        query = [pair for pair in parse_qsl(where.query) if pair[0] != "token"]
        path = "/" + where.path.lstrip("/\\")  # "//elsewhere", "/\\elsewhere": other hosts
        self._send(
            303, "text/plain", b"", Location=f"{path}?{urlencode(query)}" if query else path,
            **{"Set-Cookie": f"{token}; Path=/; HttpOnly; SameSite=Lax"},
        )  # fmt: skip

    def _send_sound(self, data: bytes) -> None:
        """Whole, or the stretch that a player asks for when its reader jumps."""
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else len(data)
        last = min(int(asked[2] or len(data)), len(data) - 1) if asked else 0
        if first > last:  # not asked for, beyond the end, or no stretch at all
            self._send(200, "audio/wav", data, **{"Accept-Ranges": "bytes"})
            return
        whole = f"bytes {first}-{last}/{len(data)}"
        self._send(206, "audio/wav", data[first : last + 1],
                   **{"Accept-Ranges": "bytes", "Content-Range": whole})  # fmt: skip

    def _send(self, status: int, kind: str, body: bytes, **more: str) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | more).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
