"""One request to an OpenAI-compatible endpoint, with a deadline and a limit on the reply."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rewards.asking.reply import Unanswered, complaint
from rewards.errors import ConfigError, RewardError
from rewards.parameters import Problem, demand

MOST_BYTES = 1 << 20
_COMPLAINT = 200  # characters that are shown of what an endpoint says
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_WAITS = (408, 409, 425, 429)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is reached.

    Attributes:
        host, port, secure: of the address.
        path: of the request.
        key_env: the environment variable that holds the key, or "". The key itself is read
            for each request and kept nowhere.
    """

    host: str
    port: int
    secure: bool
    path: str
    key_env: str

    @classmethod
    def of(cls, url: str, key_env: str) -> Endpoint:
        """Read the address, such as ``http://127.0.0.1:8000/v1``.

        Raises:
            ConfigError: it is no such address, holds a name or password, or would carry the
                key unencrypted to another machine; or ``key_env`` is no name of a variable.
        """
        demand("endpoint", endpoint_problems(url, key_env))
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        path = f"{parts.path.rstrip('/')}/chat/completions"
        port = parts.port or (443 if secure else 80)
        return cls(parts.hostname or "", port, secure, path, key_env)

    def headers(self) -> dict[str, str]:
        """Of a request, the key included.

        Raises:
            ConfigError: the variable is not set, or holds what no header can.
        """
        found = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key_env:
            key = os.environ.get(self.key_env, "").strip()
            if not key or any(not 32 < ord(letter) < 127 for letter in key):
                raise ConfigError(
                    f"the environment variable {self.key_env} (key_env) holds no key; set it where "
                    "the rewards are computed"
                )
            found["Authorization"] = f"Bearer {key}"
        return found


def endpoint_problems(url: str, key_env: str) -> Iterator[Problem]:
    """What is wrong with the address of an endpoint and the name of its key's variable."""
    named = not key_env or _VARIABLE.fullmatch(key_env)
    if not named:
        # Not shown: it may be the key.
        yield "key_env", ("expected the name of an environment variable, such as OPENAI_API_KEY, "
                          "never the key itself")  # fmt: skip
    expected = "expected an address such as http://127.0.0.1:8000/v1"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none raises here
    except ValueError as failure:
        yield "url", f"{failure}, {expected}"
        return
    readable = all(32 < ord(letter) < 127 for letter in parts.path)
    if parts.username is not None or parts.password is not None or parts.query:
        yield "url", (f"holds a name, password or query, {expected}; a key belongs into an "
                      "environment variable, see key_env")  # fmt: skip
    elif parts.scheme not in ("http", "https") or not host or parts.fragment or not readable:
        yield "url", f"got {url[:80]!r}, {expected}"
    elif parts.path.rstrip("/").endswith("/chat/completions"):
        yield "url", f"got {url[-80:]!r}, expected what stands before /chat/completions"
    elif key_env and named and parts.scheme == "http" and not _is_here(host):
        yield "url", (f"the key of {key_env} would travel unencrypted to {host}, expected https")


def post(endpoint: Endpoint, content: bytes, until: float) -> bytes:
    """The body of a reply with status 200.

    Args:
        until: when to give up, by ``time.monotonic``.

    Raises:
        Unanswered: "timeout", "unreachable", "status N", "too large".
        RewardError: the endpoint does not take such requests (another 3xx or 4xx): a key, a
            model or an address that is wrong is no opinion and is mended by nobody's waiting.
        ConfigError: there is no key.
    """
    headers = endpoint.headers()
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise Unanswered("timeout")
    kind = http.client.HTTPSConnection if endpoint.secure else http.client.HTTPConnection
    wire = kind(endpoint.host, endpoint.port, timeout=seconds)
    try:
        wire.connect()
        # A timeout of the socket starts again with every byte; this one does not.
        watch = threading.Timer(max(0.0, until - time.monotonic()), _cut, (wire.sock,))
        watch.daemon = True
        watch.start()
        try:
            wire.request("POST", endpoint.path, content, headers)
            reply = wire.getresponse()
            found = reply.read(MOST_BYTES + 1)
        finally:
            watch.cancel()
    except (OSError, http.client.HTTPException) as failure:
        late = isinstance(failure, TimeoutError) or time.monotonic() >= until
        raise Unanswered("timeout" if late else "unreachable") from failure
    finally:
        wire.close()
    if time.monotonic() >= until:
        raise Unanswered("timeout")  # what was read may be a part
    _check(reply, found, endpoint)
    if len(found) > MOST_BYTES:
        raise Unanswered("too large")
    return found


def _check(reply: http.client.HTTPResponse, content: bytes, endpoint: Endpoint) -> None:
    status = reply.status
    if status == 200:
        return
    if status in _WAITS or status >= 500:
        asked = (reply.getheader("Retry-After") or "").strip()
        wait = float(asked) if _NUMBER.fullmatch(asked) else 0.0
        raise Unanswered(f"status {status}", wait=wait)
    said, key = complaint(content), os.environ.get(endpoint.key_env, "").strip()
    # Some endpoints repeat the key, or the ends of one that is wrong.
    if status in (401, 403) or (key and key in said):
        said = ""
    said = said if len(said) <= _COMPLAINT else f"{said[:_COMPLAINT].rstrip()} ..."
    raise RewardError(
        f"the model at {endpoint.host}:{endpoint.port} answers with status {status}"
        f"{f', {said!r}' if said else ''}: expected 200; check url, model and key_env"
    )


def _cut(wire: socket.socket) -> None:
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
