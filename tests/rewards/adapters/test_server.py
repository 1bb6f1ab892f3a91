"""The server answers who shows the token, on this machine, within its limits."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from types import SimpleNamespace
from typing import Any

import pytest

import rewards.adapters.server as server_module
from rewards import Rubric, registry
from rewards.adapters.handler import Handler
from rewards.adapters.server import RewardServer
from rewards.errors import ConfigError

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
SAMPLE = {"prompt": "Key?", "response": GOOD, "label": "D major"}
JSON = {"Content-Type": "application/json"}


def send(
    server: RewardServer,
    body: Any = SAMPLE,
    path: str | None = None,
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> tuple[int, Any]:
    wire = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    path = f"/get_reward?token={server.token}" if path is None else path
    wire.request(method, path, content, JSON if headers is None else headers)
    reply = wire.getresponse()
    told = json.loads(reply.read())
    wire.close()
    return reply.status, told


def test_trainers_get_their_answers_by_header_or_by_url(server):
    assert send(server) == (200, 1.0)
    bearer = {**JSON, "Authorization": f"Bearer {server.token}"}
    assert send(server, path="/get_reward", headers=bearer) == (200, 1.0)
    request = urllib.request.Request(
        f"{server.url}?token={server.token}", json.dumps(SAMPLE).encode(), JSON
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        # aiohttp, which both trainers use, refuses to decode any other type.
        assert reply.headers["Content-Type"] == "application/json"
        assert json.load(reply) == 1.0


def test_it_listens_on_loopback_and_says_that_it_is_well(server):
    assert server.socket.getsockname() == ("127.0.0.1", server.server_port)
    assert send(server, None, "/health", {}, "GET") == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/get_reward", {}),
        ("/get_reward?token=", {}),
        ("/get_reward?token=wrong", {}),
        ("/get_reward", {"Authorization": "Bearer wrong"}),
        ("/get_reward", {"Authorization": "Basic {token}"}),
        ("/get_reward?token=%ff", {"Authorization": "Bearer \xff"}),
    ],
)
def test_without_the_token_nothing_is_answered(server, path, headers):
    headers = {name: value.format(token=server.token) for name, value in headers.items()}
    status, told = send(server, path=path, headers={**JSON, **headers})
    assert status == 401
    assert server.token not in told["error"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", ""])
def test_a_foreign_host_is_refused_even_with_the_token(server, host):
    status, told = send(server, headers={**JSON, "Host": host})
    assert (status, "must be this machine" in told["error"]) == (403, True)
    assert send(server, None, "/health", {"Host": host}, "GET")[0] == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not UTF-8"),
        (b'{"response": NaN}', "not a finite number"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b"[" * 100_000, "cannot be decoded"),
        (b"{}", "expected query, prompts and labels"),
        (b'{"response": "x", "label": {"facet": "kye"}}', "facet: got 'kye'"),
        (b'{"response": "x", "lable": "D major"}', "'lable', did you mean 'label'"),
        (b'{"response": "x", "label": "D", "answer": "E"}', "expected one gold answer"),
    ],
)
def test_a_malformed_request_gets_400_and_the_sentence(server, body, said):
    status, told = send(server, body)
    assert status == 400
    assert said in told["error"]


def warned(caplog: pytest.LogCaptureFixture, part: str) -> list[str]:
    return [row.getMessage() for row in caplog.records if part in row.getMessage()]


def test_that_no_request_had_a_label_is_said_once_with_the_rewards_it_cost(server, caplog):
    bare = {"prompt": "Key?", "response": GOOD}
    assert [send(server, bare), send(server, bare)] == [(200, 1.0)] * 2
    (said,) = warned(caplog, "no request so far had a label")
    assert said.endswith("accuracy did not apply")


@pytest.mark.parametrize("truth", [{"label": "D major"}, {"facts": {"key": "D major"}}])
def test_once_a_label_or_facts_have_come_a_request_without_is_as_it_should_be(
    server, caplog, truth
):
    bare = {"prompt": "Key?", "response": GOOD}
    send(server, {**bare, **truth})
    send(server, bare)
    assert not warned(caplog, "no request so far")


def test_rewards_that_need_no_truth_lack_none(caplog):
    # Alone, a completion has no siblings; a label would not bring any.
    with RewardServer(Rubric.of(["format", "diversity"])).listening() as found:
        assert send(found, {"prompt": "Key?", "response": GOOD}) == (200, 1.0)
    assert not warned(caplog, "no request so far")


def test_what_a_trainer_does_not_show_is_said_here_once_for_each_status(server, caplog):
    for _ in range(3):
        send(server, {"response": "x", "lable": "D major"})
        assert warned(caplog, "refused with 400"), "the first is told, not a later one"
        send(server, path=f"/?token={server.token}")
    assert len(warned(caplog, "refused with 400")) == len(warned(caplog, "refused with 404")) == 1
    assert "did you mean 'label'" in caplog.text
    assert server.token not in caplog.text


def test_limits_have_their_own_statuses(server):
    server.max_bytes = 1000
    assert send(server, b" " * 1001)[0] == 413
    assert send(server, headers={"Content-Type": "text/plain"})[0] == 415
    for path in ("/", "/other", "/get_reward/", "/health"):
        status, told = send(server, path=f"{path}?token={server.token}")
        assert (status, "/get_reward" in told["error"]) == (404, True)
    assert send(server, None, "/other", {}, "GET")[0] == 404
    assert send(server, headers={**JSON, "Transfer-Encoding": "chunked"})[0] == 411
    assert send(server, headers={**JSON, "Content-Length": "-1"})[0] == 400


def test_a_bug_is_500_tells_its_kind_alone_and_the_server_goes_on(server, caplog):
    rubric, broken = server.rubric, SimpleNamespace(score_rows="no function")
    server.rubric = broken
    status, told = send(server)
    assert (status, told["error"].rpartition(": ")[2]) == (500, "TypeError")
    assert "not callable" in caplog.text
    server.rubric = rubric
    assert send(server) == (200, 1.0)


def test_silent_connections_at_the_limit_keep_others_out_no_longer_than_a_head(monkeypatch):
    monkeypatch.setattr(server_module, "_CONNECTIONS", 2)
    with RewardServer(Rubric.of(["format", "accuracy"])).listening() as found:
        silent = [socket.create_connection(("127.0.0.1", found.server_port)) for _ in range(2)]
        with pytest.raises((HTTPException, ConnectionError)):
            send(found)
        for wire in silent:
            wire.close()
        wait_for(found)
        monkeypatch.setattr(Handler, "timeout", 0.2)
        silent = [socket.create_connection(("127.0.0.1", found.server_port)) for _ in range(2)]
        wait_for(found)
        assert [wire.recv(1) for wire in silent] == [b"", b""]
        for wire in silent:
            wire.close()


def wait_for(server: RewardServer) -> None:
    """Until it answers, five seconds at most."""
    for _ in range(100):
        try:
            assert send(server) == (200, 1.0)
        except (HTTPException, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nobody else got in")


def test_a_completion_without_a_score_is_422_and_the_server_goes_on(server):
    status, told = send(server, {"prompt": "?", "response": GOOD, "label": None})
    assert (status, send(server)[0]) == (200, 200)  # the format still scores it
    with RewardServer(Rubric.of(["tempo"])).listening() as strict:
        status, told = send(strict)
        assert status == 422
        assert "--missing" in told["error"]
    with RewardServer(Rubric.of(["tempo"]), missing=0.0).listening() as lenient:
        assert send(lenient) == (200, 0.0)


def test_a_slow_reward_is_not_waited_for_and_stopping_waits_for_what_is_at_hand():
    free, begun = threading.Event(), threading.Event()

    def slow(text: str) -> float:
        begun.set()
        free.wait(20)
        return 1.0

    registry.reward("slow")(slow)
    try:
        rubric = Rubric.of(["slow"])
        with RewardServer(rubric, deadline=0.2).listening() as hasty:
            status, told = send(hasty)
            assert (status, "longer than 0.2 s" in told["error"]) == (504, True)
            free.set()
        free.clear()
        begun.clear()
        with ThreadPoolExecutor(1) as pool:
            with RewardServer(rubric).listening() as patient:
                waiting = pool.submit(send, patient)
                assert begun.wait(20)
                threading.Timer(0.2, free.set).start()
            assert (patient.answered, patient.refused) == (1, 0)
            assert waiting.result(20) == (200, 1.0)
    finally:
        free.set()
        del registry._REWARDS["slow"]


def test_many_trainers_at_once_get_their_own_answers(server):
    def one(n: int) -> tuple[int, Any]:
        right = {"prompt": "Key?", "response": f"<answer>{n}</answer>", "label": str(n)}
        wrong = {**right, "label": str(n + 1)}
        pick = right if n % 2 else wrong
        return send(server, {"query": ["Q" + pick["response"]], "prompts": ["Q"],
                             "labels": [pick["label"]]})  # fmt: skip

    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(one, range(100)))
    assert all(status == 200 for status, _ in replies)
    assert [told["extra_logs"]["accuracy"] for _, told in replies] == [[0.0], [1.0]] * 50


@pytest.mark.parametrize("token", ["", "short", "x" * 15, "x" * 20 + " ", "x" * 20 + "&"])
def test_a_weak_token_two_columns_of_one_name_and_a_taken_port_are_refused(token, server):
    with pytest.raises(ConfigError, match="16 to 256"):
        RewardServer(Rubric.of(["format"]), token=token)
    twice = Rubric.from_config({"parts": {"key": {}, "key_scored": {"reward": "format"}}})
    with pytest.raises(ConfigError, match="'key_scored': got the name of the column"):
        RewardServer(twice)
    with pytest.raises(ConfigError, match="cannot be listened on"):
        RewardServer(Rubric.of(["format"]), port=server.server_port)
