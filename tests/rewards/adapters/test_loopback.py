"""A server for this machine ends whole, and with its process, whoever is still connected."""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler

from rewards.adapters.loopback import LoopbackServer

WITH_A_CONNECTION = """
import socket
from http.server import BaseHTTPRequestHandler
from rewards.adapters.loopback import LoopbackServer

class Handler(BaseHTTPRequestHandler):
    def handle(self):
        self.wfile.write(b"here")
        self.rfile.read()

with LoopbackServer(0, Handler).listening() as server:
    wire = socket.create_connection(("127.0.0.1", server.server_port))
    print(wire.recv(4).decode())
"""


def test_a_connection_that_stays_open_keeps_no_process_from_ending():
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_CONNECTION],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "here\n"


def test_once_it_has_ended_its_port_is_free():
    with LoopbackServer(0, BaseHTTPRequestHandler).listening() as first:
        pass
    with LoopbackServer(first.server_port, BaseHTTPRequestHandler).listening() as again:
        assert again.server_port == first.server_port
