"""An HTTP server for whoever is at this machine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from rewards.errors import ConfigError

HOSTS = ("127.0.0.1", "localhost")
"""What a request may call this machine; under another name it was sent by somebody else's page."""


class LoopbackServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and nowhere else, and answers while it is ``listening``.

    Args:
        port: 0 takes a free one, ``server_port`` then tells which.
        handler: what answers.

    Raises:
        ConfigError: the port is taken.
    """

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        try:
            super().__init__((HOSTS[0], port), handler)
        except (OSError, OverflowError) as failure:
            raise ConfigError(
                f"port {port} cannot be listened on: {failure}; expected a free one, or 0"
            ) from failure

    @contextmanager
    def listening(self) -> Iterator[Self]:
        """Answers in a thread of its own; at the end see ``close``."""
        thread = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.close()
            thread.join()

    def close(self) -> None:
        """Take no more requests, and end."""
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """As the base, but without asking a name server who 127.0.0.1 is."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]
