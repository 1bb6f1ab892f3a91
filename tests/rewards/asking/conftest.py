"""A local endpoint in OpenAI's form that behaves as badly as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rewards.asking import asker


@dataclass
class Stub:
    """Answers with ``script``, one act a request, the last one for all that follow.

    An act is bytes (a body with status 200), (status, headers, body), or a function.
    """

    script: list[Any] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@pytest.fixture
def stub() -> Iterator[Stub]:
    found, lock = Stub(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                act = found.script[min(len(found.asked), len(found.script) - 1)]
                found.asked.append(body)
                found.headers.append(dict(self.headers.items()))
                found.times.append(time.monotonic())
                found.paths.append(self.path)
            if callable(act):
                act(found, self, body)
                return
            status, headers, content = (200, {}, act) if isinstance(act, bytes) else act
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    asker.forget()
    yield
    asker.forget()
