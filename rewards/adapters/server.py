"""A rubric behind HTTP, for trainers on this machine.

Conventions
-----------
It listens on 127.0.0.1 and nowhere else; a trainer on another machine comes by a tunnel.
Whoever asks shows the token, as ``Authorization: Bearer TOKEN`` or, for trainers that set no
header, as ``?token=TOKEN`` of the URL. Errors are ``{"error": sentence}``. A connection that
has not shown it is closed after one answer, or when no whole head of a request came in 10 s;
beyond 256 connections at once, new ones are closed.

======  ===========================================================================
status  when
======  ===========================================================================
200     the answer (``rewards/adapters/remote.py``); GET /health, without a token
400     the body is not JSON, has neither form, an unknown field or a wrong value; no URL
401     no token, or another
403     the Host is not this machine: a web page that found a way here
404     another path than ``/get_reward`` or ``/health``
411     no length is given                        413  more than ``max_bytes``
415     the body is not ``application/json``      408  the body took too long
422     a completion has no score                 500  a bug
501     another method than GET and POST
504     the scores took longer than ``deadline``  503  the server is stopping
======  ===========================================================================

Trainers do not show what they were refused for, and a request without truth is none: the first
refusal of each status, and that no request so far had a label, are warnings of ``logging``.

Rewards in files share child processes and take turns; others are computed side by side.
"""

from __future__ import annotations

import logging
import math
import re
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Any

from rewards.adapters.handler import Handler, Refused
from rewards.adapters.loopback import LoopbackServer
from rewards.adapters.outcomes import check_columns, check_sums
from rewards.adapters.remote import Unscored, read_request, write_answer
from rewards.adapters.unlabelled import Unlabelled
from rewards.errors import ConfigError, DataError, first_line
from rewards.json_line import decode_line
from rewards.records import Score
from rewards.rubric import Rubric

_LOG = logging.getLogger(__name__)
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,256}")
_CONNECTIONS = 256
_SIDE_BY_SIDE = 8


class RewardServer(LoopbackServer):
    """Answers while it is ``listening``.

    Args:
        rubric: what it scores with; a schedule counts with its end.
        port: 0 takes a free one, ``url`` then tells which.
        token: what a request must show; a random one if not given.
        missing: what a completion without a total counts as; None refuses the request.
        max_bytes: of a body.
        deadline: seconds for a body to arrive, and for its scores to be computed.

    Raises:
        ConfigError: the port is taken, the token is too short or cannot stand in a URL,
            ``missing`` is not finite, or the rubric gives no sums or two columns of one name.
    """

    request_queue_size = 128

    def __init__(
        self,
        rubric: Rubric,
        port: int = 0,
        token: str | None = None,
        *,
        missing: float | None = None,
        max_bytes: int = 16 * 2**20,
        deadline: float = 60.0,
    ) -> None:
        check_sums(rubric, "a remote reward")
        check_columns(rubric)
        if token is not None and not _TOKEN.fullmatch(token):
            raise ConfigError(
                f"the token: got {len(token)} characters, expected 16 to 256 letters, digits and "
                "-._~; leave it out to get a random one"
            )
        if missing is not None and not math.isfinite(missing):
            raise ConfigError(f"missing: got {missing}, expected a finite number")
        self.rubric, self.missing = rubric.settled(), missing
        self.token = token or secrets.token_urlsafe(24)
        self.max_bytes, self.deadline = max_bytes, deadline
        self.answered = self.refused = 0
        self._remarked: set[int] = set()
        self._unlabelled = Unlabelled()
        self._workers = ThreadPoolExecutor(1 if rubric.shares_processes else _SIDE_BY_SIDE)
        self._slots = threading.BoundedSemaphore(_CONNECTIONS)
        self._idle = threading.Condition()
        self._busy = 0
        self.stopping = False
        super().__init__(port, Handler)

    @property
    def url(self) -> str:
        """Where to send requests to, without the token."""
        return f"http://127.0.0.1:{self.server_port}/get_reward"

    def close(self, patience: float = 10.0) -> None:
        """Take no more requests, answer those at hand, end; waits ``patience`` seconds at most."""
        self.stopping = True
        self.shutdown()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, patience)
        self.server_close()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def answer(self, body: bytes) -> Any:
        """What a body is answered, as JSON holds it."""
        try:
            request = read_request(decode_line(body))
        except (DataError, RecursionError) as failure:
            raise Refused(400, first_line(failure)) from failure
        waiting = self._workers.submit(self.rubric.score_rows, request.rows)
        try:
            scores: list[Score] = waiting.result(self.deadline)
        except NotInTime as failure:
            waiting.cancel()
            raise Refused(504, f"the scores took longer than {self.deadline:g} s") from failure
        with self._idle:
            remark = self._unlabelled.remark(self.rubric, request.rows, scores)
        if remark:
            _LOG.warning("no request so far had a label, nor a question with an answer or facts: "
                         "%s", remark)  # fmt: skip
        try:
            return write_answer(request, scores, self.missing)
        except Unscored as failure:
            raise Refused(422, first_line(failure)) from failure

    def process_request(self, request: Any, client_address: Any) -> None:
        """As the base, but for connections above the limit, which are closed."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As the base, and counts the connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is the other side's business."""
        _LOG.debug("a connection broke", exc_info=True)

    def remark_refusal(self, status: int, sentence: str) -> None:
        """Say the first refusal of a status."""
        with self._idle:
            known = status in self._remarked
            self._remarked.add(status)
        if not known:
            _LOG.warning("refused with %d: %s (more of this status are only counted)",
                         status, sentence)  # fmt: skip

    def begin(self) -> None:
        """A request is being answered."""
        with self._idle:
            self._busy += 1

    def end(self, status: int) -> None:
        """It has been."""
        with self._idle:
            self._busy -= 1
            self.answered += status == 200
            self.refused += status != 200
            self._idle.notify_all()
