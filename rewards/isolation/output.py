"""What the user's code printed: shown as it comes, the last of it kept, and where it died."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

KEPT_BYTES = 2**14
SHOWN_LINES = 20
"""Whoever judges thousands of completions sees what the first have to say."""
SHOWN_CHARACTERS = 200
_STACK = b"(most recent call first):"
# A line of faulthandler: File "FOLDER/my_rewards.py", line 12 in brevity
_FRAME = re.compile(r'  File "([^"\n]{1,600})", line (\d{1,9}) in ')
# What faulthandler writes of a child that is about to end; ``Output.place`` reads it.
_DEATH = re.compile(rb"(?m)^(?:Fatal Python error: |.*\(most recent call first\):$)")


class Echo:
    """The first lines that a reward prints, on standard error behind its name.

    Whole lines, cut at ``SHOWN_CHARACTERS``; what could move a terminal's cursor is escaped, for
    a reward prints what a model said. After ``SHOWN_LINES`` lines, of all its processes together,
    one more says that there is more.

    Args:
        name: of the reward, as it is shown.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = SHOWN_LINES

    def line(self, data: bytes) -> None:
        """Show a line, without its end."""
        if self._left < 0:
            return
        text = data.decode("utf-8", "replace")
        if self._left == 0:
            text = f"prints more than {SHOWN_LINES} lines; the rest is not shown"
        self._left -= 1
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:SHOWN_CHARACTERS])
        more = "..." if len(text) > SHOWN_CHARACTERS else ""
        if sys.stderr is not None:  # as the interpreter ends
            with suppress(OSError, ValueError):  # nobody reads it: no reason to stop judging
                print(f"[{self._name}] {shown}{more}", file=sys.stderr, flush=True)


class Output:
    """Standard output and standard error of a child, bounded.

    Args:
        echo: where lines are shown, or None.
    """

    def __init__(self, echo: Echo | None = None) -> None:
        self._data = bytearray()
        self._echo = echo
        self._begun = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what was read; keep the last ``KEPT_BYTES``."""
        self._show(data)
        self._data += data
        del self._data[:-KEPT_BYTES]

    def end(self) -> None:
        """There is no more to read."""
        if self._begun:
            self._show(b"\n")

    def _show(self, data: bytes) -> None:
        if self._echo is None:
            return
        *whole, rest = data.split(b"\n")
        for line in whole:
            line = bytes(self._begun + line)
            self._begun.clear()
            if _DEATH.match(line):
                self._echo = None
                return
            self._echo.line(line)
        self._begun += rest
        del self._begun[4 * (SHOWN_CHARACTERS + 1) :]

    @property
    def text(self) -> str:
        """What is kept, up to the stack of its end."""
        end = _DEATH.search(self._data)
        return self._data[: end.start() if end else None].decode("utf-8", "replace")

    def place(self, path: str) -> str:
        """``, at FILE.py line 12`` if faulthandler told the line of that file, else nothing."""
        _, mark, stack = bytes(self._data).rpartition(_STACK)
        shown = path.encode("ascii", "backslashreplace").decode()
        for found in _FRAME.finditer(stack.decode("ascii", "replace")) if mark else ():
            if found[1] == shown:
                return f", at {Path(path).name} line {found[2]}"
        return ""
