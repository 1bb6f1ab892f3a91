"""Asking until there is an answer or no time; what was answered is remembered.

Conventions
-----------
Between two attempts there is a pause of a random length below 0.5, 1, 2, ... at most 8 s
("full jitter"), at least what the endpoint asks for with ``Retry-After``. The length depends on
the question, the completion and the attempt alone. Nothing goes on past the deadline.

What stays unanswered is counted by its reason in this process (``unanswered``) and logged the
first, tenth, hundredth ... time.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from rewards.judging.reply import Unanswered, read_reply
from rewards.judging.request import body, messages
from rewards.judging.transport import Endpoint, post
from rewards.records import Abstention, Question, Verdict

NO_OPINION = "the judge gave no opinion"
_LOG = logging.getLogger("rewards.judging")
_REMEMBERED = 4096  # verdicts
_FIRST, _LONGEST = 0.5, 8.0  # seconds of pause

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_verdicts: OrderedDict[bytes, Verdict] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Asker:
    """How a judge is asked.

    Attributes:
        endpoint, model: who is asked.
        rules: what earns how much.
        attempts: at most, at least 1.
        deadline: seconds for all attempts together.
        max_tokens: of a reply.
    """

    endpoint: Endpoint
    model: str
    rules: str
    attempts: int
    deadline: float
    max_tokens: int

    def ask(self, question: Question, submission: str) -> Verdict | Abstention:
        """The judge's opinion, or why it gave none, which is counted.

        Raises:
            RewardError, ConfigError: see ``rewards.judging.transport.post``.
        """
        name = self._name(question, submission)
        known = _recall(name)
        if known is not None:
            return known
        try:
            verdict = self._persist(question, submission, name)
        except Unanswered as failure:
            _count(failure.reason)
            return Abstention(f"{NO_OPINION}: {failure.reason}")
        _remember(name, verdict)
        return verdict

    def _persist(self, question: Question, submission: str, name: bytes) -> Verdict:
        until = time.monotonic() + self.deadline
        chance = random.Random(name)
        for attempt in range(self.attempts):
            turns = messages(question, submission, self.rules, secrets.token_hex(16))
            try:
                return read_reply(
                    post(self.endpoint, body(self.model, turns, self.max_tokens), until)
                )
            except Unanswered as failure:
                pause = chance.uniform(0.0, min(_LONGEST, _FIRST * 2**attempt))
                pause = max(pause, failure.wait)
                late = time.monotonic() + pause >= until
                if not failure.again or late or attempt + 1 == self.attempts:
                    raise
            time.sleep(pause)
        raise Unanswered("no attempt")

    def _name(self, question: Question, submission: str) -> bytes:
        """A hash of all that decides what is asked."""
        asked = (
            self.endpoint.host, self.endpoint.port, self.endpoint.path, self.model, self.rules,
            self.max_tokens, question.id, question.text, question.choices, question.answer,
            submission,
        )  # fmt: skip
        return blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def unanswered() -> dict[str, int]:
    """Reason -> how many completions got no opinion for it, in this process."""
    with _lock:
        return dict(_counts)


def forget() -> None:
    """Forget the verdicts and the counts."""
    with _lock:
        _verdicts.clear()
        _counts.clear()


def _recall(name: bytes) -> Verdict | None:
    with _lock:
        if name in _verdicts:
            _verdicts.move_to_end(name)
        return _verdicts.get(name)


def _remember(name: bytes, verdict: Verdict) -> None:
    with _lock:
        _verdicts[name] = verdict
        while len(_verdicts) > _REMEMBERED:
            _verdicts.popitem(last=False)


def _count(reason: str) -> None:
    with _lock:
        _counts[reason] += 1
        times = _counts[reason]
    if str(times).strip("0") == "1":
        _LOG.warning("%s (%s), %d times in this process", NO_OPINION, reason, times)
