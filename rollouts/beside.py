"""One call beside another: what actors do for the next step while this one is learnt from."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """A call that runs in a thread while the body of ``with`` does; its end waits for both.

    What the call raises is raised there. Where the body raises, or the waiting is interrupted,
    that counts, and the call is told to give up.

    Attributes:
        answer: what the call returned, once the body is left; None without a call.

    >>> with Beside(lambda: 2) as other:
    ...     one = 1
    >>> one, other.answer
    (1, 2)
    """

    def __init__(self, call: Callable[[], T] | None, give_up: Callable[[], None] = lambda: None):
        """
        Args:
            call: None for nothing to do.
            give_up: makes the call end soon, from another thread.
        """
        self.answer: T | None = None
        self._call, self._give_up = call, give_up
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._future: Future[T] | None = None

    def __enter__(self) -> Beside[T]:
        if self._call is not None:
            self._future = self._thread.submit(self._call)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            if self._future is not None and kind is None:
                self.answer = self._future.result()
        finally:  # also where the waiting is interrupted, by a second Ctrl-C
            if self._future is not None and not self._future.done():
                self._give_up()
            self._thread.shutdown()  # waits
