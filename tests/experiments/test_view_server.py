"""The viewer answers the person at this machine, and nobody else."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.viewer.server import Handler, Viewer
from rewards.errors import ConfigError

HOME = Path(__file__).resolve().parents[2]


def test_nobody_without_the_token_sees_anything(viewer: Viewer, get: Callable[..., Any]) -> None:
    other = viewer.token[:-1] + ("x" if viewer.token[-1] != "x" else "y")
    for path in ("/", "/step/0", "/sound/0/0.wav", "/question?id=q"):
        for cookie in ("", f"{viewer.cookie}={other}", f"other={viewer.token}", "a;=;\x7f\xe9"):
            status, _, body = get(path, Cookie=cookie)
            assert (status, b"group" in body) == (401, False)
        assert get(f"{path}{'&' if '?' in path else '?'}token={other}", Cookie="")[0] == 401


def test_the_address_lets_in_and_is_then_without_the_token(
    viewer: Viewer, get: Callable[..., Any]
) -> None:
    for path, then in (
        ("/?token=", "/"), ("/step/0?show=mixed&token=", "/step/0?show=mixed"),
        ("//evil.example/?token=", "/evil.example/"), ("/\\evil.example/?token=", "/evil.example/"),
    ):  # fmt: skip
        status, headers, _ = get(path + viewer.token, Cookie="")
        where = headers["Location"]
        assert status == 303
        assert where == then or path.startswith("//")
        assert not where.startswith(("//", "/\\"))
        assert "HttpOnly; SameSite=Lax" in headers["Set-Cookie"]


@pytest.mark.parametrize("beside", ['state={"a": 1}', "no cookie", "x@y=1", "OURS=old", ""])
def test_cookies_of_others_on_this_machine_shut_nobody_out(
    viewer: Viewer, get: Callable[..., Any], beside: str
) -> None:
    ours, other = f"{viewer.cookie}={viewer.token}", beside.replace("OURS", viewer.cookie)
    assert get("/", Cookie=f"{other}; {ours}")[0] == 200
    assert get("/", Cookie=f"{ours}; {other}")[0] == 200


def test_a_reader_who_leaves_early_is_no_error(
    viewer: Viewer, get: Callable[..., Any], capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(Handler, "_send", gone)
    for path in ("/", "/step/0", "/sound/0/0.wav", "/nowhere"):
        with pytest.raises(http.client.RemoteDisconnected):
            get(path)
    assert capfd.readouterr().err == ""
    assert not caplog.records


def test_an_address_that_is_none_is_answered(viewer: Viewer) -> None:
    with socket.create_connection(("127.0.0.1", viewer.server_port), timeout=30) as raw:
        raw.sendall(b"GET http://[/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert raw.recv(99).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_web_page_that_found_a_way_here_is_refused(get: Callable[..., Any], host: str) -> None:
    assert get("/", Host=host)[0] == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [("/step/5", 404), ("/step/x", 404), ("/step/0/../../etc", 404), ("/sound/0/99.wav", 404),
     ("/config.yaml", 404), ("/question?id=nobody", 404), ("/question", 404)],
)  # fmt: skip
def test_what_is_not_there_is_said(get: Callable[..., Any], path: str, status: int) -> None:
    found, _, body = get(path)
    assert found == status
    assert b"Not shown" in body


def test_no_answer_is_kept_guessed_at_framed_or_told_to_other_pages(
    get: Callable[..., Any],
) -> None:
    for path in ("/", "/step/0", "/sound/0/0.wav", "/nowhere"):
        _, headers, _ = get(path)
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"].split("; ")
        assert {"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= {*policy}


def test_only_reading_is_answered(get: Callable[..., Any]) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert get("/", method)[0] == 501


def test_a_port_that_is_taken_is_said(viewer: Viewer) -> None:
    with pytest.raises(ConfigError, match=f"port {viewer.server_port} cannot be listened on"):
        Viewer(viewer.pages, viewer.server_port)


def test_the_command_prints_an_address_and_ends_by_ctrl_c(full_run: Path) -> None:
    command = [sys.executable, "-m", "experiments.cli", "view", str(full_run), "--clips", "."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOME) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1]
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]{32})", address)
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        connection.request("GET", "/?token=" + found[2])
        assert connection.getresponse().status == 303
        connection.close()
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0


def test_a_folder_that_is_no_run_is_refused(etude: Callable[..., Any], tmp_path: Path) -> None:
    done = etude("view", tmp_path)
    assert done.exit_code == 1
    assert "is no run folder: got no config.yaml" in done.stderr
    done = etude("view", tmp_path / "nowhere", "--clips", tmp_path)
    assert done.exit_code == 1
    assert "got no config.yaml and no rollouts/" in done.stderr


def test_a_folder_of_clips_that_is_not_there_is_refused(
    etude: Callable[..., Any], full_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.viewer.server.Viewer.__init__", lambda *_: pytest.fail("on"))
    for place, got in ((full_run / "nowhere", "nothing"), (full_run / "metrics.jsonl", "a file")):
        done = etude("view", full_run, "--clips", place)
        assert done.exit_code == 1
        assert f"--clips: got {got} at '{place}', expected the folder" in done.stderr
