"""One connection: whose head and body are waited for, how long, and what it is told."""

from __future__ import annotations

import json
import select
import socket
import time
from http.client import HTTPConnection

import pytest

from rewards.adapters.handler import Handler
from rewards.adapters.server import RewardServer

BODY = json.dumps({"response": "<think>F is sharp.</think><answer>D</answer>", "label": "D"})
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_told_in_json_what_is_answered(server, method):
    wire = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    wire.request(method, "/get_reward", BODY, JSON)
    reply = wire.getresponse()
    told = json.loads(reply.read())["error"]
    assert (reply.status, "POST to /get_reward" in told) == (501, True)
    wire.close()


def test_a_head_that_is_none_is_told_in_json_without_its_line(server, caplog):
    head = f"GET /get_reward?token={server.token} HTTP/1.1\r\n" + "X: y\r\n" * 200 + "\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(head.encode())
        said, _, body = wire.makefile("rb").read().partition(b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 431")
    assert "GET /health" in json.loads(body)["error"]
    assert server.token not in caplog.text + body.decode()


def test_the_answer_to_head_has_no_body(server):
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(b"HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert wire.makefile("rb").read().endswith(b"Connection: close\r\n\r\n")


def test_a_body_whose_length_is_not_given_is_refused(server):
    head = f"POST /get_reward?token={server.token} HTTP/1.1\r\nHost: localhost\r\n"
    head += "Content-Type: application/json\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(head.encode())
        assert wire.recv(1000).startswith(b"HTTP/1.1 411")


def dripped(server: RewardServer, head: str, drip: str) -> bytes | None:
    """What is answered while it drips, b"" for a close, None if it may go on for long."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(head.encode())
        for _ in range(60):
            if select.select([wire], [], [], 0.05)[0]:
                return wire.recv(1000)
            wire.sendall(drip.encode())
    return None


def test_a_trickle_buys_a_body_no_time(server):
    server.deadline = 0.2
    head = f"POST /get_reward?token={server.token} HTTP/1.1\r\nHost: localhost\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    said = dripped(server, head, " ")
    assert said is not None
    assert b"408" in said.split(b"\r\n")[0]


@pytest.mark.parametrize("head", ["", "POST ", "POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX: y"])
@pytest.mark.parametrize("drip", ["", "x", "X: y\r\n"])
def test_a_head_that_is_not_whole_in_time_is_not_waited_for(server, monkeypatch, head, drip):
    monkeypatch.setattr(Handler, "timeout", 0.2)
    assert dripped(server, head, drip) is not None


def test_a_connection_that_showed_the_token_may_be_idle_for_longer_but_not_for_ever(
    server, monkeypatch
):
    monkeypatch.setattr(Handler, "timeout", 0.5)
    monkeypatch.setattr(Handler, "idle", 3.0)
    head = f"POST /get_reward?token={server.token} HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        for _ in range(2):
            wire.sendall((head + BODY).encode())
            assert wire.recv(1000).endswith(b"\r\n\r\n1.0")
            time.sleep(0.8)
        assert wire.recv(1000) == b""


def test_a_stranger_gets_one_answer_and_a_trainer_keeps_its_connection(server):
    wire = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    wire.request("GET", "/health")
    reply = wire.getresponse()
    assert (reply.read(), reply.will_close) == (b'{"status": "ok"}', True)
    for _ in range(2):
        wire.request("POST", f"/get_reward?token={server.token}", BODY, JSON)
        reply = wire.getresponse()
        assert (reply.read(), reply.will_close) == (b"1.0", False)
    wire.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_no_url_is_refused(server, caplog, method):
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(f"{method} http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert wire.recv(1000).startswith(b"HTTP/1.1 400")
    assert "Traceback" not in caplog.text
