"""What the user's code printed: the last of it, and where it was when it died."""

from __future__ import annotations

import re
from pathlib import Path

KEPT_BYTES = 2**14
_STACK = b"(most recent call first):"
# A line of faulthandler: File "FOLDER/my_rewards.py", line 12 in brevity
_FRAME = re.compile(r'  File "([^"\n]{1,600})", line (\d{1,9}) in ')


class Output:
    """Standard output and standard error of a child, bounded."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what was read; keep the last ``KEPT_BYTES``."""
        self._data += data[-KEPT_BYTES:]
        del self._data[:-KEPT_BYTES]

    @property
    def text(self) -> str:
        """What is kept."""
        return self._data.decode("utf-8", "replace")

    def place(self, path: str) -> str:
        """``, at FILE.py line 12`` if faulthandler told the line of that file, else nothing."""
        _, mark, stack = bytes(self._data).rpartition(_STACK)
        shown = path.encode("ascii", "backslashreplace").decode()
        for found in _FRAME.finditer(stack.decode("ascii", "replace")) if mark else ():
            if found[1] == shown:
                return f", at {Path(path).name} line {found[2]}"
        return ""
