"""Asking until there is an answer or no time; what was answered is remembered.

Conventions
-----------
Between two attempts there is a pause of a random length below 0.5, 1, 2, ... at most 8 s
("full jitter"), at least what the endpoint asks for with ``Retry-After``. The length depends on
what is asked and the attempt alone. Nothing goes on past the deadline.

What stays unanswered is counted by its reason in this process (``unanswered``) and logged the
first, tenth, hundredth ... time.
"""

from __future__ import annotations

import json
import logging
import random
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from rewards.asking.reply import Unanswered, said
from rewards.asking.sealing import Turns
from rewards.asking.settings import Settings
from rewards.asking.transport import Endpoint, post
from rewards.records import Abstention, Question

_LOG = logging.getLogger("rewards.asking")
DRAWN = 0.7
"""Temperature of a reply that is not the likeliest."""
_REMEMBERED = 4096  # answers
_FIRST, _LONGEST = 0.5, 8.0  # seconds of pause

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_answers: OrderedDict[bytes, Any] = OrderedDict()

T = TypeVar("T", covariant=True)


class Task(Protocol[T]):
    """What a model is asked for.

    Attributes:
        name: of the schema.
        schema: of the JSON object that it is to write.
        silence: what is said where it did not answer.
    """

    name: ClassVar[str]
    schema: ClassVar[Mapping[str, Any]]
    silence: ClassVar[str]

    def turns(self, question: Question, text: str, nonce: str) -> Turns:
        """What it is sent of a text, which stands between lines with the nonce."""
        ...

    def read(self, said: Mapping[str, Any], text: str) -> T:
        """What its object says of the text; ``Unanswered`` where that cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class Asker(Generic[T]):
    """A model with a task.

    Attributes:
        settings: how it is asked.
        task: what it is asked for.
        seed: of a reply that is drawn (temperature ``DRAWN``); None for the likeliest.
    """

    settings: Settings
    task: Task[T]
    seed: int | None = None

    def ask(self, question: Question, text: str) -> T | Abstention:
        """What the model says of a text, or why it says nothing, which is counted.

        Raises:
            RewardError, ConfigError: see ``rewards.asking.transport.post``.
        """
        name = self._name(question, text)
        with _lock:
            if name in _answers:
                _answers.move_to_end(name)
                return _answers[name]
        try:
            answer = self._persist(question, text, name)
        except Unanswered as failure:
            _count(self.task.silence, failure.reason, self.settings.url)
            return Abstention(f"{self.task.silence}: {failure.reason}")
        _remember(name, answer)
        return answer

    def _persist(self, question: Question, text: str, name: bytes) -> T:
        settings = self.settings
        endpoint = Endpoint.of(settings.url, settings.key_env)
        until = time.monotonic() + settings.deadline
        chance = random.Random(name)
        for attempt in range(settings.attempts):
            body = self.body(question, text, secrets.token_hex(16))
            try:
                return self.task.read(said(post(endpoint, body, until)), text)
            except Unanswered as failure:
                pause = chance.uniform(0.0, min(_LONGEST, _FIRST * 2**attempt))
                pause = max(pause, failure.wait)
                late = time.monotonic() + pause >= until
                if not failure.again or late or attempt + 1 == settings.attempts:
                    raise
            time.sleep(pause)
        raise Unanswered("no attempt")

    def body(self, question: Question, text: str, nonce: str) -> bytes:
        """The body of a POST to ``/chat/completions``."""
        form = {"name": self.task.name, "strict": True, "schema": self.task.schema}
        drawn = {"temperature": DRAWN, "seed": self.seed}
        body = {
            "model": self.settings.model,
            "messages": self.task.turns(question, text, nonce),
            **({"temperature": 0} if self.seed is None else drawn),
            "max_tokens": self.settings.max_tokens,
            "response_format": {"type": "json_schema", "json_schema": form},
            **(self.settings.request or {}),
        }
        sent = {name: value for name, value in body.items() if value is not None}
        return json.dumps(sent).encode()

    def _name(self, question: Question, text: str) -> bytes:
        """A hash of all that decides what is asked, and of whom."""
        asked = self.settings.url.encode() + b"\n" + self.body(question, text, "")
        return blake2b(asked, digest_size=16).digest()


def unanswered() -> dict[str, int]:
    """Reason -> how many answers are missing for it, in this process."""
    with _lock:
        return dict(_counts)


def forget() -> None:
    """Forget the answers and the counts."""
    with _lock:
        _answers.clear()
        _counts.clear()


def _remember(name: bytes, answer: object) -> None:
    with _lock:
        _answers[name] = answer
        while len(_answers) > _REMEMBERED:
            _answers.popitem(last=False)


def _count(silence: str, reason: str, url: str) -> None:
    with _lock:
        _counts[reason] += 1
        times = _counts[reason]
    if str(times).strip("0") == "1":
        _LOG.warning(
            "%s: %s at %s, so the part does not apply (%d so far in this process)",
            silence, reason, url, times,
        )  # fmt: skip
